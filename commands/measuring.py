"""Measuring: bench."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.console import JsonOption, one_thread, workspace

app = typer.Typer()


@app.command(epilog="Example: kinetrace bench pipeline --json")
def bench(
    name: Annotated[str, typer.Argument(help="Which; an unknown name lists them.")],
    as_json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table that the docs include.")] = False,
) -> None:
    """Measure: every figure in README and docs comes from one of these."""
    one_thread()
    from benchmarks.registry import show

    typer.echo(show(name, workspace(), "json" if as_json else "markdown" if markdown else "table"))
