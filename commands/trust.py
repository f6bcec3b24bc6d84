"""Whether what is there can be trusted: audit, seal, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from commands.console import CaptureArgument, JsonOption, active_capture, audited, console, one_thread, workspace

app = typer.Typer()


@app.command(epilog="Example: kinetrace audit demo_walk --json")
def audit(
    capture: CaptureArgument = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="Digest outputs by xxh3_128 alone: damage, not adversaries.")
    ] = False,
    rerun: Annotated[bool, typer.Option("--rerun", help="Also execute every stage again and compare.")] = False,
    require_seal: Annotated[bool, typer.Option("--require-seal", help="Without a seal: exit code 4.")] = False,
    known_head: Annotated[Optional[str], typer.Option(help="Hash of a ledger line, kept outside.")] = None,  # noqa: UP045
    signers: Annotated[Optional[Path], typer.Option(help="Your own list of trusted keys.")] = None,  # noqa: UP045
    junit: Annotated[Optional[Path], typer.Option(help="Also write the verdict as JUnit XML.")] = None,  # noqa: UP045
    head: Annotated[bool, typer.Option("--head", help="Print only the ledger's head, to keep outside.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check every file of every stage. Exit code: 0 holds, 1 tampered or incomplete, 3 stale only, 4 could not be checked."""
    from kinetrace.report.verdict import note, show_verdict
    from kinetrace.store.publish import write_atomic
    from stages.registry import load
    from stages.s10_audit.junit import junit as xml

    one_thread()
    project = workspace()
    report, unnoted = note(
        project,
        audited(project, active_capture(project, capture), fast=fast, require_seal=require_seal, known_head=known_head,
               signers=signers, rerun=load if rerun else None),
    )  # fmt: skip
    if junit is not None:
        write_atomic(junit, xml(report))
    if head:
        typer.echo(report.summary.head or "none")
    elif as_json:
        typer.echo(report.model_dump_json(by_alias=True))
    else:
        show_verdict(console(), project, report)
    if unnoted:
        typer.echo(unnoted, err=True)
    raise typer.Exit(report.summary.exit_code)


@app.command(epilog="Example: kinetrace seal demo_walk --key kinetrace_key")
def seal(
    capture: Annotated[str, typer.Argument(help="Capture id.")],
    key: Annotated[Path, typer.Option(help="Private SSH key; the .pub file of a key in an agent or on a token.")],
    as_json: JsonOption = False,
) -> None:
    """Sign a capture that holds, with your own SSH key; earlier seals stay. Prints the head to keep outside."""
    from kinetrace.report.verdict import sealed_text
    from kinetrace.store.execute import SOURCE
    from kinetrace.store.params_file import read_params
    from kinetrace.store.seal import seal as sign
    from stages.registry import STAGES

    project = workspace()
    params = read_params(project.params)
    sealed, line = sign(project, active_capture(project, capture), STAGES, params, SOURCE, key)
    typer.echo(sealed_text(sealed, line, as_json))


@app.command(epilog="Example: kinetrace doctor --json")
def doctor(as_json: JsonOption = False) -> None:
    """Find and mend what a kill, a full disk or a wrong permission left. Exit code: 0 well or mended, 1 needs a person."""
    from kinetrace.store.doctor import examine

    report = examine(workspace())
    typer.echo(report.model_dump_json(by_alias=True) if as_json else report.text())
    raise typer.Exit(report.exit_code)
