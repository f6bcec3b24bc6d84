"""From ARKit's body to BODY21: of its 91 joints 28 are tracked; toes ride along with the foot, heels do not exist.

The names mislead: `*_upLeg_joint` is the hip, `*_leg_joint` the knee, `*_foot_joint` the ankle, `*_arm_joint` the
shoulder, `*_forearm_joint` the elbow, `*_hand_joint` the wrist.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.formats.body_jsonl import BodyFile
from adapters.robotics.body import Body, Method
from adapters.robotics.body21 import place_trunk
from adapters.robotics.feet import complete_feet
from adapters.robotics.time_grid import TimeGrid, fit_grid
from kinetrace.motion.segment_parameters import LEG_OF_STATURE
from schemas.base import Sex
from schemas.capture import LEVEL, Session
from schemas.errors import CaptureError
from schemas.motion import Validity

_SIDES: Final = {"r": "right", "l": "left"}
_LIMBS: Final = {
    "hip": "upLeg", "knee": "leg", "ankle": "foot", "toe": "toes", "shoulder": "arm", "elbow": "forearm", "wrist": "hand",
}  # fmt: skip
JOINTS: Final = {
    f"{short}_{ours}": f"{side}_{theirs}_joint" for short, side in _SIDES.items() for ours, theirs in _LIMBS.items()
}
"""BODY21 joint to ARKit joint."""
LAYOUT: Final = "ARKit body, 91 joints"
GATE_BODY, GATE_JOINTS, GATE_SCALE = 0.90, 20, 0.10
"""The open bundle's quality gate: body in so many frames, tracked joints on average, spread of the scale."""
UNIT_SCALE: Final = 0.01
"""A scale nearer to 1 than this makes no difference worth a decision."""


def refuse_unlevelled(session: Session, where: str) -> None:
    """Refuse a skeleton in a world that was laid along the device and not along gravity.

    Raises:
        CaptureError: `capture.json` says that the world's Y is not up.
    """
    if session.world_alignment not in LEVEL:
        raise CaptureError(
            where=where,
            field="session.world_alignment",
            expected=" or ".join(LEVEL),
            found=session.world_alignment,
            fix="Run ARKit with worldAlignment = .gravity: in this recording nothing says which way is up.",
        )


def body_from_arkit(
    file: BodyFile, sex: Sex, height_m: float | None, where: str
) -> tuple[Body, TimeGrid, tuple[str, ...]]:
    """Give the body of an ARKit recording.

    Args:
        file: Joints in the world.
        sex: For inferred lengths.
        height_m: Stature, if declared: decides whether joints must be multiplied by ARKit's scale.
        where: The file, for refusals.

    Returns:
        The body on a uniform grid, the grid, and remarks on what was assumed.

    Raises:
        CaptureError: The body is tracked in no frame.
    """
    if not file.body_tracked.any():
        raise CaptureError(
            where=where,
            field="tracked",
            expected="frames with a tracked body",
            found=f"0 of {len(file.time)}",
            fix="Record again with the whole person in view.",
        )
    grid = fit_grid(file.time, None, where)
    scaled, remark = _in_metres(file, height_m)
    positions = grid.spread(scaled)
    tracked = grid.spread(np.repeat(file.joint_tracked[:, :, None], 3, axis=2).astype(float))[:, :, 0] == 1.0
    body = Body.empty(grid.frames)
    column = {name: i for i, name in enumerate(file.names)}
    for ours, theirs in JOINTS.items():
        if theirs in column:
            at = column[theirs]
            mark = np.where(tracked[:, at], Validity.MEASURED, Validity.INFERRED).astype(np.uint8)
            body.put(ours, positions[:, at], Method(f"arkit:{theirs}", (theirs,)), mark)
    if body.has("r_hip", "l_hip"):
        middle = (body.get("r_hip") + body.get("l_hip")) / 2
        body.put("pelvis", middle, Method("midpoint(r_hip, l_hip)"), body.weakest("r_hip", "l_hip"))
    place_trunk(body, sex)
    if body.has("r_hip", "l_hip", "r_knee", "l_knee", "r_ankle", "l_ankle"):
        complete_feet(body, sex)
    return body, grid, (*grid.remarks, remark, *_doubts(file))


def _doubts(file: BodyFile) -> tuple[str, ...]:
    """Say where tracking was poorer than the open bundle's quality gate (docs/formats.md): nothing is refused for it."""
    seen = file.body_tracked
    joints = float(file.joint_tracked[seen].sum(axis=1).mean())
    spread = float(np.ptp(file.scale[seen]) / np.median(file.scale[seen]))
    doubts = []
    if seen.mean() < GATE_BODY:
        doubts.append(f"body tracked in {seen.mean():.0%} of the frames, good recordings have {GATE_BODY:.0%}")
    if joints < GATE_JOINTS:
        doubts.append(f"{joints:.1f} joints tracked on average, good recordings have {GATE_JOINTS}")
    if spread > GATE_SCALE:
        doubts.append(f"ARKit scale spreads over {spread:.0%}, good recordings stay within {GATE_SCALE:.0%}")
    return tuple(doubts)


def _in_metres(file: BodyFile, height_m: float | None) -> tuple[Float[np.ndarray, "samples joints 3"], str]:
    """Multiply the joints by ARKit's scale, or not: sources differ on whether model transforms are metres already.

    A declared stature decides, by the legs' length; without one, or with a scale of 1, they are taken as they are.
    """
    scale = float(np.median(file.scale[file.body_tracked]))
    if abs(scale - 1.0) < UNIT_SCALE:
        return file.positions, f"ARKit scale {scale:.3f}: joints are metres"
    legs = _leg_length(file)
    if height_m is None or legs is None:
        return file.positions, f"ARKit scale {scale:.3f} was not applied: no stature declared to judge it by"
    plain, times = (abs(k * legs / LEG_OF_STATURE / height_m - 1.0) for k in (1.0, scale))
    found = f"legs off the declared stature by {plain:.1%} as they are, {times:.1%} scaled"
    if plain <= times:
        return file.positions, f"ARKit scale {scale:.3f} was not applied: {found}"
    origins = file.origins[:, None]
    return origins + scale * (file.positions - origins), f"ARKit scale {scale:.3f} was applied: {found}"


def _leg_length(file: BodyFile) -> float | None:
    """Give thigh plus shank, median over frames and sides, in the file's own scale."""
    column = {name: i for i, name in enumerate(file.names)}
    spans = [(JOINTS[f"{s}_{a}"], JOINTS[f"{s}_{b}"]) for s in "rl" for a, b in (("hip", "knee"), ("knee", "ankle"))]
    if not all(name in column for span in spans for name in span):
        return None
    lengths = [np.linalg.norm(file.positions[:, column[a]] - file.positions[:, column[b]], axis=1) for a, b in spans]
    seen = np.stack(lengths)[:, np.isfinite(np.stack(lengths)).all(axis=0)]
    return float(np.median(seen, axis=1).sum() / 2) if seen.shape[1] else None
