"""Seconds and memory of each stage on the bundled capture, and what doing nothing costs."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.scratch import repro, scratch_project
from kinetrace.store.workspace import Workspace
from schemas.benchmark import Figure
from schemas.errors import ComputeError
from stages.registry import STAGES

CAPTURE = "demo_walk"


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Run the demo's eleven stages from nothing in a scratch project, then once more with nothing to do.

    Raises:
        ComputeError: The pipeline failed.
    """
    figures: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory() as folder:
        project = scratch_project(Path(folder) / "project", (CAPTURE,))
        began = time.perf_counter()
        first = repro(project)
        total = time.perf_counter() - began
        if first.returncode:
            raise ComputeError(
                where=CAPTURE, field="dvc repro", expected="exit 0", found=f"exit {first.returncode}",
                fix=(first.stdout + first.stderr)[-600:],
            )  # fmt: skip
        lines = (project.runs(CAPTURE) / "stages.jsonl").read_text().splitlines()
        rows = {row["stage"]: row for row in map(json.loads, lines)}
        before = _children_cpu()
        again = repro(project)
        idle = _children_cpu() - before
    figures["repro.seconds"] = _bounded(total, "s", 90.0)
    for plan in STAGES:
        figures[f"{plan.name}.seconds"] = Figure(
            value=rows[plan.name]["seconds"], units="s", note="without interpreter start"
        )
    for plan in STAGES:
        figures[f"{plan.name}.peak"] = _bounded(rows[plan.name]["peak_mib"], "MiB", 2048.0)
    stages_run = again.stdout.count("Running stage")
    figures["noop.stages"] = Figure(value=float(stages_run), units="stages", goal="0", holds=stages_run == 0)
    figures["noop.cpu"] = _bounded(idle, "s", 2.0, "DVC alone; 87 s with a matrix over 300 captures")
    figures["help.seconds"] = _bounded(_help(), "s", 0.5)
    return figures


def _bounded(value: float, units: str, bound: float, peer: str | None = None) -> Figure:
    return Figure(value=round(value, 3), units=units, goal=f"≤ {bound:g}", holds=value <= bound, peer=peer)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _help() -> float:
    runs = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run([str(Path(sys.executable).parent / "kinetrace"), "--help"], capture_output=True, check=True)
        runs.append(time.perf_counter() - began)
    return sorted(runs)[2]
