"""Looking at what there is: inspect, status, report."""

from __future__ import annotations

import json
from typing import Annotated, Optional

import typer

from commands.console import CaptureArgument, JsonOption, active_capture, audited, console, workspace, write_report

app = typer.Typer()


@app.command(epilog="Example: kinetrace inspect demo_walk physical_state")
def inspect(
    capture: CaptureArgument = None,
    stage: Annotated[Optional[str], typer.Argument(help="One stage; default: all.")] = None,  # noqa: UP045
    as_json: JsonOption = False,
) -> None:
    """Show what the stages wrote: files, digests, arrays and their ranges."""
    from kinetrace.report.terminal import describe_stage, stage_table
    from stages.registry import STAGES, find_stage

    project = workspace()
    active = active_capture(project, capture)
    plans = (find_stage(stage),) if stage else STAGES
    there = [p for p in plans if stage or (project.stage(active, p.name) / "manifest.json").is_file()]
    rows = [row for plan in there for row in describe_stage(project, active, plan.name)]
    if as_json:
        typer.echo(json.dumps({"capture": active, "rows": rows}))
    else:
        console().print(stage_table(active, rows) if rows else f"{active}: nothing has run yet")


@app.command(epilog="Example: kinetrace status")
def status(capture: CaptureArgument = None, as_json: JsonOption = False) -> None:
    """Say of each stage whether it is done, stale, changed, missing or failed."""
    from kinetrace.report.terminal import states
    from schemas.errors import UncheckableError
    from stages.pipeline import last_failure, title
    from stages.registry import STAGES

    project = workspace()
    active = active_capture(project, capture)
    try:
        verdict = audited(project, active)
    except UncheckableError:
        verdict = None
    rows = states(verdict, STAGES, last_failure(project, active))
    if as_json:
        typer.echo(json.dumps({"capture": active, "stages": rows}))
        return
    typer.echo(active)
    for row in rows:
        typer.echo(f"  {title(str(row['stage'])):<20} {row['state']}")


@app.command(epilog="Example: kinetrace report demo_walk")
def report(capture: CaptureArgument = None) -> None:
    """Make the self-contained HTML report of a capture (no web requests)."""
    project = workspace()
    active = active_capture(project, capture)
    typer.echo(write_report(project, active, audited(project, active)))
