"""The stage itself, run by the real store on parents that hold the simulator's truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinetrace.simulation.bundle import simulate_capture
from kinetrace.store.documents import read_json
from kinetrace.store.execute import execute
from kinetrace.store.stage_run import StageRun
from kinetrace.store.workspace import Workspace
from schemas.adapter import AdapterResult, SourceInfo
from schemas.capture import SubjectInfo
from schemas.dataset import TransitionArrays
from schemas.errors import ArtifactError
from schemas.labels import Labels
from schemas.physical_state import PhysicalStateArrays
from schemas.planning import GoalParams, Plan
from schemas.sim_execution import Outcome, Outcomes
from schemas.sim_replay import HumanoidInfo, Replay, SubScore
from schemas.task_pack import Metrics, TaskPack
from stages.registry import STAGES
from stages.s09_task_pack.record import Record
from stages.s09_task_pack.stage import run as run_task_pack

Maker = Callable[..., Record]
PLANS = {p.name: p for p in STAGES}
PARENTS = PLANS["s09_task_pack"].parents


def adapter_result() -> AdapterResult:
    info = SourceInfo(
        adapter="robotics", format="kinetrace-bundle/body.jsonl", files=("body.jsonl",), layout="ARKit", units_found="m",
        up_found="y", native_fps=60.0, fps=60.0, time_offset_s=0.0, max_timestamp_jitter_s=0.0, frames=360, joints=(),
        simulated=True,
    )  # fmt: skip
    return AdapterResult(
        capture="walk",
        source_info=info,
        subject=SubjectInfo(id="made"),
        movement="gait",
        quality=(),
        tracked_fraction=1.0,
    )


def state_arrays(record: Record) -> PhysicalStateArrays:
    frames = len(record.time)
    state = np.zeros((frames, 21, 12), dtype=np.float32)
    state[:, :, :3] = record.positions
    com = np.concatenate([record.com, record.com_velocity, np.zeros((frames, 3))], axis=1)
    return PhysicalStateArrays(
        time=record.time, positions_raw=record.positions.astype(np.float32), state=state,
        validity=np.full((frames, 21), 2, np.uint8), boundary=np.zeros((frames, 21), np.uint8),
        angles=np.radians(record.angles).astype(np.float32), angles_valid=np.ones((frames, 7), np.uint8),
        com=com.astype(np.float32), com_valid=np.ones(frames, np.uint8), contacts=np.zeros((frames, 2), np.uint8),
        phases=np.zeros((frames, 2), np.uint8), reasons=np.zeros(frames, np.uint32),
    )  # fmt: skip


def transitions() -> TransitionArrays:
    anchors = 180
    return TransitionArrays(
        time=0.1 + np.arange(anchors) / 30, states=np.zeros((anchors, 2, 9), np.float32),
        measured=np.ones((anchors, 2), np.uint8), part=np.zeros(anchors, np.uint8), phases=np.zeros((anchors, 2), np.uint8),
        contacts=np.zeros((anchors, 2), np.uint8), train_pairs=np.zeros((1, 2), np.int32),
        held_out_pairs=np.zeros((1, 2), np.int32),
    )  # fmt: skip


def replay() -> Replay:
    body = HumanoidInfo(
        joint_names=(), body_masses_kg={}, total_mass_kg=70.0, mass_source="declared", segment_lengths_m={}
    )
    scores = (
        SubScore(name="foot_slip", axis="contact", score=0.9, explanation=""),
        SubScore(name="self_penetration", axis="kinematic", score=None, explanation="no mesh"),
    )
    return Replay(
        fps=60.0, scorer="kinetrace", humanoid=body, cutoff_hz=6.0, sub_scores=scores, axis_scores={"contact": 0.9},
        total_score=0.8, ik_residual_mean_m=0.01, ik_residual_by_joint_m={}, root_residual_force_rms_bw=0.1,
        root_residual_moment_rms_bwh=0.01, peak_vertical_force_bw=1.2, validation_log=(),
    )  # fmt: skip


def plan() -> Plan:
    return Plan(
        fps=30.0,
        phases=(),
        keyframes=(0, 30),
        keyframe_source="even",
        goal=GoalParams(),
        variants=(),
        accepted=0,
        baselines={},
    )


def outcomes() -> Outcomes:
    one = Outcome(
        variant=-1, success=True, labels=("no_fall",), reasons=(), root_force_rms_bw=0.1, root_moment_rms_bwh=0.01,
        torque_saturation_fraction=0.0, tracking_error_mean_m=0.02, foot_slip_m=0.01, fell=False,
    )  # fmt: skip
    return Outcomes(outcomes=(one,), executed=1, succeeded=1, failure_factors=())


def writers(record: Record) -> dict[str, Callable[[StageRun, Any], None]]:
    def state(run: StageRun, params: Any) -> None:
        run.write_arrays("physical_state.h5", state_arrays(record))
        run.write_json("physical_state.json", record.state)

    labels = Labels(movement="gait", assessment_type=None, scores={}, labels=())
    return {
        "s00_adapter": lambda run, _: run.write_json("adapter_result.json", adapter_result()),
        "s02_physical_state": state,
        "s03_labels": lambda run, _: run.write_json("labels.json", labels),
        "s04_sim_replay": lambda run, _: run.write_json("replay.json", replay()),
        "s05_dataset": lambda run, _: run.write_arrays("transitions.npz", transitions()),
        "s07_planning": lambda run, _: run.write_json("plan.json", plan()),
        "s08_sim_execution": lambda run, _: run.write_json("outcomes.json", outcomes()),
    }


OUTPUTS = {
    "s00_adapter": ("adapter_result.json",), "s02_physical_state": ("physical_state.h5", "physical_state.json"),
    "s03_labels": ("labels.json",), "s04_sim_replay": ("replay.json",), "s05_dataset": ("transitions.npz",),
    "s07_planning": ("plan.json",), "s08_sim_execution": ("outcomes.json",),
}  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path, project: Path) -> Workspace:
    simulate_capture("gait", 2.0, 0, tmp_path / "captures", "walk")
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    (tmp_path / "params.yaml").write_text("capture: walk\n")
    (tmp_path / "requirements.lock").write_bytes((project / "requirements.lock").read_bytes())
    return Workspace(tmp_path)


def prepare(workspace: Workspace, record: Record) -> None:
    for name, write in writers(record).items():
        execute(workspace, replace(PLANS[name], parents=(), outputs=OUTPUTS[name], code=("schemas",)), write)


def test_the_pack_points_at_every_parents_files_and_keeps_times_and_scores(workspace: Workspace, made: Maker) -> None:
    prepare(workspace, made("gait", 6.0))
    folder = execute(workspace, PLANS["s09_task_pack"], run_task_pack)
    pack, metrics = read_json(folder / "task_pack.json", TaskPack), read_json(folder / "metrics.json", Metrics)
    assert {p.stage for p in pack.pointers} == set(PARENTS)
    assert [p.path for p in pack.pointers if p.stage == "s02_physical_state"] == [
        "physical_state.h5",
        "physical_state.json",
    ]
    assert pack.keyframes_s == (0.1, 1.1)
    assert pack.feasibility == {"total": 0.8, "contact": 0.9, "foot_slip": 0.9}
    assert [(o.variant, o.success, o.labels) for o in pack.outcomes] == [(-1, True, ("no_fall",))]
    assert pack.simulated
    assert metrics.simulated
    assert len(metrics.metrics) > 20


def test_the_same_parents_give_the_same_bytes(workspace: Workspace, made: Maker) -> None:
    prepare(workspace, made("gait", 6.0))
    folder = execute(workspace, PLANS["s09_task_pack"], run_task_pack)
    first = {p.name: p.read_bytes() for p in folder.iterdir()}
    again = execute(workspace, PLANS["s09_task_pack"], run_task_pack)
    assert first == {p.name: p.read_bytes() for p in again.iterdir()}
    assert set(first) == {"manifest.json", "metrics.json", "task_pack.json", "curves.parquet"}


def test_without_its_parents_the_stage_is_refused(workspace: Workspace) -> None:
    with pytest.raises(
        ArtifactError, match=r"s00_adapter: manifest\.json: expected the output of s00_adapter, found none"
    ):
        execute(workspace, PLANS["s09_task_pack"], run_task_pack)
