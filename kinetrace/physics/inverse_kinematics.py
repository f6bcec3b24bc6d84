"""Whole-sequence inverse kinematics: the humanoid's poses whose points are nearest to the recorded joints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import mujoco
import numpy as np
from jaxtyping import Bool, Float, UInt8
from scipy.spatial.transform import Rotation

from kinetrace.motion.skeletons import BODY21, INDEX, joint_index
from kinetrace.physics.frames import to_mujoco, to_world
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.kinematics import add_tangent, bridge, jacobians, moves, poses
from schemas.errors import CaptureError

INFERRED_WEIGHT: Final = 0.3
"""An inferred joint pulls a third as hard as a measured one (an offset guess is off by 2-3 cm, a marker by under 1)."""

_ROOT: Final = joint_index("pelvis", "r_hip", "l_hip")
_STRIDE: Final = 8  # frames between the poses that are solved one after the other; the rest start from between them
_BATCH: Final = 256  # frames solved together: their matrices stay in the cache
_FIRST_ITERATIONS: Final = 40
_NEUTRAL_WEIGHT: Final = 1e-3  # pull to the standing pose: settles what no joint shows, moves seen ones < 0.1 mm
_STIFF_TRUNK: Final = 0.3
"""Pull [m/rad] of lumbar flexion to straight. BODY21 shows no pelvic tilt, and a trunk 5 mm short (breathing, shoulders
drawn forward) would else buckle by 17 degrees: measured on opencap_s4 sit-to-stand, vertical force 8.0 %BW without."""

_UPRIGHT_WEIGHT: Final = 0.05  # pull of the trunk to upright where no shoulder was seen
_MAX_TURN: Final = 0.5  # radians a joint may turn in one iteration


@dataclass(frozen=True)
class IkResult:
    """A humanoid's motion and how well it fits.

    Attributes:
        qpos: MuJoCo generalised positions.
        joint_positions: The humanoid's BODY21 points in the world (Y up) [m].
        residual: Distance to the recorded joint, 0 where it was missing [m].
        bridged: Frames without enough joints, interpolated.
    """

    qpos: Float[np.ndarray, "frames nq"]
    joint_positions: Float[np.ndarray, "frames 21 3"]
    residual: Float[np.ndarray, "frames 21"]
    bridged: Bool[np.ndarray, "frames"]


def solve(
    humanoid: Humanoid,
    positions: Float[np.ndarray, "frames 21 3"],
    validity: UInt8[np.ndarray, "frames 21"],
    iterations: int = 6,
    damping: float = 1e-3,
) -> IkResult:
    """Fit the humanoid to recorded joints by damped Gauss-Newton, each pose warm-started from its neighbours.

    Every eighth frame is solved from the one before; the frames between start on the manifold between those two and
    are then solved together. Poses live on the manifold (quaternions for root and shoulders), so no angle can jump.

    Args:
        humanoid: The subject's model.
        positions: BODY21 positions in the world (Y up) [m].
        validity: 0 missing (weight 0), 1 inferred (weight 0.3), 2 measured (weight 1).
        iterations: Gauss-Newton steps a frame.
        damping: Levenberg damping, relative to one joint's unit weight [m²].

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
    fit = _Fit(humanoid, to_mujoco(positions), np.array([0.0, INFERRED_WEIGHT, 1.0])[validity], damping)
    at = np.flatnonzero(known)
    coarse = np.unique(np.append(at[::_STRIDE], at[-1]))
    qpos = np.tile(humanoid.standing, (len(positions), 1))
    pose, steps = fit.guess(int(at[0])), _FIRST_ITERATIONS
    for t in coarse:
        pose = fit.refine(pose, np.array([t]), steps)
        qpos[t], steps = pose[0], iterations
    solved = np.zeros(len(positions), dtype=bool)
    solved[coarse] = True
    qpos = bridge(humanoid, qpos, solved)
    for some in np.array_split(at, -(-len(at) // _BATCH)):
        qpos[some] = fit.refine(qpos[some], some, max(2, iterations // 2))
    qpos = bridge(humanoid, qpos, known)
    joints = to_world(poses(humanoid, qpos).sites[:, humanoid.site_ids])
    residual = np.linalg.norm(joints - positions, axis=-1) * (validity > 0)
    return IkResult(qpos, joints, residual, ~known)


class _Fit:
    """The least-squares problem of one recording."""

    def __init__(
        self,
        humanoid: Humanoid,
        target: Float[np.ndarray, "frames 21 3"],
        weight: Float[np.ndarray, "frames 21"],
        damping: float,
    ) -> None:
        self.humanoid, self.damping = humanoid, damping
        self.target, self.weight = self._with_upright_trunk(target, weight)
        self.moved_by = moves(humanoid, humanoid.site_ids)
        model = humanoid.model
        hinge = np.flatnonzero(model.jnt_type == mujoco.mjtJoint.mjJNT_HINGE)
        self.hinge_q, self.hinge_v = model.jnt_qposadr[hinge], model.jnt_dofadr[hinge]
        self.low, self.high = model.jnt_range[hinge, 0], model.jnt_range[hinge, 1]

    def _with_upright_trunk(
        self, target: Float[np.ndarray, "frames 21 3"], weight: Float[np.ndarray, "frames 21"]
    ) -> tuple[Float[np.ndarray, "frames 21 3"], Float[np.ndarray, "frames 21"]]:
        """Where the thorax was not seen, ask softly for a trunk that stands on the pelvis."""
        pelvis, thorax = INDEX["pelvis"], INDEX["thorax"]
        blind = weight[:, thorax] == 0.0
        target, weight = target.copy(), weight.copy()
        model = self.humanoid.model
        trunk = float(np.linalg.norm(model.body("torso").pos) + np.linalg.norm(model.site("thorax").pos))
        target[blind, thorax] = target[blind, pelvis] + [0.0, 0.0, trunk]
        weight[blind, thorax] = _UPRIGHT_WEIGHT
        return target, weight

    def guess(self, frame: int) -> Float[np.ndarray, "1 nq"]:
        """Stand the humanoid on the pelvis, its left side towards the left hip, its trunk towards the thorax."""
        p = self.target[frame]
        left = p[INDEX["l_hip"]] - p[INDEX["r_hip"]]
        up = p[INDEX["thorax"]] - p[INDEX["pelvis"]]
        forward = np.cross(left, up)
        axes = np.stack([forward, np.cross(up, forward), up], axis=1)
        turn = Rotation.from_matrix(axes / np.linalg.norm(axes, axis=0))
        pose = self.humanoid.standing.copy()
        pose[:3] = p[INDEX["pelvis"]]
        pose[3:7] = turn.as_quat(scalar_first=True)
        return pose[None]

    def refine(
        self, qpos: Float[np.ndarray, "batch nq"], frames: np.ndarray, iterations: int
    ) -> Float[np.ndarray, "batch nq"]:
        """Take Gauss-Newton steps on all given frames at once, each from its own pose."""
        target, weight = self.target[frames], self.weight[frames]
        nv = self.humanoid.model.nv
        prior = np.zeros(nv)
        prior[6:] = _NEUTRAL_WEIGHT**2
        prior[self.humanoid.model.joint("lumbar_flexion").dofadr] = _STIFF_TRUNK**2
        for _ in range(iterations):
            placed = poses(self.humanoid, qpos)
            jac = jacobians(placed, self.humanoid.site_ids, self.moved_by)
            jac *= weight[:, :, None, None]
            error = (target - placed.sites[:, self.humanoid.site_ids]) * weight[:, :, None]
            jac = jac.reshape(len(qpos), 3 * len(BODY21), nv)
            gradient = np.einsum("fkv,fk->fv", jac, error.reshape(len(qpos), -1))
            gradient[:, self.hinge_v] -= prior[self.hinge_v] * qpos[:, self.hinge_q]
            normal = np.swapaxes(jac, 1, 2) @ jac + np.diag(prior + self.damping**2)
            free = self._free(qpos, gradient)
            normal *= free[:, :, None] & free[:, None, :] | np.eye(nv, dtype=bool)
            step = np.linalg.solve(normal, (gradient * free)[..., None])[..., 0]
            step[:, 3:] = np.clip(step[:, 3:], -_MAX_TURN, _MAX_TURN)
            qpos = add_tangent(self.humanoid, qpos, step)
            qpos[:, self.hinge_q] = np.clip(qpos[:, self.hinge_q], self.low, self.high)
        return qpos

    def _free(
        self, qpos: Float[np.ndarray, "batch nq"], gradient: Float[np.ndarray, "batch nv"]
    ) -> Bool[np.ndarray, "batch nv"]:
        """Say which degrees of freedom may move: not those at a limit that the gradient pushes outwards."""
        free = np.ones(gradient.shape, dtype=bool)
        angle, push = qpos[:, self.hinge_q], gradient[:, self.hinge_v]
        free[:, self.hinge_v] = ~(((angle <= self.low) & (push < 0)) | ((angle >= self.high) & (push > 0)))
        return free
