"""The campaign: the recorded motion and the accepted variants executed one after the other, failures corrected."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from schemas.base import Movement
from schemas.planning import Plan, VariantArrays
from schemas.sim_execution import Outcome, OutcomeArrays, Outcomes
from stages.s08_sim_execution.belt import over_ground
from stages.s08_sim_execution.execution import Executed, Executor
from stages.s08_sim_execution.failure_factors import failure_factors, variant_parameters
from stages.s08_sim_execution.repair import Failed, repair_parts, repair_whole
from stages.s08_sim_execution.verdict import judge

RECORDED = -1
"""Index under which the recorded motion is executed."""

Progress = Callable[[Iterable[int]], Iterable[int]]


@dataclass(frozen=True)
class Campaign:
    """What the stage writes."""

    table: OutcomeArrays
    document: Outcomes


def run_campaign(
    executor: Executor,
    table: VariantArrays,
    plan: Plan,
    movement: Movement,
    progress: Progress = lambda indices: indices,
    belt: float = 0.0,
) -> Campaign:
    """Execute the recorded motion and every accepted variant, up to `max_variants`; correct what failed.

    The recorded motion is that of the first accepted variant's window; without one, of the first variant's.

    Args:
        executor: Humanoid, simulation and bounds.
        table: Stage 7's motions.
        plan: Stage 7's document.
        movement: What the recording shows.
        progress: Wraps the loop over motions, to show how far it is.
        belt: Speed of a treadmill's belt, in whose frame the motions are then executed [m/s].

    Returns:
        Table and document.
    """
    table = over_ground(table, belt)
    accepted = [int(i) for i in np.flatnonzero(table.accepted)]
    chosen = accepted[: executor.params.max_variants]
    window = (accepted or [0])[0]
    results = [
        _execute(executor, table, plan, movement, index, window) for index in progress([RECORDED, *chosen])
    ]  # fmt: skip
    outcomes = tuple(outcome for _, outcome in results)
    failed = [not outcome.success for outcome in outcomes[1:]]
    parameters = variant_parameters([plan.variants[i] for i in chosen], table.positions[chosen], plan.fps)
    document = Outcomes(
        outcomes=outcomes,
        executed=len(outcomes),
        succeeded=sum(outcome.success for outcome in outcomes),
        failure_factors=failure_factors(parameters, failed),
        notes=_notes(outcomes, accepted, chosen, belt),
    )
    return Campaign(_table([done for done, _ in results], table, [RECORDED, *chosen], window), document)


def _execute(
    executor: Executor, table: VariantArrays, plan: Plan, movement: Movement, index: int, window: int
) -> tuple[Executed, Outcome]:
    """Execute one motion; where a variant fails, look for the smallest correction."""
    row = window if index == RECORDED else index
    planned = table.reference[row] if index == RECORDED else table.positions[row]
    validity, params = table.validity[row], executor.params
    qpos = executor.poses_of(planned, validity)
    done = executor.carry_out(qpos, planned, validity)
    outcome = judge(done, index, movement, params.timestep_s, params)
    if outcome.success or index == RECORDED or params.corrections == 0:
        return done, outcome
    recorded = table.reference[row]
    failed = Failed(
        plan.variants[index], movement, planned, recorded, qpos, executor.poses_of(recorded, validity), validity
    )
    whole = repair_whole(executor, failed)
    return done, outcome.model_copy(
        update={"correction": whole, "joint_correction": repair_parts(executor, failed, whole)}
    )


def _table(executed: list[Executed], planned: VariantArrays, indices: list[int], window: int) -> OutcomeArrays:
    rows = [window if index == RECORDED else index for index in indices]
    return OutcomeArrays(
        time=planned.time[rows],
        variant=np.array(indices, dtype=np.int32),
        qpos=np.stack([done.qpos for done in executed]),
        root_force=np.stack([done.root_force for done in executed]).astype(np.float32),
        root_moment=np.stack([done.root_moment for done in executed]).astype(np.float32),
        tracking_error=np.stack([done.tracking_error for done in executed]).astype(np.float32),
    )


def _notes(outcomes: tuple[Outcome, ...], accepted: list[int], chosen: list[int], belt: float) -> tuple[str, ...]:
    notes = []
    if belt > 0.0:
        notes.append(f"treadmill: executed over ground, in the belt's frame, {belt:.2f} m/s")
    if not accepted:
        notes.append("stage 7 accepted no variant: only the recorded motion was executed")
    if len(chosen) < len(accepted):
        notes.append(f"{len(accepted) - len(chosen)} accepted variants were not executed (sim_execution.max_variants)")
    if not outcomes[0].success:
        notes.append("the recorded motion itself fails: what fails beside it says little about the plan")
    uncorrected = sum(not outcome.success and outcome.joint_correction is None for outcome in outcomes[1:])
    if uncorrected:
        notes.append(
            f"{uncorrected} of {len(chosen)} executed variants failed and could not be corrected within the tries allowed"
        )
    return tuple(notes)
