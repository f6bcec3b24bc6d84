"""The repair of one failed variant: the smallest way back towards the recorded motion, of the whole plan and of its parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8

from schemas.base import Movement
from schemas.planning import Variant
from schemas.sim_execution import Correction
from stages.s08_sim_execution.correction import PARTS, part_mask, smallest_success
from stages.s08_sim_execution.execution import Executor
from stages.s08_sim_execution.verdict import judge


@dataclass(frozen=True)
class Failed:
    """A variant that failed, beside the recorded motion.

    Attributes:
        variant: As planned.
        movement: What the recording shows.
        planned: Its joints [m].
        recorded: The recorded motion's [m].
        qpos: The variant's poses.
        recorded_qpos: The recorded motion's.
        validity: 0 where a joint has no plan.
    """

    variant: Variant
    movement: Movement
    planned: Float[np.ndarray, "steps 21 3"]
    recorded: Float[np.ndarray, "steps 21 3"]
    qpos: Float[np.ndarray, "steps nq"]
    recorded_qpos: Float[np.ndarray, "steps nq"]
    validity: UInt8[np.ndarray, "21"]


def repair_whole(executor: Executor, failed: Failed) -> Correction | None:
    """Give the smallest fraction of the straight way to the recorded motion that succeeds, in latent as in joint space.

    None where the recorded motion itself fails: then there is nothing to go back to.
    """

    def succeeds(fraction: float) -> bool:
        qpos = executor.between(failed.qpos, failed.recorded_qpos, fraction)
        part = failed.planned + fraction * (failed.recorded - failed.planned)
        return _succeeds(executor, failed, qpos, part.astype(np.float64))

    fraction = smallest_success(succeeds, executor.params.corrections + 1, whole_first=True)
    if fraction is None:
        return None
    return Correction(
        fraction=fraction,
        joint_change_mm=fraction * failed.variant.mean_change_mm,
        latent_change=fraction * (failed.variant.latent_change or 0.0),
    )


def repair_parts(executor: Executor, failed: Failed, whole: Correction | None) -> Correction | None:
    """Give the smallest change in joint space: that of the whole body, or of one part taken back alone.

    Args:
        executor: Humanoid, simulation and bounds.
        failed: The variant.
        whole: What :func:`repair_whole` found; without it no part is tried.
    """
    if whole is None:
        return None
    found = [whole]
    for part in PARTS:
        mask = part_mask(part, executor.humanoid.dof_names)
        correction = _repair_part(executor, failed, part, mask)
        if correction is not None:
            found.append(correction)
    return min(found, key=lambda correction: correction.joint_change_mm)


def _repair_part(executor: Executor, failed: Failed, part: str, mask: Float[np.ndarray, "nv"]) -> Correction | None:
    as_planned, seen = executor.joints_of(failed.qpos), failed.validity > 0

    def moved(fraction: float) -> tuple[Float[np.ndarray, "steps nq"], Float[np.ndarray, "steps 21 3"]]:
        qpos = executor.between(failed.qpos, failed.recorded_qpos, fraction, mask)
        return qpos, executor.joints_of(qpos) - as_planned

    def succeeds(fraction: float) -> bool:
        qpos, change = moved(fraction)
        return _succeeds(executor, failed, qpos, failed.planned + change)

    fraction = smallest_success(succeeds, executor.params.corrections + 1, whole_first=True)
    if fraction is None:
        return None
    change = np.linalg.norm(moved(fraction)[1], axis=2)[:, seen].mean()
    return Correction(fraction=fraction, joint_change_mm=1000.0 * float(change), latent_change=None, part=part)


def _succeeds(
    executor: Executor, failed: Failed, qpos: Float[np.ndarray, "steps nq"], planned: Float[np.ndarray, "steps 21 3"]
) -> bool:
    """Try at all prices but the cheapest, whose assistance is beyond what may be called a success."""
    params = executor.params
    tried = executor.carry_out(qpos, planned, failed.validity, params.assistance_costs[:-1] or params.assistance_costs)
    return judge(tried, failed.variant.index, failed.movement, params.timestep_s, params).success
