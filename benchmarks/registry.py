"""The table of benchmarks, and how one is shown."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from importlib import import_module
from io import StringIO

from kinetrace.store.workspace import Workspace
from schemas.benchmark import Benchmark, Figure
from schemas.errors import UsageError

Figures = dict[str, Figure]

BENCHMARKS = {
    "first-results": "benchmarks.first_results",
    "pipeline": "benchmarks.pipeline",
    "audit-attacks": "benchmarks.audit_attacks",
    "audit-speed": "benchmarks.audit_speed",
    "crash": "benchmarks.crash",
    "fuzz": "benchmarks.fuzz",
    "physics-plates": "benchmarks.physics_plates",
    "physics-auc": "benchmarks.physics_auc",
    "physics-speed": "benchmarks.physics_speed",
    "physics-angles": "benchmarks.joint_angles",
    "execution": "benchmarks.execution",
    "world-model": "benchmarks.world_model",
    "horizon": "benchmarks.horizon",
    "uncertainty": "benchmarks.uncertainty",
    "cmu-prediction": "benchmarks.cmu_prediction",
    "train-speed": "benchmarks.train_speed",
    "pinn": "benchmarks.pinn",
    "arms": "benchmarks.arms",
    "formats": "benchmarks.formats",
    "capture": "benchmarks.capture",
    "lifter": "benchmarks.lifter",
    "corrector": "benchmarks.corrector",
}
"""Name on the command line -> module with `measure(workspace) -> dict[str, Figure]`."""


def show(name: str, workspace: Workspace, style: str) -> str:
    """Measure and lay out one benchmark.

    Args:
        name: Which one.
        workspace: The project that is measured.
        style: ``json``, ``markdown`` or ``table``.

    Raises:
        UsageError: There is no such benchmark.
        UncheckableError: The data it needs is not there.
    """
    if name not in BENCHMARKS:
        raise UsageError(
            where="bench", field="NAME", expected=" | ".join(BENCHMARKS), found=repr(name)[:60],
            fix="Example: kinetrace bench pipeline",
        )  # fmt: skip
    measure: Callable[[Workspace], Figures] = import_module(BENCHMARKS[name]).measure
    table = Benchmark(name=name, machine=machine(), command=f"kinetrace bench {name}", figures=measure(workspace))
    if style == "json":
        return table.model_dump_json()
    return markdown(table) if style == "markdown" else text(table)


def machine() -> str:
    """Say on what kind of machine a figure was measured: processor, cores, Python."""
    model = platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as stream:  # noqa: PTH123 (a kernel file, not one of ours)
            model = next((line.split(":", 1)[1].strip() for line in stream if line.startswith("model name")), model)
    except OSError:
        pass
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"


def markdown(table: Benchmark) -> str:
    """Lay a benchmark out as the Markdown table that the docs include."""
    lines = [
        f"Command: `{table.command}` · {table.machine}",
        "",
        "| key | value | goal | holds | peer | note |",
        "|---|---|---|---|---|---|",
    ]
    for key, f in table.figures.items():
        lines.append(f"| {key} | {_value(f)} | {f.goal or ''} | {_holds(f)} | {f.peer or ''} | {f.note} |")
    return "\n".join(lines)


def text(table: Benchmark) -> str:
    """Lay a benchmark out for the terminal."""
    from rich.console import Console
    from rich.table import Table

    grid = Table(title=f"{table.name} · {table.machine}", title_justify="left")
    for name in ("key", "value", "goal", "holds", "peer", "note"):
        grid.add_column(name, overflow="fold")
    for key, f in table.figures.items():
        grid.add_row(key, _value(f), f.goal or "", _holds(f), f.peer or "", f.note)
    buffer = StringIO()
    Console(file=buffer, width=150).print(grid)
    return buffer.getvalue()


def _value(figure: Figure) -> str:
    if figure.value is None:
        return "not measured"
    whole = figure.value.is_integer() and abs(figure.value) < 1e9  # a count is shown to the last one
    return f"{figure.value:.0f} {figure.units}".strip() if whole else f"{figure.value:.4g} {figure.units}".strip()


def _holds(figure: Figure) -> str:
    return {None: "", True: "yes", False: "**no**"}[figure.holds]
