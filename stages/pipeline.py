"""The whole pipeline of one capture: `dvc repro` with a readable running commentary."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from kinetrace.store.params_file import read_params, set_capture
from kinetrace.store.publish import disk_errors
from kinetrace.store.workspace import Workspace
from stages.registry import STAGES, TITLES

_RUNNING = "Running stage '"
_CACHED = ("Stage '", "' is cached - skipping run")
_CHATTER = (
    "> ",
    "Updating lock",
    "Generating lock",
    "Use `dvc push`",
    "To track the changes",
    "\tgit add",
    "To enable auto",
    "\tdvc config core.autostage",
)
_STOP = ((signal.SIGINT, 15.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
"""How a run is ended: the signal, and how long its programs may take to clear up [s]."""
_SAME = ("Stage '", "' didn't change, skipping")


@dataclass(frozen=True)
class Step:
    """One thing that happened: a stage began, was taken from the cache, was up to date, or said something."""

    kind: str
    stage: str
    text: str
    seconds: float = 0.0


def prepare(workspace: Workspace, capture: str | None) -> str:
    """Make `capture` the active one, after checking everything that can be checked before a stage starts.

    Returns:
        The active capture.

    Raises:
        ParamsError: `params.yaml` is wrong.
        CaptureError: There is no such capture.
    """
    if capture is not None:
        workspace.capture(capture)
    active = read_params(workspace.params).capture
    if capture is not None and capture != active:
        set_capture(workspace.params, capture)
        active = capture
    workspace.capture(active)
    return active


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM and the closing of the terminal end a command as Ctrl-C does: by `KeyboardInterrupt`, cleared up."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def reproduce(workspace: Workspace, capture: str, keep: int | None = None) -> Generator[Step, None, None]:
    """Run `dvc repro` and yield what happens; the last step is ``ended`` or ``failed``.

    The whole output goes to ``runs/<capture>/repro.log``. When the reader stops, by an interrupt or by closing the
    iterator, DVC and its stages are ended before that goes on.

    Args:
        workspace: The project.
        capture: The active capture.
        keep: A file descriptor that DVC inherits: the run's lock.
    """
    runs = workspace.runs(capture)
    command = [sys.executable, "-m", "dvc", "repro"]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    current, began = "", time.monotonic()
    with disk_errors(runs):
        runs.mkdir(parents=True, exist_ok=True)
        log = (runs / "repro.log").open("w", encoding="utf-8")
    with (
        log,
        subprocess.Popen(
            command, cwd=workspace.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", errors="replace", start_new_session=True, pass_fds=() if keep is None else (keep,),
        ) as process,
        _ended(process),
    ):  # fmt: skip
        for line in process.stdout or ():
            log.write(line)
            stage = _stage_of(line)
            if stage and current:
                yield Step("done", current, "", time.monotonic() - began)
                current = ""
            if stage and line.startswith(_RUNNING):
                current, began = stage, time.monotonic()
                yield Step("begins", stage, "")
            elif stage:
                yield Step("cached" if _CACHED[1] in line else "same", stage, "")
            elif current and not line.startswith(_CHATTER) and line.strip():
                yield Step("says", current, line.rstrip())
    failure = runs / "failed"
    if process.returncode == 0:
        failure.unlink(missing_ok=True)
        if current:
            yield Step("done", current, "", time.monotonic() - began)
        yield Step("ended", "", "")
    else:
        failure.write_text(current, encoding="utf-8")
        log_hint = f"log: {runs.relative_to(workspace.root)}/repro.log"
        # What fails outside every stage is DVC's own state: a torn lock file, a cache that cannot be written.
        yield Step("failed", current, log_hint if current else f"{log_hint}; what may help: kinetrace doctor")


@contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """End a program and all that it started when the block is left by an exception."""
    try:
        yield
    except BaseException:
        for number, patience in _STOP:
            try:
                os.killpg(process.pid, number)
                if _wait(process, patience):
                    break
            except ProcessLookupError:
                break
            except KeyboardInterrupt:  # asked twice: the next, stronger signal now
                pass
        raise


def _wait(process: subprocess.Popen[str], patience: float) -> bool:
    """Wait until a program and everything in its group have ended."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None and not _group_lives(process.pid):
            return True
        time.sleep(0.02)
    return False


def _group_lives(group: int) -> bool:
    # Asking the kernel to signal the group would count the dead whom nobody has collected yet.
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[:3]
        except OSError:  # it ended meanwhile
            continue
        if int(of) == group and state != "Z":
            return True
    return False


def last_failure(workspace: Workspace, capture: str) -> str | None:
    """Name the stage at which the last run of a capture stopped, if it did."""
    path = workspace.runs(capture) / "failed"
    return path.read_text(encoding="utf-8") if path.is_file() else None


def title(stage: str) -> str:
    """Number and plain name of a stage, for people."""
    return f"{int(stage[1:3]):>2} {TITLES[stage]}"


def _stage_of(line: str) -> str:
    if not line.startswith((_RUNNING, "Stage '")):
        return ""
    name = line.split("'")[1]
    return name if any(p.name == name for p in STAGES) else ""
