"""The whole pipeline on short simulated captures, in scratch projects: what a user relies on from one run to the next."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from benchmarks.scratch import command, repro, scratch_project
from kinetrace.store.audit import audit
from kinetrace.store.execute import SOURCE
from kinetrace.store.params_file import read_params
from kinetrace.store.workspace import Workspace
from stages.registry import STAGES

WALK = "walk"


def small(folder: Path) -> Workspace:
    """A scratch project whose learning and planning are cut short; what is tested does not depend on their quality."""
    workspace = scratch_project(folder)
    params = yaml.safe_load(workspace.params.read_text())
    params["world_model"] |= {"max_steps": 40}
    params["planning"] |= {"variants": 3, "cem_samples": 16, "cem_elites": 4, "cem_iterations": 2}
    params["sim_execution"] |= {"max_variants": 2, "corrections": 1}
    body = yaml.safe_dump({k: v for k, v in params.items() if k != "capture"}, sort_keys=False)
    workspace.params.write_text(f"capture: {WALK}\n{body}")
    return workspace


def simulate(workspace: Workspace, movement: str, capture: str, env: dict[str, str] | None = None) -> None:
    done = command(workspace, "simulate", movement, "--seconds", "5", "--seed", "7", "--id", capture, env=env)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = small(tmp_path_factory.mktemp("here") / "project")
    env = {"TZ": "UTC", "LANG": "C", "PYTHONHASHSEED": "0"}
    simulate(workspace, "gait", WALK, env)
    done = repro(workspace, env)
    assert done.returncode == 0, done.stdout + done.stderr
    return workspace


def merkle_root(workspace: Workspace) -> str:
    done = command(workspace, "audit", WALK, "--json")
    assert done.returncode == 0, done.stdout
    root = json.loads(done.stdout)["summary"]["root"]
    assert re.fullmatch("[0-9a-f]{64}", root)
    return str(root)


def test_two_runs_from_scratch_in_other_surroundings_give_the_same_root(
    project: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = small(tmp_path_factory.mktemp("there") / "quite another folder")
    env = {"TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8", "LC_ALL": "", "PYTHONHASHSEED": "12345", "OMP_NUM_THREADS": "2"}
    simulate(other, "gait", WALK, env)
    done = repro(other, env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert merkle_root(other) == merkle_root(project)


def test_doing_it_again_runs_nothing(project: Workspace) -> None:
    done = repro(project)
    assert done.returncode == 0
    assert "Running stage" not in done.stdout
    assert done.stdout.count("didn't change, skipping") == len(STAGES)


def every_file(workspace: Workspace) -> Iterator[tuple[str, Path]]:
    for plan in STAGES:
        for path in sorted(workspace.stage(WALK, plan.name).iterdir()):
            yield plan.name, path


def test_a_flipped_byte_in_any_file_of_any_stage_is_found_and_named(project: Workspace) -> None:
    files = list(every_file(project))
    assert len(files) == sum(len(p.outputs) + 1 for p in STAGES)
    params = read_params(project.params)
    for stage, path in files:
        before = path.read_bytes()
        path.chmod(0o644)
        middle = len(before) // 2
        path.write_bytes(before[:middle] + bytes([before[middle] ^ 0x01]) + before[middle + 1 :])
        try:
            report = audit(project, WALK, STAGES, params, SOURCE)
        finally:
            path.write_bytes(before)
        assert report.summary.exit_code == 1, path
        assert [f.where for f in report.findings] == [f"artifacts/{WALK}/{stage}/{path.name}"]
    assert audit(project, WALK, STAGES, params, SOURCE).ok


def test_the_command_line_names_file_and_cause_and_exits_with_one(project: Workspace) -> None:
    path = project.stage(WALK, "s03_labels") / "labels.json"
    before = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(before.replace(b"gait", b"gaIt", 1))
    try:
        done = command(project, "audit", WALK)
    finally:
        path.write_bytes(before)
    assert done.returncode == 1
    assert "output.content.changed" in done.stdout
    assert "labels.json" in done.stdout


def test_changing_one_parameter_runs_only_its_stage_and_those_below(project: Workspace) -> None:
    before = project.params.read_text()
    project.params.write_text(before.replace("curve_points: 101", "curve_points: 51"))
    assert command(project, "audit", WALK).returncode == 3, "stale, not tampered"
    done = repro(project)
    assert re.findall(r"Running stage '(\w+)'", done.stdout) == ["s09_task_pack", "s10_audit"]
    project.params.write_text(before)
    done = repro(project)
    assert "Running stage" not in done.stdout, "the old result comes back from DVC's cache"


def test_going_to_another_capture_and_back_runs_nothing(project: Workspace) -> None:
    root = merkle_root(project)
    simulate(project, "squat", "squat")
    there = command(project, "run", "squat", "--no-report")
    assert there.returncode == 0, there.stdout + there.stderr
    back = command(project, "run", WALK, "--no-report")
    assert back.returncode == 0, back.stdout + back.stderr
    log = (project.runs(WALK) / "repro.log").read_text()
    assert "Running stage" not in log
    assert merkle_root(project) == root


def test_a_run_whose_audit_finds_something_names_it_and_exits_with_one(project: Workspace) -> None:
    merkle_root(project)
    before = project.ledger.read_bytes()
    project.ledger.write_bytes(before.replace(b'"audit"', b'"Audit"', 1))
    try:
        done = command(project, "run", WALK, "--no-report")
    finally:
        project.ledger.write_bytes(before)
    assert done.returncode == 1
    assert "finds ledger.chain.broken in artifacts/ledger.jsonl:1" in done.stdout
