"""What every command needs: the project it stands in, a console, and one thread."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from kinetrace.store.workspace import Workspace

CaptureArgument = Annotated[Optional[str], typer.Argument(help="Capture id; default: the active one in params.yaml.")]  # noqa: UP045
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def one_thread() -> None:
    """Numbers must not depend on how many threads a linear-algebra library finds."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ.setdefault("MUJOCO_GL", "egl")


def workspace() -> Workspace:
    """Give the project that the current folder is in."""
    from kinetrace.store.workspace import Workspace

    return Workspace.find(Path.cwd())


def active_capture(workspace: Workspace, capture: str | None) -> str:
    """Give the capture that was named, else the active one of params.yaml."""
    from kinetrace.store.params_file import read_params
    from kinetrace.store.workspace import check_capture_id

    return check_capture_id(capture) if capture is not None else read_params(workspace.params).capture


def audited(workspace: Workspace, capture: str, **asked: Any) -> Any:
    """Audit a capture against today's parameters, code and environment."""
    from kinetrace.store.audit import Ask, audit
    from kinetrace.store.execute import SOURCE
    from kinetrace.store.params_file import read_params
    from stages.registry import STAGES

    return audit(workspace, capture, STAGES, read_params(workspace.params), SOURCE, ask=Ask(**asked))


def console() -> Console:
    """A console as wide as the terminal, or wide enough that nothing folds where a file or a pipe reads."""
    from rich.console import Console

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=200)


def write_report(workspace: Workspace, capture: str, verdict: Any) -> Path:
    """Write `runs/<id>/report.html` and say where it is."""
    one_thread()
    from kinetrace.report.report import build_report
    from kinetrace.store.publish import write_atomic

    path = workspace.runs(capture) / "report.html"
    write_atomic(path, build_report(workspace.artifacts(capture), capture, verdict).encode())
    return path


def tell(report: Any, as_json: bool) -> None:
    """Print a report: JSON for machines, sentences for people."""
    typer.echo(report.model_dump_json() if as_json else report.text())
