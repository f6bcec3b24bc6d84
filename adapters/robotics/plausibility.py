"""Whether a body could be a person's: the seven needed joints are there and the legs have human lengths."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from adapters.robotics.body import Body
from adapters.robotics.markers import MIN_PRESENT
from adapters.robotics.units import METRES, Unit, fitting_unit, unit_advice
from kinetrace.motion.segment_parameters import LEG_OF_STATURE
from kinetrace.motion.skeletons import INDEX, NEEDED
from schemas.errors import CaptureError, UnitsError

LEG_SEGMENT_M = (0.12, 0.75)
"""Thigh or shank between joint centres: 0.245 statures (Winter 2009) of a person 0.6 to 2.4 m tall, ± 20 %."""
HIP_WIDTH_M = (0.05, 0.45)
"""Between the hip joints: 0.10 statures (simulated person) for the same, and video keypoints that sit on the trochanters."""

ASYMMETRY = 0.10
"""Sides that differ by more are worth a remark: legs of one person differ by 1 to 2 %, markers by some more."""
LONG_PERCENTILE = 90.0
"""A bent knee's skin takes a lateral marker up to 6 cm along (UI-PRMD, hurdle step): a leg is measured where it is long [%]."""


def refuse_implausible(body: Body, where: str, unit: Unit | None) -> None:
    """Refuse a body without its needed joints or with legs no person has.

    Args:
        body: Joints in metres.
        where: The recording, for refusals.
        unit: What the marker file was read in; None for body.jsonl and films, which are in metres and take no mapping.

    Raises:
        CaptureError: A needed joint is missing in every frame, or a marker that it needs in most.
        UnitsError: A thigh, shank or hip width outside human bounds, median over frames.
    """
    missing = [joint for joint in NEEDED if not body.has(joint)]
    if missing:
        raise CaptureError(
            where=where,
            field=", ".join(missing),
            expected="pelvis, hips, knees and ankles of both sides",
            found=f"missing in every frame, or a marker they need in over {1.0 - MIN_PRESENT:.0%} of them",
            fix="Record these joints."
            if unit is None
            else "Record these joints, or say with --mapping which markers make them.",
        )
    spans = [(f"{s}_{a}", f"{s}_{b}", LEG_SEGMENT_M) for s in "rl" for a, b in (("hip", "knee"), ("knee", "ankle"))]
    for start, end, (low, high) in [*spans, ("r_hip", "l_hip", HIP_WIDTH_M)]:
        length = _lengths(body, start, end)
        median = float(np.median(length)) if length.size else float("nan")
        if not low <= median <= high:
            raise UnitsError(
                where=where,
                field=f"{start} to {end}",
                expected=f"{low:g} to {high:g} m",
                found=f"{median:.3g} m" if length.size else "never both in one frame",
                fix=_advice(body, start, end, unit),
            )


def asymmetry(body: Body) -> tuple[str, ...]:
    """Say which leg segments differ between the sides by more than a tenth: they are kept as they are measured."""
    said = []
    for name, start, end in (("thigh", "hip", "knee"), ("shank", "knee", "ankle")):
        left, right = (_lengths(body, f"{side}_{start}", f"{side}_{end}") for side in "lr")
        if not (left.size and right.size):
            continue
        a, b = (float(np.percentile(length, LONG_PERCENTILE)) for length in (left, right))
        if abs(a - b) > ASYMMETRY * max(a, b):
            said.append(f"left {name} {a:.2f} m, right {b:.2f} m: kept as measured")
    return tuple(said)


def _advice(body: Body, start: str, end: str, unit: Unit | None) -> str:
    """Say what would help a body with an impossible length: by the stature that its legs make, the unit or the two joints."""
    legs = [[_lengths(body, f"{s}_{a}", f"{s}_{b}") for a, b in (("hip", "knee"), ("knee", "ankle"))] for s in "rl"]
    statures = [float(np.median(a) + np.median(b)) / LEG_OF_STATURE for a, b in legs if a.size and b.size]
    if not statures:
        return "Record hip, knee and ankle of a leg in the same frames."
    stature = float(np.mean(statures))
    if fitting_unit(stature) == "m":
        made = "" if unit is None else "; --mapping can say which markers make them"
        return f"The legs make a stature of {stature:.2f} m, so the unit is right: correct {start} and {end}{made}."
    if unit is not None:
        return unit_advice(stature / METRES[unit], "the stature that the legs make")
    meant = fitting_unit(stature)
    cause = "its scale is wrong" if meant is None else f"it seems to be in {meant}"
    return f"The legs make a stature of {stature:.3g} m: it is read as metres, {cause}; export it again in metres."


def _lengths(body: Body, start: str, end: str) -> Float[np.ndarray, "frames"]:
    """Give the distance of two joints in the frames that have both [m]."""
    length = np.linalg.norm(body.get(start) - body.get(end), axis=1)
    return np.asarray(length[np.isfinite(length)])


def tracked_fraction(body: Body) -> float:
    """Give the part of frames in which every needed joint is there."""
    needed = [INDEX[joint] for joint in NEEDED]
    return float((body.validity[:, needed] > 0).all(axis=1).mean())
