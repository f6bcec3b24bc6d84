"""The recordings of a corpus file as the PINN encoder sees them, divided by subject."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kinetrace.models.pinn.joints import JOINTS
from kinetrace.store.corpus import read_corpus
from kinetrace.training.pinn_data import Recording, bone_std_mm, window_starts
from schemas.errors import UsageError
from schemas.pinn import PinnParams

EVERY = 4
"""One subject in four is held out where nobody says which."""


@dataclass(frozen=True)
class Division:
    """Recordings by what they are for.

    Attributes:
        training: Clean ones of the training subjects.
        held_out: Clean ones of the others.
        left_out: How many are too short, without hips or not clean.
        licences: Of the training recordings.
    """

    training: tuple[Recording, ...]
    held_out: tuple[Recording, ...]
    left_out: int
    licences: tuple[str, ...]


def read_recordings(path: Path) -> tuple[tuple[Recording, str], ...]:
    """Read every recording of a corpus at its own rate, with its licence.

    Raises:
        ArtifactError: Not a corpus.
    """
    arrays, about = read_corpus(path)
    found = []
    for entry, start, stop in zip(about.recordings, arrays.frame_starts[:-1], arrays.frame_starts[1:], strict=True):
        positions = arrays.positions[start:stop, : len(JOINTS)]
        present = np.asarray(arrays.validity[start:stop, : len(JOINTS)] > 0)
        one = Recording(entry.name, entry.subject, entry.movement, positions, present, entry.native_fps)
        found.append((one, entry.licence))
    return tuple(found)


def divide(recordings: tuple[tuple[Recording, str], ...], held_out: tuple[str, ...], params: PinnParams) -> Division:
    """Divide recordings by subject, and leave out what cannot be a target.

    Args:
        recordings: With their licences.
        held_out: Subjects that are not trained on; empty: every fourth in the order of their names.
        params: What counts as clean, and the window.

    Raises:
        UsageError: A held-out subject is not in the corpus, or nobody would be left to train on.
    """
    subjects = sorted({one.subject for one, _ in recordings})
    missing = sorted(set(held_out) - set(subjects))
    if missing or not set(subjects) - set(held_out):
        raise UsageError(
            where="train pinn", field="--held-out", expected=f"some of {', '.join(subjects)[:200]}",
            found=", ".join(missing or held_out)[:200], fix="Name subjects of this corpus, and leave some to train on.",
        )  # fmt: skip
    apart = set(held_out) or set(subjects[EVERY - 1 :: EVERY])
    usable = [(one, licence) for one, licence in recordings if _usable(one, params)]
    training = [(one, licence) for one, licence in usable if one.subject not in apart]
    return Division(
        tuple(one for one, _ in training),
        tuple(one for one, _ in usable if one.subject in apart),
        len(recordings) - len(usable),
        tuple(sorted({licence for _, licence in training})),
    )


def _usable(recording: Recording, params: PinnParams) -> bool:
    long_enough = len(window_starts(recording, params.window)) > 0
    return long_enough and bone_std_mm(recording.positions, recording) <= params.target_bone_std_mm
