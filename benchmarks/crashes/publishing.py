"""Kills while publishing: at random moments, and at every boundary of a system call."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.crashes.toy import LARGE, SMALL, STAGE, ask_for, debris, make, run, state
from kinetrace.store.workspace import Workspace

_TRACE_ME, _TRACE_SYSCALL = 0, 24
_REFUSED = 77


def random_kills(folder: Path, trials: int, seed: int = 0) -> tuple[list[str], dict[str, int]]:
    """Kill a process at a random moment of publishing, again and again.

    Every other trial replaces an artifact; the rest publish where there is none.

    Args:
        folder: An empty folder to work in.
        trials: How often.
        seed: For the moments.

    Returns:
        What was wrong after a kill, or after the run that followed it, and how often a kill came before and after the step.
    """
    rng, workspace = np.random.default_rng(seed), make(folder)
    duration = sorted(_duration(workspace) for _ in range(5))[2]
    problems, seen = [], {"old": 0, "new": 0}
    for trial in range(trials):
        before = _prepare(workspace, replaces=trial % 2 == 0)
        child = _child(workspace)
        time.sleep(float(rng.uniform(0.0, 1.1 * duration)))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        seen["new" if state(workspace) == "large" else "old"] += 1
        problems += _judge(workspace, before)
    return problems, seen


def boundary_kills(folder: Path, stride: int = 1) -> tuple[int, list[str]] | None:
    """Kill a process at each entry to and each exit from a system call while it runs a stage and publishes.

    Args:
        folder: An empty folder to work in.
        stride: 1 for every boundary, n for every nth.

    Returns:
        How many boundaries were tried and what was wrong; None where one process may not trace another.
    """
    workspace, tried, problems = make(folder), 0, []
    for replaces in (True, False):
        boundary, alive = 1, True
        while alive:
            before = _prepare(workspace, replaces)
            child = _child(workspace, traced=True)
            reached = _kill_at(child, boundary)
            if reached is None:
                return None
            alive = reached
            tried += alive
            problems += _judge(workspace, before if alive else "large")
            boundary += stride
    return tried, problems


def _prepare(workspace: Workspace, replaces: bool) -> str:
    """Bring the project into the state before a trial; what a kill left there stays, for the run to sweep."""
    ask_for(workspace, SMALL)
    run(workspace)
    if not replaces:
        for path in (folder := workspace.stage("toy", STAGE.name)).iterdir():
            path.unlink()
        folder.rmdir()
    ask_for(workspace, LARGE)
    return "small" if replaces else "absent"


def _judge(workspace: Workspace, before: str) -> list[str]:
    """Hold what is there against what may be there: the state before, or the new artifact; then run once more."""
    left = state(workspace)
    problems = [] if left in {before, "large"} else [f"after the kill: {left}"]
    run(workspace)
    if (after := state(workspace)) != "large":
        problems.append(f"after the next run: {after}")
    return problems + [f"debris after the next run: {name}" for name in debris(workspace)]


def _child(workspace: Workspace, traced: bool = False) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        if traced:
            if ctypes.CDLL(None, use_errno=True).ptrace(_TRACE_ME, 0, None, None) != 0:
                os._exit(_REFUSED)
            os.kill(os.getpid(), signal.SIGSTOP)
        run(workspace)
        code = 0
    finally:
        os._exit(code)


def _kill_at(child: int, boundary: int) -> bool | None:
    """Let a traced child go on to a boundary and kill it there; False when it ended before."""
    ptrace: Callable[..., int] = ctypes.CDLL(None, use_errno=True).ptrace
    _, status = os.waitpid(child, 0)
    if not os.WIFSTOPPED(status):
        return None
    for _ in range(boundary):
        ptrace(_TRACE_SYSCALL, child, None, None)
        _, status = os.waitpid(child, 0)
        if not os.WIFSTOPPED(status):
            if status != 0:
                raise ChildProcessError(f"the publishing process ended with status {status}")
            return False
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _duration(workspace: Workspace) -> float:
    _prepare(workspace, replaces=True)
    began = time.perf_counter()
    os.waitpid(_child(workspace), 0)
    return time.perf_counter() - began
