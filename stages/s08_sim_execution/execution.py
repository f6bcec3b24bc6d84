"""One planned motion carried out: from joint positions to what the simulated body did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, UInt8

from kinetrace.physics.frames import to_world
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.inverse_kinematics import solve
from kinetrace.physics.kinematics import add_tangent, poses, tangent_between
from kinetrace.physics.reference_motion import make_reference
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

    def poses_of(
        self, positions: Float[np.ndarray, "steps 21 3"], validity: UInt8[np.ndarray, "21"]
    ) -> Float[np.ndarray, "steps nq"]:
        """Fit the humanoid to planned joints."""
        seen = np.broadcast_to(validity, positions.shape[:2]).copy()
        return solve(self.humanoid, positions.astype(np.float64), seen).qpos

    def carry_out(
        self,
        qpos: Float[np.ndarray, "steps nq"],
        planned: Float[np.ndarray, "steps 21 3"],
        validity: UInt8[np.ndarray, "21"],
    ) -> Executed:
        """Simulate poses and compare the result with the planned joints.

        Args:
            qpos: Planned poses at `fps`.
            planned: Planned joints, aligned world frame [m].
            validity: 0 where a joint has no plan.

        Returns:
            What happened, at `fps`.
        """
        params = self.params
        motion = make_reference(self.humanoid, qpos, self.fps, self.cutoff_hz, params.timestep_s)
        tracking = TrackingParams(params.stiffness_scale, params.root_force_cap_bw, params.root_moment_cap_bwh)
        done = track(self.humanoid, motion, params.timestep_s, tracking)
        rows = sample_rows(len(qpos), self.fps, params.timestep_s, len(done.qpos))
        joints = to_world(poses(self.humanoid, done.qpos[rows]).sites[:, self.humanoid.site_ids])
        error = np.linalg.norm(joints - planned, axis=2)[:, validity > 0].mean(axis=1)
        pelvis = to_world(np.stack([motion.qpos[rows, :3], done.qpos[rows, :3]]))
        return Executed(done, rows, error, pelvis[0], pelvis[1])

    def between(
        self, start: Float[np.ndarray, "steps nq"], end: Float[np.ndarray, "steps nq"], fraction: float
    ) -> Float[np.ndarray, "steps nq"]:
        """Go a fraction of the way from each pose to another, on the manifold."""
        return add_tangent(self.humanoid, start, fraction * tangent_between(self.humanoid, start, end))


@dataclass(frozen=True)
class Executed:
    """What happened to one motion; steps are those of the plan.

    Attributes:
        simulation: Every simulation step.
        rows: Simulation step of each planned step.
        tracking_error: Mean distance of executed from planned joints [m].
        planned_pelvis: Pelvis as it was to move, aligned world frame [m].
        pelvis: Pelvis as it moved [m].
    """

    simulation: Execution
    rows: Int[np.ndarray, "steps"]
    tracking_error: Float[np.ndarray, "steps"]
    planned_pelvis: Float[np.ndarray, "steps 3"]
    pelvis: Float[np.ndarray, "steps 3"]

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


def sample_rows(steps: int, fps: float, timestep_s: float, rows: int) -> Int[np.ndarray, "steps"]:
    """Give the simulation step nearest to each planned step."""
    return np.minimum(np.round(np.arange(steps) / fps / timestep_s).astype(np.int64), rows - 1)


def root_mean_square(values: Float[np.ndarray, "n"]) -> float:
    """Give the root of the mean of the squares."""
    return float(np.sqrt(np.mean(values**2)))


def _rms_since(values: Float[np.ndarray, "rows"], at: Int[np.ndarray, "steps"]) -> Float[np.ndarray, "steps"]:
    starts = np.concatenate(([0], at[:-1] + 1))
    return np.array([root_mean_square(values[a : b + 1]) for a, b in zip(starts, np.maximum(at, starts), strict=True)])
