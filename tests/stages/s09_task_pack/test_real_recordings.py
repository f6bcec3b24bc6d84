"""Metrics on real recordings, through stages 0 to 2."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from adapters.ingest import ingest
from kinetrace.store.arrays import read_h5
from kinetrace.store.documents import read_json
from kinetrace.store.execute import execute
from kinetrace.store.workspace import Workspace
from schemas.physical_state import PhysicalState, PhysicalStateArrays
from schemas.task_pack import Metric, TaskPackParams
from stages.registry import STAGES
from stages.s09_task_pack.pack import measure
from stages.s09_task_pack.record import Record


def metrics_of(source: Path, static: Path, movement: str, root: Path, project: Path) -> dict[tuple[str, str], Metric]:
    (root / "dvc.yaml").write_text("stages: {}\n")
    (root / "params.yaml").write_text("capture: real\n")
    (root / "requirements.lock").write_bytes((project / "requirements.lock").read_bytes())
    ingest(source, root / "captures", "real", static=static, movement=movement, mass_kg=60.0)
    workspace = Workspace(root)
    for plan in STAGES[:3]:
        execute(workspace, plan, import_module(f"stages.{plan.name}.stage").run)
    folder = workspace.stage("real", "s02_physical_state")
    state = read_json(folder / "physical_state.json", PhysicalState)
    record = Record.of(read_h5(folder / "physical_state.h5", PhysicalStateArrays), state)
    return {(m.name, m.side): m for m in measure(record, False, TaskPackParams()).metrics}


def test_asymmetric_squats_shift_to_one_side_and_symmetric_ones_do_not(
    recordings: Path, project: Path, tmp_path: Path
) -> None:
    lab = recordings / "opencap_s4"
    found = []
    for name in ("squats1", "squatsAsym1"):
        root = tmp_path / name
        root.mkdir()
        found.append(metrics_of(lab / f"{name}.trc", lab / "static1.trc", "squat", root, project))
    even, uneven = found
    assert even["repetitions", "none"].value == uneven["repetitions", "none"].value == 5
    assert abs(even["lateral_shift", "none"].value) < 6.0
    assert abs(uneven["lateral_shift", "none"].value) > 10.0


def test_five_rises_in_the_lab_give_both_five_times_times(recordings: Path, project: Path, tmp_path: Path) -> None:
    lab = recordings / "opencap_s4"
    metrics = metrics_of(lab / "STS1.trc", lab / "static1.trc", "sit_to_stand", tmp_path, project)
    stand, sit = metrics["five_times_time_to_stand", "none"].value, metrics["five_times_time_to_sit", "none"].value
    assert 8.0 < stand < sit < 15.0


def test_a_treadmill_walk_has_the_belts_speed_and_its_stride_length(
    recordings: Path, project: Path, tmp_path: Path
) -> None:
    lab = recordings / "gait2354_treadmill"
    metrics = metrics_of(lab / "subject01_walk1.trc", lab / "subject01_static.trc", "gait", tmp_path, project)
    speed = metrics["walking_speed", "none"].value
    assert speed == pytest.approx(1.13, abs=0.1)
    for side in ("left", "right"):
        stride = metrics["stride_length", side].value
        assert stride == pytest.approx(speed * metrics["stride_time", side].value)
        assert stride == pytest.approx(2 * metrics["step_length", side].value, rel=0.06)
