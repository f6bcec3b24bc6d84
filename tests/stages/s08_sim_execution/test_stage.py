"""The edges of stages 7 and 8, fed by the stages before them on the bundled capture."""

import shutil
from importlib import import_module

import pytest

from kinetrace.store.arrays import read_h5, read_npz
from kinetrace.store.documents import read_json
from kinetrace.store.manifest import records, write_manifest
from kinetrace.store.stage_run import StageRun
from kinetrace.store.workspace import Workspace
from schemas.adapter import AdapterParams
from schemas.alignment import AlignmentParams
from schemas.dataset import DatasetParams
from schemas.manifest import Environment, Manifest
from schemas.physical_state import PhysicalStateParams
from schemas.planning import PhysicsFilterParams, Plan, PlanningParams, VariantArrays
from schemas.sim_execution import OutcomeArrays, Outcomes, SimExecutionParams
from schemas.sim_replay import SimReplayParams
from schemas.world_model import WorldModelParams
from stages.registry import STAGES

PLANS = {plan.name: plan for plan in STAGES}
BEFORE = {
    "s00_adapter": AdapterParams(),
    "s01_alignment": AlignmentParams(),
    "s02_physical_state": PhysicalStateParams(),
    "s04_sim_replay": SimReplayParams(),
    "s05_dataset": DatasetParams(),
    "s06_world_model": WorldModelParams(max_steps=300, device="cpu"),
}
WIDE = PhysicsFilterParams(max_reencoding_gap=100.0, max_bone_change=1.0, max_joint_acceleration=1000.0)
"""A model of 300 steps proposes nonsense; here it is to be executed all the same."""
LAST = {
    "s07_planning": PlanningParams(variants=4, cem_iterations=3, filter=WIDE),
    "s08_sim_execution": SimExecutionParams(max_variants=2, corrections=1),
}


def run_stages(workspace, params):
    for name, section in params.items():
        folder = workspace.stage("demo_walk", name)
        folder.mkdir(parents=True)
        import_module(f"stages.{name}.stage").run(StageRun(workspace, "demo_walk", PLANS[name], folder), section)
        if name in BEFORE:
            write_manifest(folder, manifest(folder, PLANS[name]))


def manifest(folder, plan):
    """What `execute` would write: stage 7 holds the checkpoint against its digest."""
    return Manifest(
        capture="demo_walk", stage=plan.name, inputs={}, outputs=records(folder, plan.outputs), params={}, code="0" * 64,
        environment=Environment(python="3.11", lock="0" * 64), digest="0" * 64,
    )  # fmt: skip


def bytes_of(workspace):
    files = [f for name in LAST for f in sorted(workspace.stage("demo_walk", name).iterdir())]
    return {f"{f.parent.name}/{f.name}": f.read_bytes() for f in files}


@pytest.fixture(scope="module")
def workspace(project, tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    (root / "captures").mkdir()
    shutil.copytree(project / "captures" / "demo_walk", root / "captures" / "demo_walk")
    run_stages(Workspace(root), BEFORE | LAST)
    return Workspace(root)


def test_they_write_the_files_that_the_registry_promises(workspace):
    for name in LAST:
        assert sorted(f.name for f in workspace.stage("demo_walk", name).iterdir()) == sorted(PLANS[name].outputs)


def test_what_they_write_reads_back_and_fits_together(workspace):
    planned, executed = (workspace.stage("demo_walk", name) for name in LAST)
    variants, plan = read_npz(planned / "variants.npz", VariantArrays), read_json(planned / "plan.json", Plan)
    table, document = read_h5(executed / "outcomes.h5", OutcomeArrays), read_json(executed / "outcomes.json", Outcomes)
    assert len(plan.variants) == len(variants.accepted) == 4
    assert table.variant[0] == -1
    assert len(table.variant) == 3
    assert all(variants.accepted[i] for i in table.variant[1:])
    assert table.time.shape[1] == variants.time.shape[1] == 31
    assert [outcome.variant for outcome in document.outcomes] == table.variant.tolist()


def test_the_recorded_walk_is_carried_out_almost_unaided(workspace):
    recorded = read_json(workspace.stage("demo_walk", "s08_sim_execution") / "outcomes.json", Outcomes).outcomes[0]
    assert recorded.success, recorded.reasons
    assert recorded.root_force_rms_bw < 0.03
    assert recorded.root_moment_rms_bwh < 0.02
    assert recorded.tracking_error_mean_m < 0.07


def test_the_same_inputs_give_the_same_bytes(workspace):
    before = bytes_of(workspace)
    for name in LAST:
        shutil.rmtree(workspace.stage("demo_walk", name))
    run_stages(workspace, LAST)
    assert bytes_of(workspace) == before
