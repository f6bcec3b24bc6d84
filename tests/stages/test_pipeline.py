from __future__ import annotations

import os
import signal
import stat
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.store.lock import run_lock
from kinetrace.store.workspace import Workspace
from schemas.errors import CaptureError, ParamsError, StorageError
from stages.pipeline import Step, last_failure, prepare, reproduce, stoppable, title
from stages.registry import STAGES


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    for name in ("walk", "squat"):
        (tmp_path / "captures" / name).mkdir(parents=True)
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    (tmp_path / "params.yaml").write_text("capture: walk\n")
    return Workspace(tmp_path)


def fake_dvc(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, output: str, code: int) -> None:
    """Put a program in DVC's place that says `output` and ends with `code`."""
    (workspace.root / "said.txt").write_bytes(output.encode("utf-8", "surrogateescape"))
    program = workspace.root / "python"
    program.write_text(f'#!/bin/sh\necho "$@" > "{workspace.root}/asked.txt"\ncat said.txt\nexit {code}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(program))


def kinds(steps: list[Step]) -> list[tuple[str, str]]:
    return [(s.kind, s.stage) for s in steps]


OUTPUT = """Stage 's00_adapter' didn't change, skipping
Stage 's01_alignment' is cached - skipping run, checking out outputs
Running stage 's02_physical_state':
> kinetrace stage physical_state
  guessed: gait
Updating lock file 'dvc.lock'

Running stage 's03_labels':
> kinetrace stage labels
"""


def test_a_run_is_told_step_by_step(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_dvc(workspace, monkeypatch, OUTPUT + "Use `dvc push` to send your updates to remote storage.\n", 0)
    steps = list(reproduce(workspace, "walk"))
    assert kinds(steps) == [
        ("same", "s00_adapter"),
        ("cached", "s01_alignment"),
        ("begins", "s02_physical_state"),
        ("says", "s02_physical_state"),
        ("done", "s02_physical_state"),
        ("begins", "s03_labels"),
        ("done", "s03_labels"),
        ("ended", ""),
    ]
    assert steps[3].text == "  guessed: gait"
    assert (workspace.root / "asked.txt").read_text() == "-m dvc repro\n"
    assert (workspace.runs("walk") / "repro.log").read_text().startswith(OUTPUT)
    assert last_failure(workspace, "walk") is None


def test_a_stage_that_fails_is_named_and_remembered_until_a_run_ends_well(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_dvc(workspace, monkeypatch, OUTPUT + "error:    no floor\nERROR: failed to reproduce 's03_labels'\n", 255)
    steps = list(reproduce(workspace, "walk"))
    assert steps[-1] == Step("failed", "s03_labels", "log: runs/walk/repro.log")
    assert "error:    no floor" in [s.text for s in steps]
    assert last_failure(workspace, "walk") == "s03_labels"
    fake_dvc(workspace, monkeypatch, "Data and pipelines are up to date.\n", 0)
    assert kinds(list(reproduce(workspace, "walk"))) == [("ended", "")]
    assert last_failure(workspace, "walk") is None


def test_dvc_that_fails_before_any_stage_is_a_failure_of_no_stage(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_dvc(workspace, monkeypatch, "ERROR: you are not inside of a DVC repository\n", 253)
    assert kinds(list(reproduce(workspace, "walk"))) == [("failed", "")]
    assert last_failure(workspace, "walk") == ""


def test_output_that_is_not_text_does_not_stop_a_run(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_dvc(workspace, monkeypatch, "Running stage 's03_labels':\n\udcff\udcfe\n", 0)
    assert kinds(list(reproduce(workspace, "walk")))[-1] == ("ended", "")


def test_a_stage_that_only_looks_like_one_is_not_taken_for_one(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_dvc(workspace, monkeypatch, "Running stage 's99_mine':\nStage 'x.dvc' didn't change, skipping\n", 0)
    assert kinds(list(reproduce(workspace, "walk"))) == [("ended", "")]


def test_a_log_that_cannot_be_written_is_refused_before_dvc_starts(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_dvc(workspace, monkeypatch, "", 0)
    (workspace.root / "runs").write_text("a file")
    with pytest.raises(StorageError, match="Not a directory"):
        list(reproduce(workspace, "walk"))
    assert not (workspace.root / "asked.txt").exists()


def test_preparing_rewrites_the_first_line_only_when_it_must(workspace: Workspace) -> None:
    assert prepare(workspace, None) == "walk"
    assert workspace.params.read_text() == "capture: walk\n"
    assert prepare(workspace, "squat") == "squat"
    assert workspace.params.read_text() == "capture: squat\n"


@pytest.mark.parametrize("capture", ["../x", "a b", "x;touch PWNED", "X"])
def test_a_bad_id_changes_nothing(workspace: Workspace, capture: str) -> None:
    with pytest.raises(CaptureError, match="capture id"):
        prepare(workspace, capture)
    assert workspace.params.read_text() == "capture: walk\n"


def test_a_capture_that_is_not_there_changes_nothing(workspace: Workspace) -> None:
    with pytest.raises(CaptureError, match="Captures here: squat, walk"):
        prepare(workspace, "run")
    assert workspace.params.read_text() == "capture: walk\n"


def test_an_active_capture_that_has_gone_is_refused(workspace: Workspace) -> None:
    (workspace.root / "captures" / "walk").rmdir()
    with pytest.raises(CaptureError, match="captures/walk"):
        prepare(workspace, None)


def test_bad_params_are_refused_before_the_capture_is_switched(workspace: Workspace) -> None:
    workspace.params.write_text("capture: walk\nalignment: {seed: -1}\n")
    with pytest.raises(ParamsError, match=r"alignment\.seed"):
        prepare(workspace, "squat")
    assert workspace.params.read_text().startswith("capture: walk\n")


@given(plan=st.sampled_from(STAGES))
def test_every_stage_has_a_number_and_a_name_for_people(plan: object) -> None:
    assert int(title(plan.name).split()[0]) == int(plan.name[1:3])  # type: ignore[attr-defined]


def test_titles_by_hand() -> None:
    assert title("s02_physical_state") == " 2 Physical state"
    assert title("s10_audit") == "10 Audit"


def slow_dvc(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, trap: str) -> None:
    """Put a program in DVC's place that starts a stage which never ends by itself."""
    program = workspace.root / "python"
    program.write_text(
        "#!/bin/sh\necho \"Running stage 's03_labels':\"\n"
        f"sh -c '{trap} echo $$ > stage.pid; while :; do sleep 0.05; done' &\n{trap} wait\nwhile :; do sleep 0.05; done\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(program))


def alive(workspace: Workspace) -> bool:
    try:
        state = Path(f"/proc/{int((workspace.root / 'stage.pid').read_text())}/stat").read_text()
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("trap", ["", 'trap "" INT TERM;'])
def test_an_interrupt_ends_dvc_and_its_stage_however_deaf_they_are(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, trap: str
) -> None:
    slow_dvc(workspace, monkeypatch, trap)
    monkeypatch.setattr("stages.pipeline._STOP", ((signal.SIGINT, 0.3), (signal.SIGTERM, 0.3), (signal.SIGKILL, 5.0)))
    steps = reproduce(workspace, "walk")
    assert next(steps).kind == "begins"
    for _ in range(200):
        if (workspace.root / "stage.pid").exists() and (workspace.root / "stage.pid").read_text().strip():
            break
        time.sleep(0.02)
    assert alive(workspace)
    with pytest.raises(KeyboardInterrupt):
        steps.throw(KeyboardInterrupt)
    for _ in range(100):
        if not alive(workspace):
            return
        time.sleep(0.02)
    pytest.fail("the stage goes on")


def test_leaving_the_commentary_ends_the_run(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    slow_dvc(workspace, monkeypatch, "")
    monkeypatch.setattr("stages.pipeline._STOP", ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)))
    steps = reproduce(workspace, "walk")
    next(steps)
    steps.close()
    assert not alive(workspace)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_asking_to_end_is_an_interrupt_and_only_inside(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), stoppable():
        os.kill(os.getpid(), number)
        time.sleep(5)
    assert signal.getsignal(number) == before


def test_dvc_inherits_the_lock(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    program = workspace.root / "python"
    program.write_text("#!/bin/sh\nls /proc/self/fd > fds.txt\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with run_lock(workspace) as held:
        assert held is not None
        assert kinds(list(reproduce(workspace, "walk", held))) == [("ended", "")]
    assert str(held) in (workspace.root / "fds.txt").read_text().split()
