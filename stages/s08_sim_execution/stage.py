"""The edge of stage 8: reads humanoid and plan, writes what became of the planned motions."""

from __future__ import annotations

from kinetrace.store.stage_run import StageRun
from schemas.physical_state import PhysicalState
from schemas.planning import Plan, VariantArrays
from schemas.sim_execution import SimExecutionParams
from schemas.sim_replay import Replay


def run(run: StageRun, params: SimExecutionParams) -> None:
    """Write `outcomes.h5` and `outcomes.json`."""
    from kinetrace.physics.humanoid import Humanoid
    from stages.s08_sim_execution.belt import belt_speed
    from stages.s08_sim_execution.campaign import run_campaign
    from stages.s08_sim_execution.execution import Executor

    about = run.read_json("s02_physical_state", "physical_state.json", PhysicalState)
    replay = run.read_json("s04_sim_replay", "replay.json", Replay)
    humanoid = Humanoid.from_xml(run.read_text("s04_sim_replay", "humanoid.xml"))
    table = run.read_arrays("s07_planning", "variants.npz", VariantArrays)
    plan = run.read_json("s07_planning", "plan.json", Plan)
    executor = Executor(humanoid, plan.fps, replay.cutoff_hz, params)
    campaign = run_campaign(
        executor,
        table,
        plan,
        about.movement,
        lambda indices: run.progress(indices, "executing variants"),
        belt_speed(about),
    )
    run.write_arrays("outcomes.h5", campaign.table)
    run.write_json("outcomes.json", campaign.document)
    for note in campaign.document.notes:
        run.note(note)
    recorded = campaign.document.outcomes[0]
    run.note(
        f"recorded motion: root assistance {recorded.root_force_rms_bw:.1%} of body weight, "
        f"{recorded.root_moment_rms_bwh:.1%} of body weight x height"
    )
    run.note(f"{campaign.document.succeeded} of {campaign.document.executed} executed motions succeed")
