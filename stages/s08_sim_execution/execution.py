"""One planned motion carried out: from joint positions to what the simulated body did."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int, UInt8

from kinetrace.physics.frames import to_world
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.inverse_kinematics import solve
from kinetrace.physics.kinematics import add_tangent, poses, tangent_between
from kinetrace.physics.reference_motion import Reference, make_reference
from kinetrace.physics.self_overlap import overlap
from kinetrace.physics.supports import Supports, make_supports
from kinetrace.physics.tracking import Execution, TrackingParams, track
from schemas.sim_execution import SimExecutionParams


@dataclass(frozen=True)
class Executor:
    """The humanoid and everything about carrying motions out that is the same for all of them.

    Attributes:
        humanoid: The subject's model.
        fps: Rate of planned motions [Hz].
        cutoff_hz: Low-pass of planned poses before they are differentiated, as in stage 4 [Hz].
        params: Simulation and bounds.
    """

    humanoid: Humanoid
    fps: float
    cutoff_hz: float
    params: SimExecutionParams

    @cached_property
    def supports(self) -> Supports:
        """The body that is simulated."""
        return make_supports(self.humanoid, self.params.timestep_s)

    def poses_of(
        self, positions: Float[np.ndarray, "steps 21 3"], validity: UInt8[np.ndarray, "21"]
    ) -> Float[np.ndarray, "steps nq"]:
        """Fit the humanoid to planned joints."""
        seen = np.broadcast_to(validity, positions.shape[:2]).copy()
        return solve(self.humanoid, positions.astype(np.float64), seen).qpos

    def joints_of(self, qpos: Float[np.ndarray, "steps nq"]) -> Float[np.ndarray, "steps 21 3"]:
        """Give the joints of poses, aligned world frame [m]."""
        return to_world(poses(self.humanoid, qpos).sites[:, self.humanoid.site_ids])

    def carry_out(
        self,
        qpos: Float[np.ndarray, "steps nq"],
        planned: Float[np.ndarray, "steps 21 3"],
        validity: UInt8[np.ndarray, "21"],
        costs: tuple[float, ...] | None = None,
    ) -> Executed:
        """Simulate poses and compare the result with the planned joints; help at the root only where it must be.

        Prices of assistance are tried from dear to cheap until the body neither falls nor leaves its plan.

        Args:
            qpos: Planned poses at `fps`.
            planned: Planned joints, aligned world frame [m].
            validity: 0 where a joint has no plan.
            costs: Prices to try; None: `assistance_costs`.

        Returns:
            What happened, at `fps`: the first that was carried out, else the last.
        """
        reference = make_reference(self.supports, qpos, self.fps, self.cutoff_hz)
        for cost in costs or self.params.assistance_costs:
            executed = self._execute(reference, planned, validity, cost)
            if self._arrived(executed):
                break
        return executed

    def _execute(
        self,
        reference: Reference,
        planned: Float[np.ndarray, "steps 21 3"],
        validity: UInt8[np.ndarray, "21"],
        cost: float,
    ) -> Executed:
        params = self.params
        tracking = TrackingParams(params.stiffness_scale, params.root_force_cap_bw, params.root_moment_cap_bwh, cost)
        done = track(self.supports, reference, tracking)
        rows = sample_rows(len(planned), self.fps, params.timestep_s, len(done.qpos))
        error = np.linalg.norm(self.joints_of(done.qpos[rows]) - planned, axis=2)[:, validity > 0].mean(axis=1)
        pelvis = to_world(np.stack([reference.motion.qpos[rows, :3], done.qpos[rows, :3]]))
        deepest = float(overlap(self.humanoid, done.qpos[rows]).max())
        return Executed(done, rows, error, pelvis[0], pelvis[1], reference.change_m, deepest, cost)

    def _arrived(self, executed: Executed) -> bool:
        fell = first_fall(executed, self.params.fall_pelvis_fraction) is not None
        return not fell and bool(executed.tracking_error.max() <= self.params.max_tracking_error_m)

    def between(
        self,
        start: Float[np.ndarray, "steps nq"],
        end: Float[np.ndarray, "steps nq"],
        fraction: float,
        moved: Float[np.ndarray, "nv"] | None = None,
    ) -> Float[np.ndarray, "steps nq"]:
        """Go a fraction of the way from each pose to another, on the manifold.

        Args:
            start: From.
            end: To.
            fraction: How far.
            moved: 1 for degrees of freedom that go, 0 for those that stay; None: all go.
        """
        way = tangent_between(self.humanoid, start, end)
        return add_tangent(self.humanoid, start, fraction * (way if moved is None else way * moved))


@dataclass(frozen=True)
class Executed:
    """What happened to one motion; steps are those of the plan.

    Attributes:
        simulation: Every simulation step.
        rows: Simulation step of each planned step.
        tracking_error: Mean distance of executed from planned joints [m].
        planned_pelvis: Pelvis as it was to move, aligned world frame [m].
        pelvis: Pelvis as it moved [m].
        change: Mean way by which settling the feet moved the plan's joints [m].
        overlap: Deepest overlap of two body parts [m].
        cost: Price of assistance.
    """

    simulation: Execution
    rows: Int[np.ndarray, "steps"]
    tracking_error: Float[np.ndarray, "steps"]
    planned_pelvis: Float[np.ndarray, "steps 3"]
    pelvis: Float[np.ndarray, "steps 3"]
    change: Float[np.ndarray, "steps"]
    overlap: float
    cost: float

    @property
    def qpos(self) -> Float[np.ndarray, "steps nq"]:
        """Executed poses."""
        return np.asarray(self.simulation.qpos[self.rows])

    @property
    def root_force(self) -> Float[np.ndarray, "steps"]:
        """RMS assistance since the step before [BW]."""
        return _rms_since(self.simulation.root_force, self.rows)

    @property
    def root_moment(self) -> Float[np.ndarray, "steps"]:
        """RMS assistance since the step before [BW height]."""
        return _rms_since(self.simulation.root_moment, self.rows)

    @property
    def foot_slip_m(self) -> float:
        """How far the foot that slid most slid in all, while it bore [m]."""
        return float(self.simulation.slip_speed.sum(axis=0).max() * self.simulation.timestep_s)


def first_fall(executed: Executed, fraction: float) -> int | None:
    """Give the first simulation step at which the pelvis is below a part of its planned height, or simulation broke."""
    height = executed.simulation.qpos[:, 2]
    planned = np.interp(np.arange(len(height)), executed.rows, executed.planned_pelvis[:, 1])
    below = np.flatnonzero(height < fraction * planned)
    return int(below[0]) if len(below) else executed.simulation.broke


def sample_rows(steps: int, fps: float, timestep_s: float, rows: int) -> Int[np.ndarray, "steps"]:
    """Give the simulation step nearest to each planned step."""
    return np.minimum(np.round(np.arange(steps) / fps / timestep_s).astype(np.int64), rows - 1)


def root_mean_square(values: Float[np.ndarray, "n"]) -> float:
    """Give the root of the mean of the squares."""
    return float(np.sqrt(np.mean(values**2)))


def _rms_since(values: Float[np.ndarray, "rows"], at: Int[np.ndarray, "steps"]) -> Float[np.ndarray, "steps"]:
    starts = np.concatenate(([0], at[:-1] + 1))
    return np.array([root_mean_square(values[a : b + 1]) for a, b in zip(starts, np.maximum(at, starts), strict=True)])
