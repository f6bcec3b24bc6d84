"""Whole-sequence inverse kinematics: the humanoid's poses whose points are nearest to the recorded joints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, UInt8
from scipy.spatial.transform import Rotation

from kinetrace.motion.filters import bridged as interpolated
from kinetrace.motion.skeletons import INDEX, joint_index
from kinetrace.physics.frames import to_mujoco, to_world
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.kinematics import bridge, poses
from kinetrace.physics.limbs import LEGS, columns, limbs_seen
from kinetrace.physics.point_masses import PointMasses
from schemas.errors import CaptureError
from schemas.motion import Validity

INFERRED_WEIGHT: Final = 0.3
"""An inferred joint pulls a third as hard as a measured one (an offset guess is off by 2-3 cm, a marker by under 1)."""

TOLERANCE: Final = 1e-4
"""A frame is done when a step moves nothing by more [m, rad]: 0.006 degrees."""

_ROOT: Final = joint_index("pelvis", "r_hip", "l_hip")
_FEET: Final = joint_index("l_heel", "l_toe", "r_heel", "r_toe")
_FIRST_STEPS: Final = 60  # where there is no pose to start from
_NEUTRAL_WEIGHT: Final = 1e-3  # pull to the standing pose: settles what no joint shows, moves seen ones < 0.1 mm
_STIFF_TRUNK: Final = 0.3
"""Pull [m/rad] of lumbar flexion to straight. BODY21 shows no pelvic tilt, and a trunk 5 mm short (breathing, shoulders
drawn forward) would else buckle by 17 degrees: measured on opencap_s4 sit-to-stand, vertical force 8.0 %BW without."""

_MISFIT: Final = 0.004
"""What rigid segments leave of clean markers [m]: mean residuals are 4 to 9 mm on opencap_s4."""

_WEAK: Final = {
    "ankle_inversion": 0.14,
    "hip_rotation": 0.14,
    "shoulder_x": 0.14,
    "shoulder_y": 0.14,
    "shoulder_z": 0.14,
}
"""Usual deviation from 0 [rad], 8 degrees, of what heel and toe or a nearly straight knee or elbow show over a few
centimetres' lever; of a shoulder, from the frame before. With an error σ [m] of the points, σ / 0.14 is the pull of the
likeliest pose. Without it two inversions of a seated foot fit equally well, and it leaps by 30 degrees between frames."""

FOOT_WEIGHT: Final = 0.5
"""Of heel and toe: a foot bends and a rigid one does not, and it must not push the hips. Against 1, total vertical force is
nearer to the plates in all of opencap_s4: walking 3.7 to 3.4 %BW, squat 1.24 to 1.10, sit-to-stand 3.9 to 3.3."""

_GUESSED_TRUNK: Final = 0.05  # weight of a thorax that was not seen


@dataclass(frozen=True)
class IkResult:
    """A humanoid's motion and how well it fits.

    Attributes:
        qpos: MuJoCo generalised positions.
        joint_positions: The humanoid's BODY21 points in the world (Y up) [m].
        residual: Distance to the recorded joint, 0 where it was missing [m].
        bridged: Frames without hips, or without a leg that is seen elsewhere, and frames in which nothing was measured
            though the recording measures: interpolated or filled, so there is nothing to judge.
        seen: Frames in which each limb was seen, by limb; one that is seen elsewhere is interpolated in the others, one
            that never is stays as in the standing pose.
    """

    qpos: Float[np.ndarray, "frames nq"]
    joint_positions: Float[np.ndarray, "frames 21 3"]
    residual: Float[np.ndarray, "frames 21"]
    bridged: Bool[np.ndarray, "frames"]
    seen: dict[str, Bool[np.ndarray, "frames"]]


def solve(
    humanoid: Humanoid,
    positions: Float[np.ndarray, "frames 21 3"],
    validity: UInt8[np.ndarray, "frames 21"],
    iterations: int = 20,
    damping: float = 1e-3,
    tolerance: float = TOLERANCE,
) -> IkResult:
    """Fit the humanoid to recorded joints by damped Gauss-Newton, each frame from where the last two were heading.

    Poses live on the manifold (quaternions for root and shoulders), so no angle can jump by a turn. What is not seen
    is not guessed from the rest: a limb that loses a joint stays, and its joints are interpolated afterwards.

    Args:
        humanoid: The subject's model.
        positions: BODY21 positions in the world (Y up) [m].
        validity: 0 missing (weight 0), 1 inferred (weight 0.3), 2 measured (weight 1); heels and toes half that.
        iterations: Most Gauss-Newton steps of a frame (three or four are usual); the first after a gap takes up to 60.
        damping: Levenberg damping, relative to one joint's unit weight [m].
        tolerance: A frame is done when a step is shorter [m, rad].

    Returns:
        Poses and residuals.

    Raises:
        CaptureError: No frame has pelvis and both hips.
    """
    known: Bool[np.ndarray, "frames"] = np.all(validity[:, _ROOT] > 0, axis=1)
    if not known.any():
        raise CaptureError(
            where="physical_state.h5",
            field="positions",
            expected="at least one frame with pelvis and both hips",
            found="none",
            fix="Record again with the hips in view, or check how the markers were matched.",
        )
    weight = np.array([0.0, INFERRED_WEIGHT, 1.0])[validity]
    weight[:, _FEET] *= FOOT_WEIGHT
    target, weight = _with_trunk(humanoid, to_mujoco(positions), weight)
    seen = limbs_seen(validity)
    qpos = _track(humanoid, target, weight, known, seen, iterations, damping, tolerance)
    qpos = bridge(humanoid, qpos, known)
    missed = {name: ~there & known for name, there in seen.items() if there[known].any() and not there[known].all()}
    for name, gap in missed.items():
        part = columns(humanoid, name)
        qpos[:, part] = bridge(humanoid, qpos, known & ~gap)[:, part]
    joints = to_world(poses(humanoid, qpos).sites[:, humanoid.site_ids])
    residual = np.linalg.norm(joints - positions, axis=-1) * (validity > 0)
    measured = np.asarray(validity == Validity.MEASURED)
    filled = ~measured.any(axis=1) & measured.any()
    legless = np.logical_or.reduce([~known, filled, *(gap for name, gap in missed.items() if name in LEGS)])
    return IkResult(qpos, joints, residual, legless, seen)


def _track(
    humanoid: Humanoid,
    target: Float[np.ndarray, "frames 21 3"],
    weight: Float[np.ndarray, "frames 21"],
    known: Bool[np.ndarray, "frames"],
    seen: dict[str, Bool[np.ndarray, "frames"]],
    iterations: int,
    damping: float,
    tolerance: float,
) -> Float[np.ndarray, "frames nq"]:
    """Solve the known frames one after the other; the others keep the standing pose."""
    prior = _prior(humanoid, _noise(target, known))
    tree = PointMasses(humanoid, prior, damping)
    locked = np.zeros((len(target), humanoid.model.nv), dtype=bool)
    for name, there in seen.items():
        locked[:, columns(humanoid, name, of="qvel")] = ~there[:, None]
    qpos = np.tile(humanoid.standing, (len(target), 1))
    last = previous = -2
    for t in np.flatnonzero(known):
        fresh = last != t - 1 or bool((locked[last] & ~locked[t]).any())
        if last < 0:
            start = _guess(humanoid, target[t])
        elif fresh or previous != t - 2:
            start = qpos[last]
        else:
            start = tree.ahead(qpos[previous], qpos[last], locked[t])
        steps = _FIRST_STEPS if fresh else iterations
        held = qpos[last] if last >= 0 else start
        qpos[t] = tree.settle(start, held, target[t], weight[t], locked[t], steps, tolerance)
        previous, last = last, int(t)
    return qpos


def _prior(humanoid: Humanoid, noise: float) -> Float[np.ndarray, "nv"]:
    """Give each degree of freedom's pull to the standing pose (shoulders: the pose before), squared [m²/rad²]."""
    prior = np.zeros(humanoid.model.nv)
    error = float(np.hypot(noise, _MISFIT))
    for column, name in enumerate(humanoid.dof_names, start=6):
        joint = name.removeprefix("r_").removeprefix("l_")
        pull = error / _WEAK[joint] if joint in _WEAK else _NEUTRAL_WEIGHT
        prior[column] = (_STIFF_TRUNK if joint == "lumbar_flexion" else pull) ** 2
    return prior


def _noise(target: Float[np.ndarray, "frames 21 3"], known: Bool[np.ndarray, "frames"]) -> float:
    """Give the white noise of the hips' points, 1 σ an axis [m]: from third differences, which slow hips hardly have."""
    whole = known[3:] & known[2:-1] & known[1:-2] & known[:-3]
    if not whole.any():
        return 0.0
    third = np.diff(target[:, _ROOT], n=3, axis=0)[whole]
    return float(1.4826 * np.median(np.abs(third)) / np.sqrt(20.0))


def _with_trunk(
    humanoid: Humanoid, target: Float[np.ndarray, "frames 21 3"], weight: Float[np.ndarray, "frames 21"]
) -> tuple[Float[np.ndarray, "frames 21 3"], Float[np.ndarray, "frames 21"]]:
    """Where the thorax was not seen, ask softly for it where it is between the frames that saw it; else upright."""
    pelvis, thorax = INDEX["pelvis"], INDEX["thorax"]
    blind = weight[:, thorax] == 0.0
    if not blind.any():
        return target, weight
    target, weight = target.copy(), weight.copy()
    both = ~blind & (weight[:, pelvis] > 0.0)
    if both.any():
        above = interpolated(target[:, thorax] - target[:, pelvis], both)
    else:
        model = humanoid.model
        trunk = float(np.linalg.norm(model.body("torso").pos) + np.linalg.norm(model.site("thorax").pos))
        above = np.tile([0.0, 0.0, trunk], (len(target), 1))
    target[blind, thorax] = (target[:, pelvis] + above)[blind]
    weight[blind, thorax] = _GUESSED_TRUNK
    return target, weight


def _guess(humanoid: Humanoid, points: Float[np.ndarray, "21 3"]) -> Float[np.ndarray, "nq"]:
    """Stand the humanoid on the pelvis, its left side towards the left hip, its trunk towards the thorax."""
    left = points[INDEX["l_hip"]] - points[INDEX["r_hip"]]
    up = points[INDEX["thorax"]] - points[INDEX["pelvis"]]
    forward = np.cross(left, up)
    axes = np.stack([forward, np.cross(up, forward), up], axis=1)
    turn = Rotation.from_matrix(axes / np.linalg.norm(axes, axis=0))
    pose = humanoid.standing.copy()
    pose[:3] = points[INDEX["pelvis"]]
    pose[3:7] = turn.as_quat(scalar_first=True)
    return pose
