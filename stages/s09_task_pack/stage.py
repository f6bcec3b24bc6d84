"""The edge of stage 9: load what earlier stages found, pack it, publish."""

from __future__ import annotations

from kinetrace.store.stage_run import StageRun
from schemas.adapter import AdapterResult
from schemas.dataset import TransitionArrays
from schemas.labels import Labels
from schemas.physical_state import PhysicalState, PhysicalStateArrays
from schemas.planning import Plan
from schemas.sim_execution import Outcomes
from schemas.sim_replay import Replay
from schemas.task_pack import TaskPackParams
from stages.s09_task_pack.curves import encode_parquet
from stages.s09_task_pack.pack import curves, measure, task_pack
from stages.s09_task_pack.record import Record


def run(run: StageRun, params: TaskPackParams) -> None:
    """Write `metrics.json`, `task_pack.json` and `curves.parquet`."""
    simulated = run.read_json("s00_adapter", "adapter_result.json", AdapterResult).source_info.simulated
    state = run.read_json("s02_physical_state", "physical_state.json", PhysicalState)
    arrays = run.read_arrays("s02_physical_state", "physical_state.h5", PhysicalStateArrays)
    record = Record.of(arrays, state)
    metrics = measure(record, simulated, params)
    pack = task_pack(
        capture=run.capture,
        record=record,
        simulated=simulated,
        labels=run.read_json("s03_labels", "labels.json", Labels),
        replay=run.read_json("s04_sim_replay", "replay.json", Replay),
        plan=run.read_json("s07_planning", "plan.json", Plan),
        anchor_time=run.read_arrays("s05_dataset", "transitions.npz", TransitionArrays).time,
        outcomes=run.read_json("s08_sim_execution", "outcomes.json", Outcomes),
        files={stage: run.outputs(stage) for stage in run.plan.parents},
    )
    run.write_json("metrics.json", metrics)
    run.write_json("task_pack.json", pack)
    run.write_bytes("curves.parquet", encode_parquet(curves(record, params)))
    run.note(f"{len(metrics.metrics)} metrics, {len(metrics.left_out)} left out, {len(pack.segments)} segments")
