"""A quick part of `kinetrace bench crash`, and how a run ends when somebody stops it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.crash import measure
from benchmarks.crashes import toy
from benchmarks.crashes.full_disk import full_disks
from benchmarks.crashes.publishing import boundary_kills, random_kills
from benchmarks.scratch import command, scratch_project
from kinetrace.store.workspace import Workspace
from stages.registry import STAGES


@pytest.fixture(scope="module")
def captured(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A scratch project, its own code included, with a recording of two seconds."""
    workspace = scratch_project(tmp_path_factory.mktemp("crash") / "project")
    assert command(workspace, "simulate", "gait", "--seconds", "2", "--id", "tiny", env=own(workspace)).returncode == 0
    workspace.params.write_text(workspace.params.read_text().replace("capture: demo_walk", "capture: tiny"))
    return workspace


def own(workspace: Workspace) -> dict[str, str]:
    """Let a command use the project's own code, whatever is edited elsewhere meanwhile."""
    return {"PYTHONPATH": str(workspace.root), "DVC_SITE_CACHE_DIR": str(workspace.root / ".dvc" / "site")}


def test_a_kill_at_a_random_moment_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    problems, seen = random_kills(tmp_path / "work", 10, seed=1)
    assert problems == []
    assert sum(seen.values()) == 10


def test_a_kill_at_a_system_call_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    outcome = boundary_kills(tmp_path / "work", stride=61)
    if outcome is None:
        pytest.skip("one process may not trace another here")
    tried, problems = outcome
    assert problems == []
    assert tried > 4


def test_a_disk_that_is_full_at_any_point_refuses_cleanly(tmp_path: Path) -> None:
    outcome = full_disks(tmp_path / "work", 12, step=18)
    if outcome is None:
        pytest.skip("mounting a small file system needs root")
    refused, problems = outcome
    assert problems == []
    assert refused > 5


@pytest.mark.parametrize("harm", ["torn", "mixed", "extra", "missing", "other params"])
def test_the_judge_of_what_a_crash_left_sees_every_kind_of_half(tmp_path: Path, harm: str) -> None:
    workspace = toy.make(tmp_path)
    assert toy.state(workspace) == "absent"
    for fps, name in ((toy.LARGE, "large"), (toy.SMALL, "small")):
        toy.ask_for(workspace, fps)
        toy.run(workspace)
        assert toy.state(workspace) == name
    folder = workspace.stage(toy.CAPTURE, toy.STAGE.name)
    manifest = (folder / "manifest.json").read_bytes()
    if harm == "torn":
        (folder / "blob.bin").write_bytes((folder / "blob.bin").read_bytes()[:-1])
    elif harm == "extra":
        (folder / "more.bin").write_bytes(b"")
    elif harm == "missing":
        (folder / "words.json").unlink()
    else:
        toy.ask_for(workspace, toy.LARGE)
        toy.run(workspace)
        (folder / "manifest.json").write_bytes(manifest)
    assert toy.state(workspace).startswith("torn: ")


def test_the_benchmark_gives_every_figure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from benchmarks import crash

    monkeypatch.setattr(
        crash, "killed_runs", lambda folder, runs: (["killed after 1.00 s: root differs"], {"draft.dead": 2})
    )
    monkeypatch.setattr(crash, "boundary_kills", lambda folder, stride: None)
    monkeypatch.setattr(crash, "full_disks", lambda folder, disks: None)
    figures = measure(Workspace(tmp_path), kills=2, runs=5)
    assert list(figures) == ["publish.kills", "publish.syscalls", "repro.kills", "enospc"]
    assert (figures["publish.kills"].value, figures["publish.kills"].holds) == (2.0, True)
    assert (figures["repro.kills"].value, figures["repro.kills"].holds) == (4.0, False)
    assert "first problem: killed after 1.00 s: root differs" in figures["repro.kills"].note
    assert figures["publish.syscalls"].value is None and "trace" in figures["publish.syscalls"].note
    assert figures["enospc"].value is None and "root" in figures["enospc"].note


RUN = "import signal, cli; signal.signal(signal.SIGINT, signal.default_int_handler); cli.main()"
"""A shell starts programs in the background deaf to SIGINT, and their children are deaf, too: this one listens again."""


def test_a_run_that_is_stopped_ends_its_programs_says_so_and_leaves_nothing_half(captured: Workspace) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    log = captured.root / "run.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, "run"], cwd=captured.root, stdout=stream, stderr=stream,
            env={**os.environ, **own(captured), "PATH": path}, start_new_session=True,
        )  # fmt: skip
    try:
        for _ in range(1500):
            if list(captured.root.glob("artifacts/tiny/.s0*.tmp")) or process.poll() is not None:
                break
            time.sleep(0.01)
        refused = command(captured, "run", env=own(captured))
        assert refused.returncode == 1
        assert f"process {process.pid} (" in refused.stderr
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130, log.read_text()
    finally:
        process.kill()
        process.wait()
    said = log.read_text()
    assert "stopped: every program of the run has ended" in said
    assert "Go on with: kinetrace run" in said
    assert "Traceback" not in said
    folder = captured.artifacts("tiny")
    names = {p.name for p in folder.iterdir()} if folder.is_dir() else set()
    assert names <= {p.name for p in STAGES}, "no draft is left"
    assert all((folder / name / "manifest.json").is_file() for name in names)
    well = command(captured, "doctor", "--json", env=own(captured))
    assert (well.returncode, json.loads(well.stdout)["findings"]) == (0, [])


def test_the_doctor_mends_an_emptied_lock_file_and_dvc_goes_on(captured: Workspace) -> None:
    (captured.root / "dvc.lock").write_text("")
    said = command(captured, "doctor", env=own(captured))
    assert said.returncode == 0, said.stderr
    assert "dvc.lock: mended (dvc.lock.torn)" in said.stdout
    assert "moved aside to runs/_doctor/dvc.lock" in said.stdout
    done = subprocess.run(
        [sys.executable, "-m", "dvc", "status"], cwd=captured.root, env={**os.environ, **own(captured)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
