"""The recordings of a corpus that the lifter is trained on, and those that it is judged on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float
from scipy.ndimage import uniform_filter1d

from kinetrace.motion.skeletons import BODY21
from schemas.corpus import Corpus, CorpusArrays
from schemas.errors import UsageError

SOURCES: Final = ("ui_prmd_vicon", "cmu_expmap", "cmu_bvh")
"""What may be trained on: good enough, and under terms that let weights be given away."""
ARMS: Final = ("ui_prmd_kinect", "standing_shoulder")
"""Source and movements whose arms are trained on as well, smoothed over ARMS_FRAMES: no marker recording has them."""
ARMS_FRAMES: Final = 5
JUDGES: Final = ("opencap_s4",)
"""Recordings that are only judged on, whatever their subject."""
HELD_OUT: Final = ("ui_prmd_s05", "ui_prmd_s06")
_CMU_TEST: Final = re.compile(r"^cmu_expmap/[^/]+/[^/]+/test_")
"""The published protocol's test files."""
MIN_FRAMES: Final = 15


@dataclass(frozen=True)
class LifterRecording:
    """One take of one person with all joints in all frames.

    Attributes:
        name: Of the recording in the corpus.
        source: Data set.
        subject: Who.
        movement: What.
        licence: Under which it may be used.
        positions: BODY21 [m], Y up, floor at 0.
        fps: Rate [Hz].
    """

    name: str
    source: str
    subject: str
    movement: str
    licence: str
    positions: Float[np.ndarray, "frames 21 3"]
    fps: float

    @property
    def minutes(self) -> float:
        """Give how long it lasts."""
        return len(self.positions) / self.fps / 60.0


@dataclass(frozen=True)
class LifterDivision:
    """Recordings by what they are for, and how many could not be used."""

    training: tuple[LifterRecording, ...]
    held_out: tuple[LifterRecording, ...]
    left_out: int


def divide(arrays: CorpusArrays, about: Corpus, held_out: tuple[str, ...] = HELD_OUT) -> LifterDivision:
    """Divide a corpus.

    Trained on: takes of SOURCES (and ARMS) by people who are not held out, without the CMU protocol's test files. Judged
    on: the held-out people's takes and those test files, of SOURCES, and all of JUDGES. A take that lacks a joint in some
    frame is cut to its longest whole stretch; nothing is filled.

    Args:
        arrays: Of the corpus.
        about: What is in it.
        held_out: Subjects not to train on.

    Raises:
        UsageError: A held-out subject is not in it, or nobody is left to train on.
    """
    subjects = sorted({entry.subject for entry in about.recordings})
    missing = sorted(set(held_out) - set(subjects))
    if missing or not held_out:
        raise _refusal(f"some of {', '.join(subjects)[:200]}", ", ".join(missing) or "nobody")
    training: list[LifterRecording] = []
    judged: list[LifterRecording] = []
    left = 0
    for entry, start, stop in zip(about.recordings, arrays.frame_starts[:-1], arrays.frame_starts[1:], strict=True):
        arms = entry.source == ARMS[0] and entry.movement.startswith(ARMS[1]) and entry.subject not in held_out
        if entry.source not in SOURCES + JUDGES and not arms:
            continue
        whole = _longest_whole(np.asarray((arrays.validity[start:stop] > 0).all(axis=1)))
        if len(entry.joints) < len(BODY21) or whole.stop - whole.start < MIN_FRAMES * entry.native_fps / 30.0:
            left += 1
            continue
        positions = arrays.positions[start:stop][whole].astype(np.float64)
        if arms:
            positions = uniform_filter1d(positions, ARMS_FRAMES, axis=0)
        one = LifterRecording(
            entry.name, entry.source, entry.subject, entry.movement, entry.licence, positions, entry.native_fps
        )
        apart = entry.source in JUDGES or entry.subject in held_out or _CMU_TEST.match(entry.name)
        (judged if apart else training).append(one)
    if not training:
        raise _refusal(f"recordings of {', '.join(SOURCES)} by somebody else", "none to train on")
    return LifterDivision(tuple(training), tuple(judged), left)


def _longest_whole(whole: np.ndarray) -> slice:
    """Give the longest run of true; the first of equals."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], whole.astype(np.int8), [0]))))
    if not len(edges):
        return slice(0, 0)
    starts, stops = edges[::2], edges[1::2]
    k = int(np.argmax(stops - starts))
    return slice(int(starts[k]), int(stops[k]))


def _refusal(expected: str, found: str) -> UsageError:
    return UsageError(
        where="train lifter", field="--held-out", expected=expected, found=found,
        fix="Name subjects of this corpus; kinetrace corpus info lists them.",
    )  # fmt: skip
