"""Recordings as the corrector is trained and judged on them: their longest complete stretch at 60 Hz."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, UInt8
from scipy.interpolate import CubicSpline

from kinetrace.store.corpus import read_corpus
from schemas.errors import UsageError

RATE: Final = 60.0
SAME: Final = 0.01
"""Rates that differ by less than this share are one."""


@dataclass(frozen=True)
class Recording:
    """A stretch of a recording in which whatever was recorded is there in every frame.

    Attributes:
        name: source/subject/movement/take.
        source: The data set.
        licence: As the data set states it.
        positions: World, Y up [m]; joints that the recording lacks are 0.
        recorded: The joints that it has.
        fps: Frame rate [Hz].
    """

    name: str
    source: str
    licence: str
    positions: Float[np.ndarray, "frames joints 3"]
    recorded: Bool[np.ndarray, "joints"]
    fps: float

    @property
    def subject(self) -> str:
        """Give who it is, as the name says."""
        return self.name.split("/")[1] if self.name.count("/") else self.name


def complete_stretch(
    name: str,
    source: str,
    licence: str,
    positions: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    fps: float,
) -> Recording:
    """Cut the longest stretch without a missing or bridged sample; a joint that is inferred throughout counts as recorded."""
    best = validity.max(axis=0)
    recorded = best > 0
    sound = (validity == best)[:, recorded].all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], sound, [False])).astype(np.int8))).reshape(-1, 2)
    first, last = max(edges.tolist(), key=lambda run: run[1] - run[0], default=(0, 0))
    return Recording(name, source, licence, np.asarray(positions[first:last]), np.asarray(recorded), fps)


def at_rate(recording: Recording, rate: float) -> Recording:
    """Read a recording at another rate, by cubic splines between its frames."""
    if abs(rate / recording.fps - 1) < SAME or len(recording.positions) < 2:
        return recording
    frames = np.arange(len(recording.positions))
    at = np.arange(0, frames[-1] + 1e-9, recording.fps / rate)
    read = CubicSpline(frames, recording.positions.astype(np.float64))(at)
    return Recording(recording.name, recording.source, recording.licence, read, recording.recorded, rate)


def read_recordings(path: Path) -> tuple[Recording, ...]:
    """Read every recording of a corpus at its own rate.

    Raises:
        ArtifactError: Not a corpus.
    """
    arrays, about = read_corpus(path)
    starts = arrays.frame_starts
    return tuple(
        complete_stretch(
            r.name, r.source, r.licence, arrays.positions[a:b].astype(np.float64), arrays.validity[a:b], r.native_fps
        )
        for r, a, b in zip(about.recordings, starts[:-1], starts[1:], strict=True)
    )


def divide(
    recordings: Iterable[Recording], sources: Sequence[str], held_out: Sequence[str]
) -> tuple[tuple[Recording, ...], tuple[Recording, ...]]:
    """Divide recordings by name; nobody who is held out is trained on.

    Args:
        recordings: Any.
        sources: Data sets to train on; empty: all.
        held_out: Patterns of names that are not trained on, e.g. `*/ui_prmd_s05/*`.

    Returns:
        What is trained on, and what is held out.

    Raises:
        UsageError: A source or pattern that fits none, or nothing to train on.
    """
    every = tuple(recordings)
    odd_source = [want for want in sources if not any(r.source == want for r in every)]
    odd_pattern = [want for want in held_out if not any(fnmatchcase(r.name, want) for r in every)]
    for field, odd in (("--source", odd_source), ("--held-out", odd_pattern)):
        if odd:
            known = ", ".join(sorted({r.source for r in every} if field == "--source" else {r.subject for r in every}))
            raise UsageError(
                where="train corrector", field=field, expected=f"one that recordings have: {known[:200]}", found=odd[0][:80],
                fix="kinetrace corpus info CORPUS lists sources and subjects.",
            )  # fmt: skip
    apart = {r.name for r in every if any(fnmatchcase(r.name, want) for want in held_out)}
    training = tuple(r for r in every if r.name not in apart and (not sources or r.source in sources))
    if not training:
        raise UsageError(
            where="train corrector", field="corpus", expected="recordings to train on", found=f"{len(apart)}, all held out",
            fix="Hold out less.",
        )  # fmt: skip
    return training, tuple(r for r in every if r.name in apart)
