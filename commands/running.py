"""Running the pipeline: demo, run, stage."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from commands.console import CaptureArgument, active_capture, audited, console, one_thread, workspace, write_report

app = typer.Typer()


@app.command(epilog="Example: kinetrace demo")
def demo() -> None:
    """Run the bundled capture through all stages, then say where to look."""
    run("demo_walk")


@app.command(epilog="Example: kinetrace run clinic_walk_01")
def run(
    capture: CaptureArgument = None, report: Annotated[bool, typer.Option(help="Make the HTML report.")] = True
) -> None:
    """Make a capture the active one and bring all its stages up to date (`dvc repro`)."""
    from kinetrace.store.lock import run_lock
    from stages.commentary import close, follow, stopped
    from stages.pipeline import stoppable

    project, terminal = workspace(), console()
    active_capture(
        project, capture
    )  # a bad id or bad parameters are refused before anything is made, the lock included
    try:
        with stoppable(), run_lock(project) as held:
            active = follow(terminal, project, capture, held)
            verdict = audited(project, active)
            write = partial(write_report, project, active, verdict) if report else None
            close(terminal, project, active, verdict, write)
    except KeyboardInterrupt:
        stopped(project)
        raise typer.Exit(130) from None


@app.command(epilog="Example: kinetrace stage physical_state")
def stage(name: Annotated[str, typer.Argument(help="Stage, e.g. adapter, physical_state, world_model.")]) -> None:
    """Run one stage of the active capture; what dvc.yaml calls."""
    one_thread()
    import time

    from kinetrace.store.execute import execute
    from kinetrace.store.lock import run_lock
    from stages.cost import note_cost
    from stages.pipeline import stoppable
    from stages.registry import find_stage, load

    project, began = workspace(), time.monotonic()
    plan = find_stage(name)
    with stoppable(), run_lock(project):
        target = execute(project, plan, load(plan))
    note_cost(project, target.parent.name, plan.name, time.monotonic() - began)
