"""The edge of stage 4, fed by the stages before it on the bundled capture."""

import shutil
from importlib import import_module

import pytest

from kinetrace.physics.humanoid import Humanoid
from kinetrace.store.arrays import read_h5
from kinetrace.store.documents import read_json
from kinetrace.store.stage_run import StageRun
from kinetrace.store.workspace import Workspace
from schemas.adapter import AdapterParams
from schemas.alignment import AlignmentParams
from schemas.physical_state import PhysicalStateParams
from schemas.sim_replay import Replay, ReplayArrays, SimReplayParams
from stages.registry import STAGES

PARAMS = {
    "s00_adapter": AdapterParams(),
    "s01_alignment": AlignmentParams(),
    "s02_physical_state": PhysicalStateParams(),
    "s04_sim_replay": SimReplayParams(),
}


@pytest.fixture(scope="module")
def artifact(project, tmp_path_factory):
    """The folder that stage 4 wrote for demo_walk."""
    capture = project / "captures" / "demo_walk"
    root = tmp_path_factory.mktemp("project")
    (root / "captures").mkdir()
    shutil.copytree(capture, root / "captures" / "demo_walk")
    workspace = Workspace(root)
    for name, params in PARAMS.items():
        folder = workspace.stage("demo_walk", name)
        folder.mkdir(parents=True)
        plan = next(plan for plan in STAGES if plan.name == name)
        import_module(f"stages.{name}.stage").run(StageRun(workspace, "demo_walk", plan, folder), params)
    return workspace.stage("demo_walk", "s04_sim_replay")


def test_it_writes_the_three_files_that_the_registry_promises(artifact):
    plan = next(plan for plan in STAGES if plan.name == "s04_sim_replay")
    assert sorted(p.name for p in artifact.iterdir()) == sorted(plan.outputs)


def test_what_it_writes_reads_back_and_agrees_with_itself(artifact):
    table = read_h5(artifact / "replay.h5", ReplayArrays)
    document = read_json(artifact / "replay.json", Replay)
    humanoid = Humanoid.from_xml((artifact / "humanoid.xml").read_text())
    assert table.qpos.shape == (len(table.time), humanoid.model.nq)
    assert document.humanoid.joint_names == humanoid.dof_names
    assert document.humanoid.total_mass_kg == pytest.approx(70.0, abs=1e-3)


def test_the_stretch_where_the_demo_loses_the_body_is_in_the_validation_log_and_the_walker_is_feasible(artifact):
    document = read_json(artifact / "replay.json", Replay)
    assert "bridged" in {interval.fault for interval in document.validation_log}
    assert any("bridged" in note for note in document.notes)
    assert min(document.axis_scores.values()) >= 0.85
    assert document.ik_residual_mean_m <= 0.020
