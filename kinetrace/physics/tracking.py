"""Forward simulation of a planned motion: torque-limited joints, real contacts, as little help at the root as it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import mujoco
import numpy as np
from jaxtyping import Float, Int

from kinetrace.motion.centre_of_mass import GRAVITY
from kinetrace.physics.reference_motion import Reference
from kinetrace.physics.supports import Supports
from kinetrace.physics.whole_body_control import Equations, command

FREQUENCY: Final = 20.0
"""Undamped angular frequency of an error [rad/s], 3.2 Hz, at the upper end of what muscles with their reflexes can do
(Winter 2009, ch. 9: 2-3 Hz), and six times a standing body's own sqrt(g / l) = 3.3. Damping is critical."""
CONTROL_S: Final = 0.004
"""Commands are renewed at 250 Hz; with 100 Hz one walk of seven fell."""
NEAR_M: Final = 0.004
"""A point planned to bear is counted on from this high over floor or seat: a foot that pushes lands within 10 ms."""
LED_M: Final = 0.03
"""And from this high it is led down to where it is to bear."""
LEAST_SURENESS: Final = 0.1
"""Points planned to bear less surely than this are left out."""
_POINT_DAMPING: Final = 40.0  # 1/s; a bearing point is brought to its planned velocity within 25 ms
_POINT_STIFFNESS: Final = 400.0  # 1/s2; and to its planned height within 50 ms
_SEAT_HOLD: Final = 0.3  # a seat yields and slides: its points are led less firmly than soles
_SATURATED: Final = 1.0 - 1e-9
_WILD: Final = 300.0  # m/s or rad/s: twice a pitcher's shoulder; what moves faster has left mechanics
_MIN_LOAD: Final = 0.05  # of body weight: below it a foot does not bear, and its sliding is no slip


@dataclass(frozen=True)
class TrackingParams:
    """How hard the tracker may pull.

    Attributes:
        stiffness_scale: Multiplies every stiffness; damping follows so that it stays critical.
        max_force_bw: Root force never above this [BW].
        max_moment_bwh: Root moment never above this [BW height].
        assistance_cost: Price of root assistance (see :func:`kinetrace.physics.whole_body_control.command`).
    """

    stiffness_scale: float
    max_force_bw: float
    max_moment_bwh: float
    assistance_cost: float


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
        depth: How deep the deepest sole contact is [m].
        broke: Row from which on a speed was beyond any body's: simulation ended there, later rows repeat the one before.
        timestep_s: Length of one row [s].
    """

    qpos: Float[np.ndarray, "rows nq"]
    root_force: Float[np.ndarray, "rows"]
    root_moment: Float[np.ndarray, "rows"]
    saturated: Float[np.ndarray, "rows"]
    slip_speed: Float[np.ndarray, "rows 2"]
    load: Float[np.ndarray, "rows 2"]
    depth: Float[np.ndarray, "rows"]
    broke: int | None
    timestep_s: float


def track(supports: Supports, reference: Reference, params: TrackingParams) -> Execution:
    """Simulate a body while it tries to follow a motion.

    250 times a second tracking wants a = q̈ + 2ω(q̇ − q̇_now) + ω²(q − q_now), joints and root alike, and bearing points
    that move as planned. Whole-body control turns that into joint torques within their limits, counting on forces
    inside the friction pyramids of the points that bear, and on root assistance only at its price. Torques and
    assistance, cut at its bounds, act on the simulated body; MuJoCo finds the true contact forces on its own.

    Args:
        supports: The body to simulate, with its bearing points.
        reference: What to follow, at the simulation's step.
        params: Stiffness, price and bounds of the assistance.

    Returns:
        What happened, as many rows as the motion has.

    Raises:
        ComputeError: A control problem could not be solved.
    """
    tracker = _Tracker(supports, reference, params)
    length = len(reference.motion.qpos)
    rows: list[tuple[Any, ...]] = []
    while len(rows) < length and not (rows and tracker.wild):
        rows.append(tracker.step(len(rows)))
    broke = len(rows) if len(rows) < length else None
    rows += [rows[-1]] * (length - len(rows))
    qpos, force, moment, saturated, slip, load, depth = (np.array(column) for column in zip(*rows, strict=True))
    return Execution(qpos, force, moment, saturated, slip, load, depth, broke, float(supports.model.opt.timestep))


class _Tracker:
    """One simulation under way."""

    def __init__(self, supports: Supports, reference: Reference, params: TrackingParams) -> None:
        self.model, self.data, self.supports = supports.model, mujoco.MjData(supports.model), supports
        self.reference, self.params = reference, params
        self.data.qpos, self.data.qvel = reference.motion.qpos[0], reference.motion.qvel[0]
        humanoid = supports.humanoid
        self.mass, self.stature, self.limits = humanoid.mass, humanoid.stature, humanoid.torque_limits
        self.weight = self.mass * GRAVITY
        self.omega = FREQUENCY * float(np.sqrt(params.stiffness_scale))
        self.every = max(1, round(CONTROL_S / self.model.opt.timestep))
        self.error, self.inertia = np.empty(self.model.nv), np.empty((self.model.nv, self.model.nv))
        self.torque, self.assistance = np.zeros(self.model.nu), np.zeros(6)

    @property
    def wild(self) -> bool:
        """Whether some speed is beyond any body's, or none at all."""
        return not bool(np.abs(self.data.qvel).max() < _WILD)

    def step(self, t: int) -> tuple[Any, ...]:
        """Go from row t to row t + 1 and report row t."""
        model, data = self.model, self.data
        mujoco.mj_step1(model, data)
        pose = data.qpos.copy()
        if t % self.every == 0:
            self._command(t)
        data.ctrl[:], data.qfrc_applied[:6] = self.torque, self.assistance
        mujoco.mj_step2(model, data)
        slip, load, depth = self._feet()
        force = np.linalg.norm(self.assistance[:3]) / self.weight
        moment = np.linalg.norm(self.assistance[3:]) / (self.weight * self.stature)
        return pose, force, moment, np.mean(np.abs(self.torque) >= _SATURATED * self.limits), slip, load, depth

    def _command(self, t: int) -> None:
        """Renew torques and assistance."""
        found = command(self._equations(t), self.supports.friction, self.params.assistance_cost)
        self.torque = np.clip(found.torque * self.mass, -self.limits, self.limits)
        self.assistance[:3] = _shortened(found.assistance[:3] * self.mass, self.params.max_force_bw * self.weight)
        most = self.params.max_moment_bwh * self.weight * self.stature
        self.assistance[3:] = _shortened(found.assistance[3:] * self.mass, most)

    def _equations(self, t: int) -> Equations:
        model, data, reference = self.model, self.data, self.reference
        motion = reference.motion
        mujoco.mj_differentiatePos(model, self.error, 1.0, data.qpos, motion.qpos[t])
        mujoco.mj_fullM(model, data, self.inertia)
        wanted = motion.qacc[t] + 2.0 * self.omega * (motion.qvel[t] - data.qvel) + self.omega**2 * self.error
        places = self.supports.points(data.site_xpos[self.supports.ids])
        height = self.supports.heights(places)
        points = np.flatnonzero((height < LED_M) & (reference.bearing[t] > LEAST_SURENESS))
        jacobian = self._jacobians(points, places)
        target = reference.acceleration[t, points] - self._drift(points)
        target += _POINT_DAMPING * (reference.velocity[t, points] - jacobian @ data.qvel)
        target[:, 2] += _POINT_STIFFNESS * (reference.height[t, points] - height[points])
        return Equations(
            inertia=self.inertia / self.mass,
            bias=data.qfrc_bias / self.mass,
            wanted=wanted,
            jacobian=jacobian,
            target=target,
            sureness=reference.bearing[t, points],
            hold=np.where(points < self.supports.soles, 1.0, _SEAT_HOLD),
            touches=height[points] < NEAR_M,
            torque=self.limits / self.mass,
            gravity=GRAVITY,
            stature=self.stature,
        )

    def _jacobians(
        self, points: Int[np.ndarray, "points"], places: Float[np.ndarray, "all 3"]
    ) -> Float[np.ndarray, "points 3 nv"]:
        found = np.zeros((len(points), 3, self.model.nv))
        for row, point in enumerate(points):
            body = int(self.model.site_bodyid[self.supports.ids[point]])
            mujoco.mj_jac(self.model, self.data, found[row], None, places[point], body)
        return found

    def _drift(self, points: Int[np.ndarray, "points"]) -> Float[np.ndarray, "points 3"]:
        """Give J̇ q̇, the acceleration of the points' sites were q̈ = 0 [m/s2]."""
        model, data = self.model, self.data
        data.qacc[:] = 0.0
        mujoco.mj_rnePostConstraint(model, data)
        drift, found = np.zeros((len(points), 3)), np.zeros(6)
        for row, point in enumerate(points):
            site = int(self.supports.ids[point])
            mujoco.mj_objectAcceleration(model, data, mujoco.mjtObj.mjOBJ_SITE, site, found, 0)
            drift[row] = found[3:] + model.opt.gravity  # MuJoCo's accelerations contain minus gravity
        return drift

    def _feet(self) -> tuple[Float[np.ndarray, "2"], Float[np.ndarray, "2"], float]:
        """Give each foot's sliding speed, weighted by load [m/s], its load [BW], and the deepest sole contact [m]."""
        data = self.data
        feet, address = self.supports.foot_of_geom[data.contact.geom].max(axis=1), data.contact.efc_address
        touches = (feet >= 0) & (address >= 0)
        feet, rows = feet[touches], address[touches, None] + np.arange(4)
        push, edge = data.efc_force[rows].sum(axis=1), data.efc_vel[rows]
        along = (edge[:, ::2] - edge[:, 1::2]) / (2.0 * data.contact.friction[touches, :2])
        load = np.bincount(feet, push, minlength=2)
        slide = np.bincount(feet, push * np.linalg.norm(along, axis=1), minlength=2)
        bears = load > _MIN_LOAD * self.weight
        depth = float(-data.contact.dist[touches].min(initial=0.0))
        return np.where(bears, slide / np.where(bears, load, 1.0), 0.0), load / self.weight, depth


def _shortened(vector: Float[np.ndarray, "3"], longest: float) -> Float[np.ndarray, "3"]:
    """Shorten a vector to at most a length."""
    return np.asarray(vector * min(1.0, longest / max(float(np.linalg.norm(vector)), 1e-12)))
