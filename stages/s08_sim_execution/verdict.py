"""The verdict on one executed motion: which criteria it met, and why it failed if it did."""

from __future__ import annotations

from schemas.base import Movement
from schemas.sim_execution import Outcome, SimExecutionParams
from stages.s08_sim_execution.execution import Executed, first_fall, root_mean_square
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
    error, slip = float(executed.tracking_error.max()), executed.foot_slip_m
    change = float(executed.change.mean())
    slip_rate = slip / (len(executed.simulation.qpos) * timestep_s)
    fall = first_fall(executed, params.fall_pelvis_fraction)
    name, done, how = task_done(executed.planned_pelvis, executed.pelvis, movement)
    criteria = (
        ("no_fall", "fell", fall is None, "the body fell: the pelvis sank below the bound"),
        ("root_force_within", "root_force_exceeded", force <= params.max_root_force_bw,
         f"root force {force:.3f} BW above {params.max_root_force_bw:g} BW"),
        ("root_moment_within", "root_moment_exceeded", moment <= params.max_root_moment_bwh,
         f"root moment {moment:.3f} BW height above {params.max_root_moment_bwh:g} BW height"),
        ("tracking_within", "tracking_exceeded", error <= params.max_tracking_error_m,
         f"tracking error {error:.3f} m above {params.max_tracking_error_m:g} m"),
        ("slip_within", "slip_exceeded", slip_rate <= params.max_foot_slip_m,
         f"foot slip {slip_rate:.3f} m/s above {params.max_foot_slip_m:g} m/s"),
        ("body_apart", "body_overlaps", executed.overlap <= params.max_self_overlap_m,
         f"body parts overlap by {executed.overlap:.3f} m, above {params.max_self_overlap_m:g} m"),
        ("plan_kept", "plan_changed", change <= params.max_reference_change_m,
         f"feet put on the floor by {change:.3f} m, above {params.max_reference_change_m:g} m"),
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
        tracking_error_mean_m=float(executed.tracking_error.mean()),
        tracking_error_max_m=error,
        foot_slip_m=slip,
        reference_change_mm=1000.0 * change,
        self_overlap_m=executed.overlap,
        assistance_cost=executed.cost,
        fell=fall is not None,
        fall_time_s=None if fall is None else fall * timestep_s,
    )
