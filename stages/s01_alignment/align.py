"""The whole of stage 1 as one pure function: adapter's motion in, aligned motion and its account out."""

from __future__ import annotations

from typing import Literal

import numpy as np

from schemas.adapter import AdapterResult
from schemas.alignment import Alignment, AlignmentParams
from schemas.motion import AdapterArrays, MotionArrays
from stages.s01_alignment.checks import alignment_checks, refuse_failed, stature
from stages.s01_alignment.floor import find_floor
from stages.s01_alignment.forward import find_forward
from stages.s01_alignment.seat import find_seat
from stages.s01_alignment.transform import apply_to_motion, room_centre, world_transform


def align(motion: AdapterArrays, source: AdapterResult, params: AlignmentParams) -> tuple[MotionArrays, Alignment]:
    """Bring a motion into the world frame: X forward, Y up, Z right, floor at Y = 0.

    Args:
        motion: Stage 0's arrays, Y up [m].
        source: Stage 0's account: planes and subject.
        params: Bonuses, tolerances and bounds.

    Raises:
        AlignmentError: No floor, an inverted world, or a scale that is not metres.
    """
    positions, validity = motion.positions, motion.validity
    floor = find_floor(source.planes, motion.scan_points, positions, validity, params)
    forward = find_forward(positions, validity, motion.time, params.min_displacement_m)
    centre = room_centre(source.planes, motion.scan_points)
    origin_source: Literal["room_centre", "root"] = "root" if centre is None else "room_centre"
    origin = positions[int(np.argmax(validity[:, 0] > 0)), 0].astype(float) if centre is None else centre.copy()
    origin[1] = floor.height
    matrix = world_transform(forward.direction, origin)
    aligned = apply_to_motion(matrix, positions, validity)
    checks = alignment_checks(aligned, validity, forward.facing_deg, source.subject.height_m, params)
    refuse_failed(checks)
    x, y, z = (float(v) for v in forward.direction)
    account = Alignment(
        floor_candidates=floor.candidates,
        floor_source=floor.chosen.source,
        floor_height_m=floor.height,
        floor_tilt_deg=floor.chosen.tilt_deg,
        floor_rejections=floor.rejections,
        forward_source=forward.source,
        forward=(x, y, z),
        root_displacement_m=forward.displacement_m,
        origin_source=origin_source,
        transform=tuple(float(v) for v in matrix.ravel()),
        stature_estimate_m=stature(aligned, validity),
        seat=find_seat(source.planes, matrix, aligned[:, 0].astype(float), validity[:, 0]),
        checks=checks,
    )
    return MotionArrays(positions=aligned, validity=validity, time=motion.time, reasons=motion.reasons), account
