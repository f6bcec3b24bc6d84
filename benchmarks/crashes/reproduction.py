"""Kills of a whole `dvc repro` at random moments, each mended by `kinetrace doctor` and run again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from benchmarks.scratch import command, repro, scratch_project
from kinetrace.store.workspace import Workspace
from schemas.errors import ComputeError

CAPTURE = "tiny"
SETTINGS = {
    "capture: demo_walk": f"capture: {CAPTURE}",
    "epochs: 50": "epochs: 1",
    "cem_iterations: 8": "cem_iterations: 1",
}
"""What makes a run short; the stages stay all there."""


def killed_runs(folder: Path, trials: int, seed: int = 0) -> tuple[list[str], dict[str, int]]:
    """Kill `dvc repro` and everything it started at a random moment, mend, run again, and compare the Merkle root.

    Args:
        folder: An empty folder to work in.
        trials: How often.
        seed: For the moments.

    Returns:
        What was wrong, one line a failed trial; and how often the doctor found what.

    Raises:
        ComputeError: The undisturbed run failed, so that nothing can be compared.
    """
    origin = _make(folder / "origin")
    calm = _copy(origin, folder / "calm")
    began = time.perf_counter()
    done = repro(calm, _environment(calm))
    duration = time.perf_counter() - began
    root = _root(calm)
    if done.returncode or root is None:
        raise ComputeError(
            where="dvc repro", field="undisturbed run", expected="exit 0 and a root", found=f"exit {done.returncode}",
            fix=(done.stdout + done.stderr)[-600:],
        )  # fmt: skip
    moments = np.random.default_rng(seed).uniform(0.0, duration, trials)
    found: dict[str, int] = {}

    def one(number: int) -> str | None:
        workspace = _copy(origin, folder / f"trial{number}")
        try:
            return _trial(workspace, float(moments[number]), root, found)
        finally:
            shutil.rmtree(workspace.root)

    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        problems = []
        for number, problem in enumerate(pool.map(one, range(trials)), 1):
            if problem:
                problems.append(f"killed after {moments[number - 1]:.2f} s: {problem}")
            print(f"  {number} of {trials} killed runs, {len(problems)} not recovered", file=sys.stderr, flush=True)
    return problems, found


def _trial(workspace: Workspace, moment: float, root: str, found: dict[str, int]) -> str | None:
    environment = _environment(workspace)
    # A session of its own, so that the kill reaches DVC, the shell and the stage at once.
    with subprocess.Popen(
        [sys.executable, "-m", "dvc", "repro"], cwd=workspace.root, env={**os.environ, **environment},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    ) as process:  # fmt: skip
        time.sleep(moment)
        os.killpg(process.pid, signal.SIGKILL)
    doctor = command(workspace, "doctor", "--json", env=environment)
    if doctor.returncode:
        return f"doctor: exit {doctor.returncode}: {(doctor.stdout + doctor.stderr)[-400:]}"
    for ailment in json.loads(doctor.stdout)["findings"]:
        found[ailment["code"]] = found.get(ailment["code"], 0) + 1
    again = repro(workspace, environment)
    if again.returncode:
        return f"dvc repro: exit {again.returncode}: {(again.stdout + again.stderr)[-400:]}"
    now = _root(workspace)
    return None if now == root else f"root {now}, undisturbed {root}"


def _make(folder: Path) -> Workspace:
    workspace = scratch_project(folder)
    command(workspace, "simulate", "gait", "--seconds", "2", "--id", CAPTURE, env=_environment(workspace))
    text = workspace.params.read_text()
    for old, new in SETTINGS.items():
        text = text.replace(old, new)
    workspace.params.write_text(text)
    return workspace


def _copy(origin: Workspace, folder: Path) -> Workspace:
    shutil.copytree(origin.root, folder)
    return Workspace(folder)


def _environment(workspace: Workspace) -> dict[str, str]:
    # Its own code, so that an edit of this project meanwhile changes nothing; its own place for DVC's indexes.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {
        "PATH": path,
        "PYTHONPATH": str(workspace.root),
        "DVC_SITE_CACHE_DIR": str(workspace.root / ".dvc" / "site"),
    }


def _root(workspace: Workspace) -> str | None:
    audit = command(workspace, "audit", "--json", env=_environment(workspace))
    try:
        summary = json.loads(audit.stdout)["summary"]
        root: str | None = summary["root"] if summary["exit_code"] == 0 else None
    except (ValueError, KeyError, TypeError):
        return None
    return root
