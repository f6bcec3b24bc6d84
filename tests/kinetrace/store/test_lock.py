from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import kinetrace.store.lock as lock_module
from kinetrace.store.dvc_state import ASIDE
from kinetrace.store.lock import RUN_LOCK, STAGE_LOCK, busy, command, run_lock, stage_lock
from kinetrace.store.workspace import CAPTURE_ID, Workspace
from schemas.errors import StorageError

ROOT = Path(__file__).resolve().parents[3]
HOLD = """
import subprocess, sys, time
from pathlib import Path
from kinetrace.store.lock import run_lock, stage_lock
from kinetrace.store.workspace import CAPTURE_ID, Workspace
lock = run_lock if sys.argv[2] == "run" else lambda w: stage_lock(w, "toy")
with lock(Workspace(Path(sys.argv[1]))) as held:
    if len(sys.argv) > 3:
        subprocess.Popen(["sleep", "60"], pass_fds=(held,))
    print("held", flush=True)
    time.sleep(60)
"""


def holder(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start a process that holds a lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), *words], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_a_second_run_is_refused_and_the_first_is_named(tmp_path: Path) -> None:
    first = holder(tmp_path, "run")
    try:
        with pytest.raises(StorageError) as refusal, run_lock(Workspace(tmp_path)):
            pytest.fail("two runs at once")
        assert f"process {first.pid} (" in refusal.value.found
        assert f"kill {first.pid}" in refusal.value.fix
        assert refusal.value.where == str(tmp_path / "runs" / "run.lock")
    finally:
        end(first)


def test_the_lock_of_a_killed_run_is_no_lock(tmp_path: Path) -> None:
    end(holder(tmp_path, "run"))
    assert (tmp_path / "runs" / "run.lock").exists()
    with run_lock(Workspace(tmp_path)) as held:
        assert held is not None


def test_the_lock_holds_until_the_last_program_of_a_killed_run_has_ended(tmp_path: Path) -> None:
    first = holder(tmp_path, "run", "with a program")
    first.kill()
    first.wait()
    with pytest.raises(StorageError, match=r"found process \d+ \(sleep 60\)"), run_lock(Workspace(tmp_path)):
        pytest.fail("the program of the first run is still at work")
    end(first)
    for _ in range(100):  # a killed program lets go a moment later
        try:
            with run_lock(Workspace(tmp_path)):
                return
        except StorageError:
            time.sleep(0.02)
    pytest.fail("the lock outlived everybody")


def test_what_a_run_itself_starts_passes(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with run_lock(workspace) as outer, run_lock(workspace) as inner:
        assert outer is not None
        assert inner is None
        script = HOLD.replace("time.sleep(60)", "assert held is None")
        subprocess.run([sys.executable, "-c", script, str(tmp_path), "run"], cwd=ROOT, check=True, capture_output=True)


def test_a_stage_waits_for_the_one_before_and_says_for_whom(tmp_path: Path) -> None:
    first = holder(tmp_path, "stage")
    script = HOLD.replace("time.sleep(60)", "")
    second = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path), "stage"], cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert second.stderr is not None
    assert f"waiting for another stage of toy: process {first.pid} (" in second.stderr.readline()
    assert second.poll() is None
    end(first)
    out, _ = second.communicate(timeout=10)
    assert (out, second.returncode) == ("held\n", 0)


def test_captures_do_not_wait_for_each_other(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with stage_lock(workspace, "walk"), stage_lock(workspace, "squat"):
        assert (tmp_path / "runs" / "walk" / "stage.lock").exists()
    with stage_lock(workspace, "walk"):
        pass


@pytest.mark.parametrize("capture", ["lock", "run", "doctor"])
def test_a_capture_of_any_name_gets_its_lock(tmp_path: Path, capture: str) -> None:
    with run_lock(Workspace(tmp_path)) as held, stage_lock(Workspace(tmp_path), capture):
        assert held is not None
    for name in (RUN_LOCK, STAGE_LOCK, Path(ASIDE).name):
        assert not CAPTURE_ID.fullmatch(name)


def test_a_place_that_forbids_a_lock_is_our_error(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(StorageError, match=r"Not a directory|File exists"), run_lock(Workspace(tmp_path)):
        pass


def test_a_link_in_the_place_of_a_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "run.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError), run_lock(Workspace(tmp_path)):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_a_stage_that_waits_in_this_process_goes_on_when_the_other_has_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = holder(tmp_path, "stage")
    timer = threading.Timer(0.3, first.kill)
    timer.start()
    with stage_lock(Workspace(tmp_path), "toy"):
        assert first.wait() == -signal.SIGKILL
    timer.join()
    first.communicate()
    assert f"waiting for another stage of toy: process {first.pid}" in capsys.readouterr().err


def test_a_holder_that_cannot_be_seen_is_said_to_be_another_users(tmp_path: Path) -> None:
    refusal = busy(tmp_path / "lock", set())
    assert refusal.found == "a process of another user"
    assert refusal.fix == "Wait until it has ended. Then run the command again."


def test_a_command_is_shown_without_folders_and_control_characters() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "/deep/run\x1b[31m"])
    try:
        for _ in range(200):
            if "run" in (text := command(process.pid)):
                break
            time.sleep(0.01)
        assert text.startswith("python")
        assert text.endswith(" run?[31m")
    finally:
        process.kill()
        process.wait()
    assert command(process.pid) == ""


def test_where_the_processes_above_cannot_be_seen_only_this_one_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {os.getpid(), os.getppid()} <= lock_module._ancestors()

    def hidden(self: Path, *words: object, **named: object) -> str:
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", hidden)
    assert lock_module._ancestors() == {os.getpid()}
