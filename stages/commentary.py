"""What a person reads while the whole pipeline of one capture runs, and when it has ended or was stopped."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape

from kinetrace.report.summary import summarise
from kinetrace.report.verdict import note
from kinetrace.store.doctor import examine
from kinetrace.store.workspace import Workspace
from schemas.manifest import AuditReport
from stages.pipeline import prepare, reproduce, title


def follow(console: Console, workspace: Workspace, capture: str | None, held: int | None) -> str:
    """Make a capture the active one, run what has to run, and say so step by step.

    Args:
        console: Where to.
        workspace: The project.
        capture: Which capture; None: the active one.
        held: The lock to hand to the programs that the run starts.

    Returns:
        The active capture.

    Raises:
        Exit: A stage failed.
    """
    active = prepare(workspace, capture)
    console.print(f"[bold]{active}[/bold]")
    with console.status("asking DVC what has to run …") as status, closing(reproduce(workspace, active, held)) as steps:
        for step in steps:
            if step.kind == "begins":
                status.update(f"{title(step.stage)} …")
            elif step.kind == "done":
                console.print(f"[green]✓[/green] {title(step.stage)}  [dim]{step.seconds:.1f} s[/dim]")
            elif step.kind in {"cached", "same"}:
                word = "taken from the cache" if step.kind == "cached" else "up to date"
                console.print(f"[blue]·[/blue] {title(step.stage)}  [dim]{word}[/dim]")
            elif step.kind == "says":
                console.print(f"    {step.text}", markup=False, style="dim")
            elif step.kind == "failed":
                where = title(step.stage) if step.stage else "DVC"
                console.print(f"[red]✗ {where} failed[/red]  [dim]{step.text}[/dim]")
                raise typer.Exit(1)
    return active


def close(
    console: Console, workspace: Workspace, capture: str, verdict: AuditReport, write: Callable[[], Path] | None
) -> None:
    """Sum up a capture that has run: what was found in it, whether it holds, where to look; and note the audit.

    Raises:
        Exit: It does not hold.
    """
    console.print()
    for label, text in summarise(workspace, capture):
        console.print(f"[bold]{label:<12}[/bold] {escape(text)}")
    word = "[green]holds[/green]" if verdict.ok else f"[red]finds {_named(verdict)}[/red]"
    console.print(f"[bold]{'Audit':<12}[/bold] {word}, root {(verdict.summary.root or 'none')[:16]}…")
    if write is not None:
        console.print(f"[bold]{'Look at':<12}[/bold] {write()}")
    console.print(f"[bold]{'And':<12}[/bold] kinetrace inspect {capture} · kinetrace audit {capture}")
    note(workspace, verdict)
    if verdict.summary.exit_code:
        raise typer.Exit(verdict.summary.exit_code)


def stopped(workspace: Workspace) -> None:
    """Say how things stand after an interrupt; what DVC was writing at that moment is mended."""
    mended = examine(workspace)
    typer.echo("\nstopped: every program of the run has ended, and no artifact is half-written", err=True)
    for ailment in mended.findings:
        if ailment.state == "mended":
            typer.echo(f"  {ailment.where}: {ailment.found}; {ailment.done}", err=True)
    typer.echo("Go on with: kinetrace run", err=True)


def _named(verdict: AuditReport) -> str:
    """Name the first finding and count the rest."""
    first, rest = verdict.findings[0], len(verdict.findings) - 1
    return escape(f"{first.code} in {first.where}" + (f" and {rest} more: kinetrace audit" if rest else ""))
