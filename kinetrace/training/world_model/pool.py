"""Many recordings as one training set: chosen by name, mirrored, and none of them drowned by a larger source."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from kinetrace.models.asymmetry import mirrored
from kinetrace.motion.skeletons import BODY21
from schemas.corpus import Corpus, CorpusArrays
from schemas.errors import ParamsError

LEAST_ANCHORS = 8


@dataclass(frozen=True)
class Pool:
    """Recordings to train on.

    Attributes:
        states: Causal states of BODY21, the recordings and then their mirror images.
        stretch: Number of the recording that each anchor is of.
        chance: Relative chance of each anchor to begin a pair.
        group: Number of its source.
        fps: Anchors a second.
    """

    states: Float[Tensor, "anchors joints 9"]
    stretch: Int[Tensor, "anchors"]
    chance: Float[Tensor, "anchors"]
    group: Int[Tensor, "anchors"]
    fps: float


@dataclass(frozen=True)
class Division:
    """Numbers of the recordings to train on, and of those that are only judged."""

    train: tuple[int, ...]
    held_out: tuple[int, ...]


def divide(about: Corpus, sources: tuple[str, ...], held_out: tuple[str, ...]) -> Division:
    """Choose recordings: whole skeletons of the sources, less those whose name fits a pattern.

    Args:
        about: The corpus.
        sources: Whose recordings; empty: all.
        held_out: Patterns of names `source/subject/movement/take`, e.g. `*/ui_prmd_s05/*`.

    Raises:
        ParamsError: A source or a pattern names nothing, or nothing is left on one side.
    """
    known = {r.source for r in about.recordings}
    for source in sources:
        if source not in known:
            raise _refusal("--source", f"one of {', '.join(sorted(known))}", source)
    usable = [
        i
        for i, r in enumerate(about.recordings)
        if (not sources or r.source in sources) and len(r.joints) == len(BODY21) and r.anchors >= LEAST_ANCHORS
    ]
    for pattern in held_out:
        if not any(fnmatchcase(about.recordings[i].name, pattern) for i in usable):
            raise _refusal("--held-out", "a pattern that fits a recording's source/subject/movement/take", pattern)
    inside = tuple(i for i in usable if not _fits(about.recordings[i].name, held_out))
    outside = tuple(i for i in usable if _fits(about.recordings[i].name, held_out))
    if not inside or not outside:
        raise _refusal("--held-out", "recordings on both sides", f"{len(inside)} to train on, {len(outside)} held out")
    return Division(inside, outside)


def pool(arrays: CorpusArrays, about: Corpus, numbers: tuple[int, ...]) -> Pool:
    """Put recordings one after the other, with their mirror images.

    Every source gets a share by the square root of its anchors.

    Args:
        arrays: Of the corpus.
        about: Its document.
        numbers: Which recordings.
    """
    anchors: Counter[str] = Counter()
    for i in numbers:
        anchors[about.recordings[i].source] += about.recordings[i].anchors
    rows = [np.arange(arrays.anchor_starts[i], arrays.anchor_starts[i + 1]) for i in numbers]
    states = torch.from_numpy(arrays.states[np.concatenate(rows)])
    lengths = torch.tensor([len(r) for r in rows])
    share = torch.tensor([anchors[about.recordings[i].source] ** -0.5 for i in numbers], dtype=torch.float64)
    stretch = torch.repeat_interleave(torch.arange(len(rows)), lengths)
    chance = torch.repeat_interleave(share, lengths)
    sources = sorted(anchors)
    group = torch.repeat_interleave(torch.tensor([sources.index(about.recordings[i].source) for i in numbers]), lengths)
    return Pool(
        torch.cat((states, mirrored(states))),
        torch.cat((stretch, stretch + len(rows))),
        torch.cat((chance, chance)),
        torch.cat((group, group)),
        about.states.fps,
    )


def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _refusal(field: str, expected: str, found: str) -> ParamsError:
    return ParamsError(
        where="train world-model", field=field, expected=expected, found=found,
        fix="`kinetrace corpus info CORPUS` lists what is there.",
    )  # fmt: skip
