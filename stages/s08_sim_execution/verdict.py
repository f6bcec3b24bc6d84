"""The verdict on one executed motion: which criteria it met, and why it failed if it did."""

from __future__ import annotations

import numpy as np

from schemas.base import Movement
from schemas.sim_execution import Correction, Outcome, SimExecutionParams
from stages.s08_sim_execution.execution import Executed, root_mean_square
from stages.s08_sim_execution.task import task_done


def judge(
    executed: Executed,
    variant: int,
    movement: Movement,
    timestep_s: float,
    params: SimExecutionParams,
) -> Outcome:
    """Hold an executed motion against every bound and the movement's own criterion.

    Args:
        executed: What happened.
        variant: Its index; -1 for the recorded motion.
        movement: What the recording shows.
        timestep_s: Step of the simulation [s].
        params: The bounds.

    Returns:
        The outcome, a label for every criterion, met or missed.
    """
    force = root_mean_square(executed.simulation.root_force)
    moment = root_mean_square(executed.simulation.root_moment)
    error, slip = float(executed.tracking_error.mean()), executed.foot_slip_m
    fall = first_fall(executed, params.fall_pelvis_fraction)
    name, done, how = task_done(executed.planned_pelvis, executed.pelvis, movement)
    criteria = (
        ("no_fall", "fell", fall is None, "the pelvis sank below the bound"),
        ("root_force_within", "root_force_exceeded", force <= params.max_root_force_bw,
         f"root force {force:.3f} BW above {params.max_root_force_bw:g} BW"),
        ("root_moment_within", "root_moment_exceeded", moment <= params.max_root_moment_bwh,
         f"root moment {moment:.3f} BW height above {params.max_root_moment_bwh:g} BW height"),
        ("tracking_within", "tracking_exceeded", error <= params.max_tracking_error_m,
         f"tracking error {error:.3f} m above {params.max_tracking_error_m:g} m"),
        ("slip_within", "slip_exceeded", slip <= params.max_foot_slip_m,
         f"foot slip {slip:.3f} m above {params.max_foot_slip_m:g} m"),
        (name, f"{name}_missed", done, f"{name}: {how}"),
    )  # fmt: skip
    return Outcome(
        variant=variant,
        success=all(met for _, _, met, _ in criteria),
        labels=tuple(good if met else bad for good, bad, met, _ in criteria),
        reasons=tuple(why for _, _, met, why in criteria if not met),
        root_force_rms_bw=force,
        root_moment_rms_bwh=moment,
        torque_saturation_fraction=float(executed.simulation.saturated.mean()),
        tracking_error_mean_m=error,
        foot_slip_m=slip,
        fell=fall is not None,
        fall_time_s=None if fall is None else fall * timestep_s,
    )


def corrected(outcome: Outcome, correction: Correction | None) -> Outcome:
    """Add the correction that was found."""
    return outcome.model_copy(update={"correction": correction})


def first_fall(executed: Executed, fraction: float) -> int | None:
    """Give the first simulation step at which the pelvis is below a part of its planned height, if there is one."""
    height = executed.simulation.qpos[:, 2]
    planned = np.interp(np.arange(len(height)), executed.rows, executed.planned_pelvis[:, 1])
    below = np.flatnonzero(height < fraction * planned)
    return int(below[0]) if len(below) else None
