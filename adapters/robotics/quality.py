"""What is wrong with a recording, frame by frame: outliers, jumps and gaps, each with its reason code."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float, UInt32
from scipy.interpolate import PchipInterpolator

from adapters.robotics.body import Body
from adapters.robotics.repair import repair
from kinetrace.motion.skeletons import BODY21, INDEX, NEEDED
from schemas.adapter import AdapterParams
from schemas.motion import Reason, Validity

USUAL_STEPS = 3
"""So many steps before and after a leap say how fast the person was going."""


def assess(
    body: Body, fps: float, params: AdapterParams, flags: UInt32[np.ndarray, "frames"]
) -> UInt32[np.ndarray, "frames"]:
    """Clean a body in place and say what each frame suffers from.

    Single-sample excursions are removed, and so is the whole body where its root leaps away and back within
    `fill_gap_max_s` (tracking lost its place; no person does that). Gaps up to `fill_gap_max_s` are bridged by
    shape-preserving cubics (PCHIP) and marked inferred; the joint corrector then fills what it can, bridged or not
    (`repair`). Real jumps stay as they are and are flagged. Derived joints are bridged like any other.

    Args:
        body: Joints on a uniform grid; changed in place.
        fps: Rate of the grid [Hz].
        params: Thresholds.
        flags: Reason codes that are known already (missing frames, jitter, ghosts).

    Returns:
        Reason codes, a frame.
    """
    reasons = flags.copy()
    for column in range(len(BODY21)):
        spikes = single_sample_excursions(body.positions[:, column], fps, params.max_joint_speed)
        body.positions[spikes, column] = np.nan
        body.validity[spikes, column] = Validity.MISSING
        reasons[spikes] |= int(Reason.OUTLIER)
    longest = int(np.floor(params.fill_gap_max_s * fps + 1e-6))
    away = root_excursions(body.get("pelvis"), params.root_jump_m, longest)
    body.positions[away] = np.nan
    body.validity[away] = Validity.MISSING
    reasons[away] |= int(Reason.ROOT_JUMP)
    known = np.asarray(body.validity != Validity.MISSING)
    for column in range(len(BODY21)):
        filled = bridge_gaps(body.positions[:, column], longest)
        body.validity[filled, column] = Validity.INFERRED
        reasons[filled] |= int(Reason.GAP_FILLED)
    given = repair(body, known, fps, params)
    reasons[(given & ~known).any(axis=1)] |= int(Reason.GAP_FILLED)
    step = np.linalg.norm(np.diff(body.positions, axis=0), axis=2)
    fast = np.concatenate((np.zeros((1, len(BODY21)), dtype=bool), np.nan_to_num(step) * fps > params.max_joint_speed))
    reasons[fast.any(axis=1)] |= int(Reason.JUMP)
    reasons[root_jumps(body.get("pelvis"), params.root_jump_m)] |= int(Reason.ROOT_JUMP)
    recorded = body.validity.any(axis=0)
    reasons[(body.validity[:, recorded] == Validity.MISSING).any(axis=1)] |= int(Reason.JOINT_MISSING)
    needed = [INDEX[joint] for joint in NEEDED]
    reasons[(body.validity[:, needed] == Validity.MISSING).all(axis=1)] |= int(Reason.BODY_NOT_TRACKED)
    return reasons


def single_sample_excursions(
    points: Float[np.ndarray, "frames 3"], fps: float, max_speed: float
) -> Bool[np.ndarray, "frames"]:
    """Find samples that fly off and come straight back: fast in, fast out, yet the neighbours are close.

    Args:
        points: A joint [m], NaN where missing.
        fps: Rate [Hz].
        max_speed: Faster than this is no human joint [m/s].
    """
    spike = np.zeros(len(points), dtype=bool)
    if len(points) < 3:
        return spike
    limit = max_speed / fps
    step = np.linalg.norm(np.diff(points, axis=0), axis=1)
    across = np.linalg.norm(points[2:] - points[:-2], axis=1)
    spike[1:-1] = (step[:-1] > limit) & (step[1:] > limit) & (across < limit)
    return spike


def root_jumps(root: Float[np.ndarray, "frames 3"], limit_m: float) -> Bool[np.ndarray, "frames"]:
    """Find frames into which the pelvis leaps: the step differs by more than the limit from the usual steps around it.

    Comparing with the steps around keeps a fast walk at a low frame rate from counting as a leap.
    """
    out = np.zeros(len(root), dtype=bool)
    step, usual = _steps(root)
    out[1:] = np.nan_to_num(np.linalg.norm(step - usual, axis=1)) > limit_m
    return out


def root_excursions(root: Float[np.ndarray, "frames 3"], limit_m: float, longest: int) -> Bool[np.ndarray, "frames"]:
    """Find the frames in which the root is away: it leaps, and within `longest` frames leaps back by as much.

    Args:
        root: Pelvis [m], NaN where missing.
        limit_m: A step larger than the usual ones by this is a leap [m]; the two leaps must cancel to within it.
        longest: Most frames away.

    Returns:
        True from the leap to the frame before the leap back.
    """
    away = np.zeros(len(root), dtype=bool)
    step, usual = _steps(root)
    leap = step - usual
    home = 0
    for out, back in pairwise(np.flatnonzero(root_jumps(root, limit_m)).tolist()):
        # a leap back is not the beginning of another excursion
        if out >= home and back - out <= longest and np.linalg.norm(leap[out - 1] + leap[back - 1]) < limit_m:
            away[out:back] = True
            home = back + 1
    return away


def _steps(root: Float[np.ndarray, "frames 3"]) -> tuple[Float[np.ndarray, "steps 3"], Float[np.ndarray, "steps 3"]]:
    """Give each step, and the median of the three before and the three after it; 0 where none of them is known."""
    step = np.diff(root, axis=0)
    edge = np.full((USUAL_STEPS, 3), np.nan)
    padded = np.concatenate((edge, step, edge))
    around = np.stack([padded[k : k + len(step)] for k in range(2 * USUAL_STEPS + 1) if k != USUAL_STEPS], axis=1)
    usual = np.zeros_like(step)
    some = np.isfinite(around).any(axis=(1, 2))
    usual[some] = np.nanmedian(around[some], axis=1)
    return step, usual


def bridge_gaps(points: Float[np.ndarray, "frames 3"], longest: int) -> Bool[np.ndarray, "frames"]:
    """Fill, in place, gaps of at most `longest` frames that have data on both sides; give the frames filled."""
    known = np.isfinite(points).all(axis=1)
    filled = np.zeros(len(points), dtype=bool)
    at = np.flatnonzero(known)
    if at.size < 2 or longest < 1:
        return filled
    for before, after in pairwise(at):
        if 1 < after - before <= longest + 1:
            filled[before + 1 : after] = True
    if filled.any():
        points[filled] = PchipInterpolator(at, points[at], axis=0)(np.flatnonzero(filled))
    return filled
