from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from toy_project import PLANS, Project

from kinetrace.store.doctor import examine, halves, permissions
from kinetrace.store.ledger import append
from kinetrace.store.lock import command, run_lock
from schemas.doctor import Ailment, DoctorReport
from schemas.errors import StorageError

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def well(toy: Project) -> Project:
    """A project that has run and lacks nothing."""
    (toy.root / ".dvc" / "tmp").mkdir(parents=True)
    (toy.root / ".dvc" / "config").write_text("[core]\n    no_scm = true\n")
    (toy.root / "dvc.yaml").write_text("stages: {}\n")
    return toy


def dead() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def settled(pid: int) -> None:
    """Wait until the kernel says what a process that has just begun runs."""
    while not command(pid):
        time.sleep(0.01)


def only(report: DoctorReport) -> Ailment:
    (ailment,) = report.findings
    return ailment


def files(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_a_project_that_is_well_is_left_exactly_as_it_is(well: Project) -> None:
    examine(well.workspace)
    before = files(well.root)
    report = examine(well.workspace)
    assert (report.ok, report.findings, report.summary, report.exit_code) == (True, (), "all is well", 0)
    assert files(well.root) == before


def test_drafts_of_dead_processes_go_and_those_of_living_ones_stay(well: Project) -> None:
    pid = dead()
    (well.artifacts / f".s01_alignment.{pid}.tmp").mkdir()
    (well.artifacts / f".s01_alignment.{pid}.tmp" / "numbers.h5").write_text("half")
    (well.root / f".params.yaml.{pid}.tmp").write_text("capture: half")
    alive = well.artifacts / f".s03_labels.{os.getppid()}.tmp"
    alive.mkdir()
    report = examine(well.workspace)
    assert [(a.code, a.where) for a in report.findings] == [
        ("draft.dead", f".params.yaml.{pid}.tmp"),
        ("draft.dead", f"artifacts/toy/.s01_alignment.{pid}.tmp"),
    ]
    assert report.summary == "2 mended"
    assert alive.is_dir()
    assert not (well.root / f".params.yaml.{pid}.tmp").exists()
    assert examine(well.workspace).findings == ()


@pytest.mark.parametrize("lost", ["manifest.json", "numbers.npz"])
def test_half_an_artifact_is_moved_aside_and_comes_back_with_a_run(well: Project, lost: str) -> None:
    (well.artifacts / "s03_labels" / lost).unlink()
    kept = files(well.artifacts / "s03_labels")
    ailment = only(examine(well.workspace))
    assert (ailment.code, ailment.where) == ("artifact.half", "artifacts/toy/s03_labels")
    assert lost in ailment.found
    assert files(well.root / "runs" / "_doctor" / "artifacts_toy_s03_labels.1") == kept
    assert not (well.artifacts / "s03_labels").exists()
    well.run(PLANS[2])
    assert well.audit().ok


def test_a_changed_artifact_is_the_audits_business_not_the_doctors(well: Project) -> None:
    (well.artifacts / "s00_adapter" / "words.json").write_text("{}")
    assert examine(well.workspace).findings == ()
    assert (well.artifacts / "s00_adapter" / "words.json").read_text() == "{}"


def test_a_manifest_that_is_none_makes_an_artifact_half(well: Project) -> None:
    (well.artifacts / "s00_adapter" / "manifest.json").write_text("{")
    assert [a.code for a in halves(well.workspace)] == ["artifact.half"]


@pytest.mark.parametrize(
    ("path", "mode", "after"),
    [
        ("artifacts/toy", 0o555, 0o755),
        ("artifacts/toy/s00_adapter/words.json", 0o666, 0o664),
        ("artifacts/toy/s00_adapter/words.json", 0o044, 0o444),
        ("params.yaml", 0o444, 0o644),
        ("captures/toy", 0o777, 0o775),
    ],
)
def test_wrong_permissions_are_put_right(well: Project, path: str, mode: int, after: int) -> None:
    (well.root / path).chmod(mode)
    ailment = only(examine(well.workspace))
    assert (ailment.code, ailment.where, ailment.state) == ("permission.wrong", path, "mended")
    assert (ailment.found, ailment.done) == (f"{mode:03o}", f"mode set to {after:03o}")
    assert (well.root / path).stat().st_mode & 0o777 == after


@pytest.mark.parametrize(("path", "mode"), [("captures/toy", 0o555), ("artifacts/toy/s00_adapter/words.json", 0o444)])
def test_what_somebody_locked_on_purpose_stays_locked(well: Project, path: str, mode: int) -> None:
    (well.root / path).chmod(mode)
    assert permissions(well.workspace) == []


def test_permissions_that_are_not_ours_to_change_need_a_person(well: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(self: Path, mode: int) -> None:
        raise PermissionError

    (well.root / "artifacts" / "toy").chmod(0o555)
    monkeypatch.setattr(Path, "chmod", forbidden)
    report = examine(well.workspace)
    assert (report.ok, report.exit_code, report.summary) == (False, 1, "1 needs a person")
    assert only(report).fix == f"sudo chown -R {os.getuid()}:{os.getgid()} artifacts/toy"


def add_to_ledger(project: Project) -> None:
    append(
        project.workspace.ledger, time="2026-01-01T00:00:00Z", actor="a", action="audit", capture="toy",
        root="0" * 64, ok=True, git=None,
    )  # fmt: skip


def test_files_that_cannot_be_told_from_outside_are_left_alone(well: Project) -> None:
    (well.root / "artifacts" / "Not-A-Capture" / "half").mkdir(parents=True)
    (well.root / "artifacts" / "link").symlink_to(well.artifacts)
    (well.root / "runs" / "toy" / "log").symlink_to(well.root / "nowhere")
    assert examine(well.workspace).findings == ()
    assert (well.root / "artifacts" / "Not-A-Capture" / "half").is_dir()


def test_a_folder_with_neither_runs_nor_params_is_only_named(fresh: Project) -> None:
    (fresh.root / "params.yaml").unlink()
    (fresh.root / "dvc.yaml").write_text("stages: {}")
    report = examine(fresh.workspace)
    assert [(a.where, a.state) for a in report.findings] == [
        ("params.yaml", "needs a person"), (".dvc/config", "needs a person"),
    ]  # fmt: skip


def test_a_torn_last_line_of_the_ledger_is_cut_and_kept_aside(well: Project) -> None:
    add_to_ledger(well)
    whole = well.workspace.ledger.read_bytes()
    well.workspace.ledger.write_bytes(whole + b'{"actor":"a","ca')
    ailment = only(examine(well.workspace))
    assert (ailment.code, ailment.found, ailment.state) == ("ledger.torn", "16 bytes of one", "mended")
    assert well.workspace.ledger.read_bytes() == whole
    assert (well.root / "runs" / "_doctor" / "artifacts_ledger.jsonl.1").read_bytes() == whole + b'{"actor":"a","ca'
    add_to_ledger(well)


def test_a_ledger_that_is_broken_elsewhere_too_needs_a_person(well: Project) -> None:
    add_to_ledger(well)
    text = well.workspace.ledger.read_bytes().replace(b'"actor":"a"', b'"actor":"b"')
    well.workspace.ledger.write_bytes(text + b"{")
    ailment = only(examine(well.workspace))
    assert (ailment.code, ailment.state) == ("ledger.broken", "needs a person")
    assert "copy" in ailment.fix


@pytest.mark.parametrize(
    ("name", "data", "where"),
    [
        ("params.yaml", "", "params.yaml"),
        ("params.yaml", "capture: toy\nadapter: {max_fps: -1}\n", "params.yaml:adapter.max_fps"),
        ("dvc.yaml", "", "dvc.yaml"),
        ("dvc.yaml", "stages: [", "dvc.yaml"),
        (".dvc/config", "", ".dvc/config"),
    ],
)
def test_what_somebody_decided_is_for_somebody_to_put_right(well: Project, name: str, data: str, where: str) -> None:
    (well.root / name).write_text(data)
    report = examine(well.workspace)
    assert report.exit_code == 1
    ailment = only(report)
    assert (ailment.where, ailment.state) == (where, "needs a person")
    assert ailment.fix
    assert (well.root / name).read_text() == data


def test_a_lock_file_of_packages_that_is_gone_needs_a_person(well: Project) -> None:
    (well.root / "requirements.lock").unlink()
    assert only(examine(well.workspace)).fix == "git checkout requirements.lock"


def test_nothing_is_touched_while_a_run_is_at_work(well: Project) -> None:
    (well.root / "dvc.lock").write_text("")
    script = (
        "from pathlib import Path\nfrom kinetrace.store.lock import command, run_lock\n"
        "from kinetrace.store.workspace import Workspace\n"
        f"with run_lock(Workspace(Path({str(well.root)!r}))):\n    print('held', flush=True)\n    input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(StorageError, match=f"process {process.pid} "):
            examine(well.workspace)
        process.communicate("\n")
    assert (well.root / "dvc.lock").read_text() == ""
    assert [a.code for a in examine(well.workspace).findings] == ["dvc.lock.torn"]


def test_nothing_is_touched_while_a_bare_dvc_is_at_work(well: Project) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()", "dvc"], stdin=subprocess.PIPE) as process:
        settled(process.pid)
        owner = {"pid": process.pid, "cmd": "dvc repro"}
        (well.root / ".dvc" / "tmp" / "rwlock").write_text(json.dumps({"write": {"a": owner}}))
        with pytest.raises(StorageError, match=f"kill {process.pid}"):
            examine(well.workspace)
        process.communicate(b"\n")


def test_several_troubles_at_once_are_each_named_and_the_audit_holds_after_a_run(well: Project) -> None:
    (well.root / "dvc.lock").write_text("schema: '2.0'\nstages:\n  s00_adapter:\n")
    (well.root / ".dvc" / "tmp" / "rwlock").write_text("{")
    (well.artifacts / "s01_alignment" / "manifest.json").unlink()
    (well.artifacts / f".s00_adapter.{dead()}.tmp").mkdir()
    report = examine(well.workspace)
    assert [a.code for a in report.findings] == ["draft.dead", "dvc.rwlock.stale", "dvc.lock.torn", "artifact.half"]
    assert (report.exit_code, report.summary) == (0, "4 mended")
    with run_lock(well.workspace):
        well.run()
    assert well.audit().ok


def test_the_report_survives_the_way_through_json(well: Project) -> None:
    (well.root / "dvc.lock").write_text("")
    report = examine(well.workspace)
    data: dict[str, Any] = json.loads(report.model_dump_json(by_alias=True))
    assert (data["schema"], data["ok"]) == ("kinetrace.check/1", True)
    assert set(data["findings"][0]) == {"code", "where", "expected", "found", "state", "done", "fix"}
