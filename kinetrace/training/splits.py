"""Training and held-out parts of a corpus, by subject: never by recording, and never by window."""

from __future__ import annotations

import numpy as np

from schemas.corpus import Corpus
from schemas.errors import ParamsError


def split_by_subject(corpus: Corpus, held_out: float, seed: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Choose whole subjects to hold out, from every population in which there is more than one.

    A population is the subjects with the same sources (a person seen by Vicon and Kinect at once is one subject). In
    each, subjects are taken in an order that the seed shuffles until they have the wanted share of the anchors, or the
    next would overshoot it by more than it falls short; at least one is taken and at least one is left.

    Args:
        corpus: The document of a corpus.
        held_out: Wanted share of each population's anchors.
        seed: Same seed, same split.

    Returns:
        Numbers of the recordings to train on, and of those held out, in order.

    Raises:
        ParamsError: No population has two subjects, or the share is not between 0 and 1.
    """
    if not 0.0 < held_out < 1.0:
        raise _refusal("held_out", "a share between 0 and 1", f"{held_out:g}", "Give for example 0.2.")
    anchors: dict[str, int] = {}
    sources: dict[str, set[str]] = {}
    for recording in corpus.recordings:
        anchors[recording.subject] = anchors.get(recording.subject, 0) + recording.anchors
        sources.setdefault(recording.subject, set()).add(recording.source)
    populations: dict[tuple[str, ...], list[str]] = {}
    for subject in sorted(sources):
        populations.setdefault(tuple(sorted(sources[subject])), []).append(subject)
    rng = np.random.default_rng(seed)
    chosen: set[str] = set()
    for key in sorted(populations):
        chosen |= _held_out(populations[key], anchors, held_out, rng)
    if not chosen:
        found = f"{len(sources)} subjects, each alone in its source"
        raise _refusal("subjects", "a source with at least two subjects", found, "Add recordings of other people.")
    inside = [i for i, r in enumerate(corpus.recordings) if r.subject in chosen]
    outside = [i for i, r in enumerate(corpus.recordings) if r.subject not in chosen]
    return tuple(outside), tuple(inside)


def _held_out(subjects: list[str], anchors: dict[str, int], share: float, rng: np.random.Generator) -> set[str]:
    order = [subjects[i] for i in rng.permutation(len(subjects))]
    wanted = share * sum(anchors[subject] for subject in subjects)
    taken: set[str] = set()
    held = 0
    for subject in order[:-1]:
        if taken and held + anchors[subject] / 2 > wanted:
            continue
        taken.add(subject)
        held += anchors[subject]
    return taken


def _refusal(field: str, expected: str, found: str, fix: str) -> ParamsError:
    return ParamsError(where="split by subject", field=field, expected=expected, found=found, fix=fix)
