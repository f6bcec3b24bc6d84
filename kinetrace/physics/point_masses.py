"""The humanoid as a tree of point masses, whose acceleration is a Gauss-Newton step towards recorded points."""

from __future__ import annotations

from typing import Any, Final

import mujoco
import numpy as np
from jaxtyping import Bool, Float

from kinetrace.motion.skeletons import BODY21
from kinetrace.physics.humanoid import Humanoid

MAX_TURN: Final = 0.5
"""Radians that a joint may turn in one step: beyond, a step of a curved problem is a leap."""

_LOCK: Final = 1e9  # inertia that holds a degree of freedom still [m²]


class PointMasses:
    """Damped Gauss-Newton for Σ w²‖p(q) − target‖² + Σ prior q², joint-limited, by recursive dynamics.

    A hinge's q is its angle; a ball's is its turn since the frame before, for no angle of it is without a wrap.

    With a mass w² at every point, JᵀW²J is the tree's mass matrix and JᵀW²e the generalised force of pulls w² e; the
    step (JᵀW²J + prior + damping²)⁻¹ (JᵀW²e − prior q) is then an acceleration, with prior and damping as the
    joints' own inertia. MuJoCo finds it in a few microseconds by composite rigid bodies and a sparse factor
    (Featherstone 2008, Rigid Body Dynamics Algorithms, §6 and §8) without a Jacobian being built.
    """

    def __init__(self, humanoid: Humanoid, prior: Float[np.ndarray, "nv"], damping: float) -> None:
        """Put a point mass at every BODY21 point of the humanoid's tree.

        Args:
            humanoid: The subject's model.
            prior: Pull of each hinge to 0 and of each ball to where it was, squared [m²/rad²].
            damping: Levenberg damping, relative to one point's unit weight [m].
        """
        spec = mujoco.MjSpec.from_string(humanoid.xml)
        for name in BODY21:
            site = spec.site(name)
            body: Any = site.parent.add_body(name=f"at_{name}", pos=site.pos)
            body.mass, body.ipos, body.inertia, body.explicitinertial = 1.0, [0.0] * 3, [1.0] * 3, True
        model: Any = spec.compile()
        model.body_inertia[:] = 0.0
        model.body_mass[:] = 0.0
        self._points = np.array([model.body(f"at_{name}").id for name in BODY21])
        hinge = np.flatnonzero(model.jnt_type == mujoco.mjtJoint.mjJNT_HINGE)
        self._q, self._v = model.jnt_qposadr[hinge], model.jnt_dofadr[hinge]
        self._low, self._high = np.full(model.nq, -np.inf), np.full(model.nq, np.inf)
        self._low[self._q], self._high[self._q] = model.jnt_range[hinge].T
        self._prior = -prior[self._v]
        ball = np.flatnonzero(model.jnt_type == mujoco.mjtJoint.mjJNT_BALL)
        self._ball = (model.jnt_dofadr[ball][:, None] + np.arange(3)).ravel()
        self._ball_prior = prior[self._ball]
        self._inertia = prior + damping**2
        self._model, self._data = model, mujoco.MjData(model)
        # Views of the solver's own memory: the loop writes into them some thousand times a second.
        self._place, self._pull = self._data.xpos, self._data.xfrc_applied[:, :3]
        self._push, self._total, self._step = self._data.qfrc_applied, self._data.qfrc_smooth, self._data.qacc_smooth

    def ahead(
        self, before: Float[np.ndarray, "nq"], now: Float[np.ndarray, "nq"], locked: Bool[np.ndarray, "nv"]
    ) -> Float[np.ndarray, "nq"]:
        """Go on for one frame at the speed that led from the pose before to this one; locked joints stay."""
        velocity, pose = np.empty(self._model.nv), np.array(now, dtype=np.float64)
        mujoco.mj_differentiatePos(self._model, velocity, 1.0, before, now)
        velocity[locked] = 0.0
        return self._moved(pose, velocity)

    def settle(
        self,
        start: Float[np.ndarray, "nq"],
        before: Float[np.ndarray, "nq"],
        target: Float[np.ndarray, "21 3"],
        weight: Float[np.ndarray, "21"],
        locked: Bool[np.ndarray, "nv"],
        steps: int,
        tolerance: float,
    ) -> Float[np.ndarray, "nq"]:
        """Take Gauss-Newton steps until one is shorter than the tolerance.

        Args:
            start: Pose to start from.
            before: Pose of the frame before, which balls are pulled to.
            target: Recorded points, Z up [m].
            weight: Of each point; 0 leaves it out.
            locked: Degrees of freedom that stay as they are.
            steps: At most so many.
            tolerance: Largest entry of a last step [m, rad].

        Returns:
            The pose.
        """
        model, data = self._model, self._data
        mass, goal = np.zeros((model.nbody, 1)), np.zeros((model.nbody, 3))
        mass[self._points, 0], goal[self._points] = weight**2, target
        model.body_mass[:] = mass[:, 0]
        inertia = np.where(locked, _LOCK, self._inertia)
        model.dof_armature[:] = inertia
        pose, back = np.array(start, dtype=np.float64), np.empty(model.nv)
        for _ in range(steps):
            data.qpos = pose
            mujoco.mj_kinematics(model, data)
            mujoco.mj_comPos(model, data)
            np.multiply(mass, goal - self._place, out=self._pull)
            self._push[self._v] = self._prior * pose[self._q]
            mujoco.mj_differentiatePos(model, back, 1.0, pose, before)
            self._push[self._ball] = self._ball_prior * back[self._ball]
            self._accelerate()
            self._hold_at_limits(pose, inertia)
            step = np.array(self._step)
            size = float(np.maximum.reduce(np.abs(step)))
            if size > MAX_TURN:
                np.clip(step[3:], -MAX_TURN, MAX_TURN, out=step[3:])
            self._moved(pose, step)
            if size < tolerance:
                break
        return pose

    def _moved(self, pose: Float[np.ndarray, "nq"], step: Float[np.ndarray, "nv"]) -> Float[np.ndarray, "nq"]:
        """Move a pose, in place, along a tangent vector, no joint beyond its range."""
        mujoco.mj_integratePos(self._model, pose, step, 1.0)
        np.maximum(pose, self._low, out=pose)
        return np.asarray(np.minimum(pose, self._high, out=pose))

    def _accelerate(self) -> None:
        mujoco.mj_makeM(self._model, self._data)
        mujoco.mj_factorM(self._model, self._data)
        mujoco.mj_fwdAcceleration(self._model, self._data)

    def _hold_at_limits(self, pose: Float[np.ndarray, "nq"], inertia: Float[np.ndarray, "nv"]) -> None:
        """Find the step again without the joints at a limit that they are pushed against."""
        low, high = pose <= self._low, pose >= self._high
        if not np.count_nonzero(low | high):
            return
        push = self._total[self._v]
        outward = (low[self._q] & (push < 0.0)) | (high[self._q] & (push > 0.0))
        if outward.any():
            self._model.dof_armature[self._v[outward]] = _LOCK
            self._accelerate()
            self._model.dof_armature[:] = inertia
