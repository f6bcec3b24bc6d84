"""Gaps made in recordings of people that the corrector has not seen, and how far off each way of filling them is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from benchmarks.gap_baselines import JERKS, Kalman, copy_last, cubic_spline, filled, linear, rigid
from kinetrace.models.corrector.groups import BONDS, LIMBS, SINGLE, hidden_with
from kinetrace.models.corrector.network import Corrector
from kinetrace.models.corrector.repair import fill_gaps
from kinetrace.training.corrector.recordings import Recording

GAPS: Final = (5, 15, 30)
KINDS: Final = ("joint", "limb", "all")
SIDE: Final = 15
"""Visible frames at least on each side of a gap."""
APART: Final = 60
"""Visible frames between two gaps of one recording."""
LEARNED: Final = "corrector"
JUDGED: Final = ("linear", "cubic spline", "kalman")
"""Whose best is the bound."""

Motion = Float[np.ndarray, "frames joints 3"]
Mask = Bool[np.ndarray, "frames joints"]


class Holed(NamedTuple):
    """A recording with gaps: what is visible, what is to be filled, and which of that is judged."""

    recording: Recording
    visible: Mask
    wanted: Mask
    judged: Mask


class Error(NamedTuple):
    """Of one recording: distance [mm], bone lengths [mm], second differences [m/s²], expected distance [mm]."""

    distance: float
    bones: float
    acceleration: float
    expected: float = float("nan")


def holed(recording: Recording, gap: int, kind: str, seed: int) -> Holed | None:
    """Make gaps in a recording, far enough from each other to be filled one by one.

    Args:
        recording: At 60 Hz, complete.
        gap: Frames.
        kind: One joint (with what is derived from it; it alone is judged), a limb, or all joints.
        seed: Of where and what.
    """
    random = np.random.default_rng(seed)
    frames = len(recording.positions)
    room = frames - gap - 2 * SIDE
    if room < 0:
        return None
    there = np.broadcast_to(recording.recorded, (frames, len(recording.recorded)))
    visible, judged = there.copy(), np.zeros(there.shape, dtype=bool)
    for first in range(SIDE + int(random.integers(min(room, gap + APART) + 1)), frames - SIDE - gap + 1, gap + APART):
        hidden, asked = _choice(recording, kind, random)
        visible[first : first + gap, hidden] = False
        judged[first : first + gap, asked] = True
    return Holed(recording, visible, there & ~visible, judged)


def _choice(recording: Recording, kind: str, random: np.random.Generator) -> tuple[list[int], list[int]]:
    has = recording.recorded
    if kind == "all":
        every = np.flatnonzero(has).tolist()
        return every, every
    if kind == "limb":
        limbs = [list(columns) for columns in LIMBS.values() if has[list(columns)].all()]
        limb = limbs[random.integers(len(limbs))]
        return limb, limb
    joints = [joint for joint in SINGLE if has[joint]]
    joint = joints[random.integers(len(joints))]
    return list(hidden_with(joint)), [joint]


def errors(corrector: Corrector, cases: Sequence[Holed], kalman: Kalman) -> Iterator[tuple[dict[str, Error], int]]:
    """Fill every case in every way.

    Yields:
        Errors by the way of filling, and how many measured samples the corrector moved or gaps it left.
    """
    for case in cases:
        given = case.recording.positions
        found = fill_gaps(corrector, given, case.visible, case.wanted, case.recording.fps)
        moved = int((found.positions != given)[~case.wanted].any(axis=-1).sum() + (found.given != case.wanted).sum())
        ways: dict[str, Motion] = {
            "copy last": filled(given, case.visible, case.wanted, copy_last),
            "linear": filled(given, case.visible, case.wanted, linear),
            "cubic spline": filled(given, case.visible, case.wanted, cubic_spline),
            "kalman": filled(given, case.visible, case.wanted, kalman),
            "rigid limb": rigid(given, case.visible, case.wanted),
        }
        out = {name: _error(case, motion) for name, motion in ways.items()}
        expected = 1000 * float(found.expected[case.judged].mean())
        yield out | {LEARNED: _error(case, found.positions)._replace(expected=expected)}, moved


def tuned_kalman(cases: Sequence[Holed], fps: float) -> Kalman:
    """Find the jerk that leaves the least error on these cases, mean over recordings."""

    def left(kalman: Kalman) -> float:
        motions = (filled(c.recording.positions, c.visible, c.wanted, kalman) for c in cases)
        return float(np.mean([_error(c, m).distance for c, m in zip(cases, motions, strict=True)]))

    return min((Kalman(jerk, fps) for jerk in JERKS), key=left)


def _error(case: Holed, motion: Motion) -> Error:
    truth, judged = case.recording.positions, case.judged
    off = np.linalg.norm(motion - truth, axis=-1)
    bend = np.linalg.norm(np.diff(motion - truth, 2, axis=0), axis=-1) * case.recording.fps**2
    near = judged[:-2] | judged[1:-1] | judged[2:]
    a, b = (list(ends) for ends in zip(*BONDS, strict=True))
    lengths = [np.linalg.norm(m[:, a] - m[:, b], axis=-1) for m in (motion, truth)]
    touched = (judged[:, a] | judged[:, b]) & case.recording.recorded[a] & case.recording.recorded[b]
    bones = np.abs(lengths[0] - lengths[1])[touched]
    return Error(
        1000 * float(off[judged].mean()), 1000 * float(bones.mean()) if bones.size else 0.0, float(bend[near].mean())
    )
