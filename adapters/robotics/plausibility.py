"""Whether a body could be a person's: the seven needed joints are there and the legs have human lengths."""

from __future__ import annotations

import numpy as np

from adapters.robotics.body import Body
from kinetrace.motion.skeletons import INDEX, NEEDED
from schemas.errors import CaptureError, UnitsError

LEG_SEGMENT_M = (0.12, 0.75)
"""Thigh or shank between joint centres: 0.245 statures (Winter 2009) of a person 0.6 to 2.4 m tall, ± 20 %."""
HIP_WIDTH_M = (0.05, 0.45)
"""Between the hip joints: 0.10 statures (simulated person) for the same, and video keypoints that sit on the trochanters."""


def refuse_implausible(body: Body, where: str) -> None:
    """Refuse a body without its needed joints or with legs no person has.

    Args:
        body: Joints in metres.
        where: The recording, for refusals.

    Raises:
        CaptureError: A needed joint is missing in every frame.
        UnitsError: A thigh, shank or hip width outside human bounds, median over frames.
    """
    missing = [joint for joint in NEEDED if not body.has(joint)]
    if missing:
        raise CaptureError(
            where=where,
            field=", ".join(missing),
            expected="pelvis, hips, knees and ankles of both sides",
            found="missing in every frame",
            fix="Record these joints, or say with --mapping which markers make them.",
        )
    spans = [(f"{s}_{a}", f"{s}_{b}", LEG_SEGMENT_M) for s in "rl" for a, b in (("hip", "knee"), ("knee", "ankle"))]
    for start, end, (low, high) in [*spans, ("r_hip", "l_hip", HIP_WIDTH_M)]:
        length = np.linalg.norm(body.get(start) - body.get(end), axis=1)
        length = length[np.isfinite(length)]
        median = float(np.median(length)) if length.size else float("nan")
        if not low <= median <= high:
            raise UnitsError(
                where=where,
                field=f"{start} to {end}",
                expected=f"{low:g} to {high:g} m",
                found=f"{median:.3g} m" if length.size else "never both in one frame",
                fix="Check the unit in the header, or give --mapping with a file that says: units: mm",
            )


def tracked_fraction(body: Body) -> float:
    """Give the part of frames in which every needed joint is there."""
    needed = [INDEX[joint] for joint in NEEDED]
    return float((body.validity[:, needed] > 0).all(axis=1).mean())
