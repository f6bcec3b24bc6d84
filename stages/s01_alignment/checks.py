"""What must hold once the motion is aligned, each with its figure."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, UInt8

from kinetrace.motion.segment_parameters import LEG_OF_STATURE
from kinetrace.motion.skeletons import INDEX, joint_index
from schemas.alignment import AlignmentParams, Check
from schemas.errors import AlignmentError
from stages.s01_alignment.floor import SOLES, sole_envelope

STATURE_TOLERANCE = 0.15
SIDE_TOLERANCE = 0.15
"""A left and a right leg differ by less than this; the sets we measured: 0.3 to 3 %."""
THIGH_TO_SHANK = (0.7, 1.4)
"""Winter's ratio is 1.0; measured 0.84 (video keypoints) to 1.08 (markers)."""
CLEARANCE_PERCENTILE = 1.0


def stature(positions: Float[np.ndarray, "frames 21 3"], validity: UInt8[np.ndarray, "frames 21"]) -> float:
    """Estimate stature from the legs' median length, sides averaged [m]."""
    lengths = _leg_lengths(positions, validity)
    return float(lengths.sum(axis=1).mean() / LEG_OF_STATURE)


def alignment_checks(
    positions: Float[np.ndarray, "frames 21 3"],
    validity: UInt8[np.ndarray, "frames 21"],
    facing_deg: float,
    declared_height_m: float | None,
    params: AlignmentParams,
) -> tuple[Check, ...]:
    """Hold the aligned motion against what is true of any person on a floor.

    Args:
        positions: Aligned joints [m].
        validity: Their marks.
        facing_deg: Angle between travel and mean facing.
        declared_height_m: Stature, if declared.
        params: Bounds.
    """
    resting = sole_envelope(positions, validity, params.sole_low_percentile)
    lowest = sole_envelope(positions, validity, CLEARANCE_PERCENTILE)
    tall, upright = stature(positions, validity), _pelvis_above_soles(positions, validity)
    legs = _leg_lengths(positions, validity)
    sides = float(abs(legs[0].sum() - legs[1].sum()) / legs.sum() * 2)
    ratio = float(legs[:, 0].sum() / legs[:, 1].sum())
    low, high = params.stature_range_m
    checks = [
        _check("sole_clearance_m", lowest, f">= {params.min_sole_clearance_m:g}", lowest >= params.min_sole_clearance_m),
        _check("sole_floor_gap_m", abs(resting), f"<= {params.max_floor_gap_m:g}", abs(resting) <= params.max_floor_gap_m),
        _check("pelvis_above_soles_m", upright, "> 0.05", upright > 0.05),
        _check("stature_m", tall, f"{low:g} to {high:g}", low <= tall <= high),
        _check("leg_side_difference", sides, f"<= {SIDE_TOLERANCE:g}", sides <= SIDE_TOLERANCE),
        _check(
            "thigh_to_shank", ratio, f"{THIGH_TO_SHANK[0]:g} to {THIGH_TO_SHANK[1]:g}",
            THIGH_TO_SHANK[0] <= ratio <= THIGH_TO_SHANK[1],
        ),
        _check("facing_against_travel_deg", facing_deg, "<= 90", facing_deg <= 90.0),
    ]  # fmt: skip
    if declared_height_m is not None:
        off = abs(tall / declared_height_m - 1.0)
        checks.append(_check("stature_against_declared", off, f"<= {STATURE_TOLERANCE:g}", off <= STATURE_TOLERANCE))
    return tuple(checks)


FATAL = {
    "sole_floor_gap_m": "The floor that was found is not the one the person stands on: check the scan.",
    "pelvis_above_soles_m": "The world is upside down: check the up axis, or give --mapping with a file that says up: y or z",
    "stature_m": "The scale is not metres: check the unit of the recording.",
}
"""Checks that no later stage can do without, with what would work; the others are marked in the artifact."""


def refuse_failed(checks: tuple[Check, ...]) -> None:
    """Refuse a motion that fails a check which later stages cannot do without.

    Raises:
        AlignmentError: Names the first such check and its figure.
    """
    for check in checks:
        if not check.ok and check.name in FATAL:
            raise AlignmentError(
                where="s01_alignment",
                field=check.name,
                expected=check.bound,
                found=f"{check.value:.3f}",
                fix=FATAL[check.name],
            )


def _check(name: str, value: float, bound: str, ok: bool) -> Check:
    return Check(name=name, value=value, bound=bound, ok=bool(ok))


def _leg_lengths(
    positions: Float[np.ndarray, "frames 21 3"], validity: UInt8[np.ndarray, "frames 21"]
) -> Float[np.ndarray, "2 2"]:
    """Give median thigh and shank of the right and the left leg [m].

    Raises:
        AlignmentError: A joint of a leg is never seen together with its neighbour.
    """
    out = np.zeros((2, 2))
    for side, prefix in enumerate("rl"):
        for part, (start, end) in enumerate((("hip", "knee"), ("knee", "ankle"))):
            a, b = joint_index(f"{prefix}_{start}", f"{prefix}_{end}")
            both = (validity[:, a] > 0) & (validity[:, b] > 0)
            if not both.any():
                raise AlignmentError(
                    where="s01_alignment", field=f"{prefix}_{start} to {prefix}_{end}", expected="both in some frame",
                    found="never both", fix="Record hips, knees and ankles together.",
                )  # fmt: skip
            out[side, part] = np.median(np.linalg.norm((positions[both, a] - positions[both, b]).astype(float), axis=1))
    return out


def _pelvis_above_soles(positions: Float[np.ndarray, "frames 21 3"], validity: UInt8[np.ndarray, "frames 21"]) -> float:
    """Give the median height of the pelvis over the lowest sole point [m]."""
    columns = joint_index(*SOLES)
    soles = np.where(validity[:, columns] > 0, positions[:, columns, 1], np.inf).min(axis=1)
    seen = np.isfinite(soles) & (validity[:, INDEX["pelvis"]] > 0)
    return float(np.median(positions[seen, INDEX["pelvis"], 1] - soles[seen])) if seen.any() else 0.0
