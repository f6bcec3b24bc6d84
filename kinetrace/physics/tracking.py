"""Forward simulation of a planned motion: torque-limited joints, real contacts, as little help at the root as it takes."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Final

import mujoco
import numpy as np
from jaxtyping import Float

from kinetrace.motion.centre_of_mass import GRAVITY
from kinetrace.physics.contact_control import hold_points, share_load
from kinetrace.physics.foot_placement import bearing_weights
from kinetrace.physics.ground_reaction import friction_edges
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.inverse_dynamics import Motion
from kinetrace.physics.kinematics import poses

JOINT_FREQUENCY: Final = 15.0
"""Undamped angular frequency of a joint's error [rad/s], 2.4 Hz: what muscles with their reflexes can do (Winter 2009,
ch. 9: 2-3 Hz). Damping is critical."""
ROOT_FREQUENCY: Final = 10.0
"""The same for the root [rad/s]: three times a standing body's own sqrt(g / l) = 3.3, so that it does not fall."""
NEAR_M: Final = 0.015
"""A planned support this little above the floor is about to land."""
_UNREAL_COST: Final = 10.0  # a point that has not landed carries only what those on the floor cannot
_LEAST_SURENESS: Final = 0.1
_FOOT_DAMPING: Final = 40.0  # 1/s; a bearing point that slides is brought to rest within 25 ms
_MIN_LOAD: Final = 0.05  # of body weight: below it a foot does not bear, and its sliding is no slip


@dataclass(frozen=True)
class TrackingParams:
    """How hard the tracker may pull.

    Attributes:
        stiffness_scale: Multiplies every stiffness; damping follows so that it stays critical.
        max_force_bw: Root force never above this [BW].
        max_moment_bwh: Root moment never above this [BW height].
    """

    stiffness_scale: float
    max_force_bw: float
    max_moment_bwh: float


@dataclass(frozen=True)
class Execution:
    """What happened, a row for each simulation step. Axes are MuJoCo's: Z up.

    Attributes:
        qpos: Poses, the first as planned.
        root_force: Assistance [BW].
        root_moment: Assistance [BW height].
        saturated: Fraction of the joints whose torque is at its limit.
        slip_speed: How fast each foot's contacts slide, weighted by load; 0 while it bears under 5 % of body weight;
            left, right [m/s].
        load: Vertical force on each foot [BW].
        timestep_s: Length of one row [s].
    """

    qpos: Float[np.ndarray, "rows nq"]
    root_force: Float[np.ndarray, "rows"]
    root_moment: Float[np.ndarray, "rows"]
    saturated: Float[np.ndarray, "rows"]
    slip_speed: Float[np.ndarray, "rows 2"]
    load: Float[np.ndarray, "rows 2"]
    timestep_s: float


def track(humanoid: Humanoid, motion: Motion, timestep_s: float, params: TrackingParams) -> Execution:
    """Simulate the humanoid while it tries to follow a motion.

    At every step tracking wants a = q̈ + 2ω(q̇ − q̇_now) + ω²(q − q_now), joints and root alike (computed torque: the
    stiffness is ω² times the true inertia, damping critical); feet on the floor are held. That needs M a + bias. Its
    root rows are first given to the contacts, inside their friction pyramids; what they cannot give is the root
    assistance, cut at its bounds. The joints get the rest, M a + bias − Jᵀλ, cut at their torque limits. MuJoCo then
    finds the true contact forces on its own.

    Args:
        humanoid: The subject's model.
        motion: What to follow, at the simulation's step.
        timestep_s: That step [s].
        params: Stiffness and the bounds of the assistance.

    Returns:
        What happened, as many rows as the motion has.
    """
    model = copy.deepcopy(humanoid.model)
    model.opt.timestep = timestep_s
    tracker = _Tracker(humanoid, model, motion, params)
    soles = poses(humanoid, motion.qpos).sites[:, humanoid.sole_ids.ravel()]
    planned = bearing_weights(soles, 1.0 / timestep_s)
    rows = [tracker.step(motion, t, planned[t]) for t in range(len(motion.qpos))]
    qpos, force, moment, saturated, slip, load = (np.array(column) for column in zip(*rows, strict=True))
    return Execution(qpos, force, moment, saturated, slip, load, timestep_s)


class _Tracker:
    """One simulation under way."""

    def __init__(self, humanoid: Humanoid, model: Any, motion: Motion, params: TrackingParams) -> None:
        self.model, self.data, self.params = model, mujoco.MjData(model), params
        self.data.qpos, self.data.qvel = motion.qpos[0], motion.qvel[0]
        self.weight, self.limits = humanoid.mass * GRAVITY, humanoid.torque_limits
        self.moment = self.weight * humanoid.stature
        self.scale = 1.0 / np.array([self.weight] * 3 + [self.moment] * 3)
        omega = np.full(model.nv, JOINT_FREQUENCY)
        omega[:6] = ROOT_FREQUENCY
        self.omega = omega * np.sqrt(params.stiffness_scale)
        self.soles = humanoid.sole_ids.ravel()
        feet = [model.geom(f"{s}_{part}").id for s in "lr" for part in ("hindfoot", "forefoot")]
        self.foot_of_geom = np.full(model.ngeom, -1)
        self.foot_of_geom[feet] = [0, 0, 1, 1]
        self.edges = friction_edges(float(max(model.geom_friction[[*feet, model.geom("floor").id], 0])))
        self.error, self.needed = np.empty(model.nv), np.empty(model.nv)

    def step(self, motion: Motion, t: int, planned: Float[np.ndarray, "points"]) -> tuple[Any, ...]:
        """Go from row t to row t + 1 and report row t."""
        model, data = self.model, self.data
        mujoco.mj_step1(model, data)
        pose = data.qpos.copy()
        mujoco.mj_differentiatePos(model, self.error, 1.0, data.qpos, motion.qpos[t])
        wanted = motion.qacc[t] + 2.0 * self.omega * (motion.qvel[t] - data.qvel) + self.omega**2 * self.error
        rest = self._unsupplied(wanted, planned)
        data.ctrl[:] = np.clip(rest[6:], -self.limits, self.limits)
        force = _shortened(rest[:3], self.params.max_force_bw * self.weight)
        moment = _shortened(rest[3:6], self.params.max_moment_bwh * self.moment)
        data.qfrc_applied[:3], data.qfrc_applied[3:6] = force, moment
        mujoco.mj_step2(model, data)
        slip, load = self._feet()
        help_force, help_moment = np.linalg.norm(force) / self.weight, np.linalg.norm(moment) / self.moment
        return pose, help_force, help_moment, np.mean(np.abs(rest[6:]) >= self.limits), slip, load

    def _unsupplied(
        self, wanted: Float[np.ndarray, "nv"], planned: Float[np.ndarray, "points"]
    ) -> Float[np.ndarray, "nv"]:
        """Give what accelerating as wanted needs beyond what the contacts supply [N, N m].

        A planned support a few millimetres up is counted on for the root but not for its leg: were its share given to
        the assistance, the body would hang in the air for ever; so it sinks and lands.
        """
        model, data = self.model, self.data
        height = data.site_xpos[self.soles, 2]
        on_floor = height < 0.0
        points = np.flatnonzero(on_floor | ((height < NEAR_M) & (planned > _LEAST_SURENESS)))
        jacobian = self._jacobians(points)
        sure = np.maximum(planned[points], _LEAST_SURENESS)
        held = on_floor[points] & (planned[points] > _LEAST_SURENESS)
        target = self._resting_acceleration(points[held], jacobian[held])
        data.qacc[:] = hold_points(wanted, jacobian[held], target, sure[held])
        mujoco.mj_rne(model, data, 1, self.needed)
        other = self._other_contacts()
        edges = np.concatenate((other, (self.edges @ jacobian).reshape(-1, model.nv)))
        real = np.concatenate((np.ones(len(other)), np.repeat(on_floor[points], 4)))
        dear = np.concatenate((np.ones(len(other)), np.repeat(np.where(on_floor[points], 1.0, _UNREAL_COST) / sure, 4)))
        forces = share_load(self.needed[:6] * self.scale, edges[:, :6] * self.scale * self.weight, dear) * self.weight
        rest = self.needed - edges.T @ (forces * real)
        rest[:6] = self.needed[:6] - edges[:, :6].T @ forces
        return np.asarray(rest)

    def _jacobians(self, points: np.ndarray) -> Float[np.ndarray, "points 3 nv"]:
        found = np.zeros((len(points), 3, self.model.nv))
        for row, point in enumerate(points):
            mujoco.mj_jacSite(self.model, self.data, found[row], None, int(self.soles[point]))
        return found

    def _resting_acceleration(
        self, points: np.ndarray, jacobian: Float[np.ndarray, "points 3 nv"]
    ) -> Float[np.ndarray, "points 3"]:
        """Give J q̈ that brings points to rest: minus J̇ q̇, minus a damping of their speed [m/s2]."""
        model, data = self.model, self.data
        data.qacc[:] = 0.0
        mujoco.mj_rnePostConstraint(model, data)
        drift, found = np.zeros((len(points), 3)), np.zeros(6)
        for row, point in enumerate(points):
            mujoco.mj_objectAcceleration(model, data, mujoco.mjtObj.mjOBJ_SITE, int(self.soles[point]), found, 0)
            drift[row] = found[3:] + model.opt.gravity  # MuJoCo's accelerations contain minus gravity
        return np.asarray(-drift - _FOOT_DAMPING * (jacobian @ data.qvel))

    def _other_contacts(self) -> Float[np.ndarray, "edges nv"]:
        """Give the pyramid edges, as MuJoCo has them, of whatever else touches: the seat, a knee on the floor."""
        data = self.data
        feet, address = self.foot_of_geom[data.contact.geom].max(axis=1), data.contact.efc_address
        first = address[(feet < 0) & (address >= 0)]
        jacobian = np.reshape(data.efc_J, (-1, self.model.nv))
        return np.asarray(jacobian[(first[:, None] + np.arange(4)).ravel()])

    def _feet(self) -> tuple[Float[np.ndarray, "2"], Float[np.ndarray, "2"]]:
        """Give each foot's sliding speed, weighted by load [m/s], and its load [BW]."""
        data = self.data
        feet, address = self.foot_of_geom[data.contact.geom].max(axis=1), data.contact.efc_address
        touches = (feet >= 0) & (address >= 0)
        feet, rows = feet[touches], address[touches, None] + np.arange(4)
        push, edge = data.efc_force[rows].sum(axis=1), data.efc_vel[rows]
        along = (edge[:, ::2] - edge[:, 1::2]) / (2.0 * data.contact.friction[touches, :2])
        load = np.bincount(feet, push, minlength=2)
        slide = np.bincount(feet, push * np.linalg.norm(along, axis=1), minlength=2)
        bears = load > _MIN_LOAD * self.weight
        return np.where(bears, slide / np.where(bears, load, 1.0), 0.0), load / self.weight


def _shortened(vector: Float[np.ndarray, "3"], longest: float) -> Float[np.ndarray, "3"]:
    """Shorten a vector to at most a length."""
    return np.asarray(vector * min(1.0, longest / max(float(np.linalg.norm(vector)), 1e-12)))
