"""The command line: typer wiring only. Commands live in `commands/` and import what they need when they run."""

from __future__ import annotations

import json
import sys

import typer

from commands import corpus, looking, measuring, overlay, recordings, repair, running, score, simulate, train, trust
from schemas.errors import KinetraceError

app = typer.Typer(
    name="kinetrace", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="From an iPad capture of a movement to physics-validated motion predictions that anyone can inspect, re-run and audit."
    "\n\nBegin with: kinetrace demo",
)  # fmt: skip
for group in (running, recordings, simulate, score, repair, overlay, looking, trust, measuring):
    app.add_typer(group.app)
app.add_typer(corpus.app, name="corpus")
app.add_typer(train.app, name="train")


def _refuse(error: KinetraceError) -> int:
    if "--json" in sys.argv:
        finding = error.as_dict()
        typer.echo(
            json.dumps({"schema": "kinetrace.check/1", "ok": False, "findings": [finding], "summary": str(error)})
        )
    else:
        for label, text in (
            ("error", f"{error.where}: {error.field}"), ("expected", error.expected), ("found", error.found), ("fix", error.fix),
        ):  # fmt: skip
            typer.echo(f"{label + ':':<10}{text}", err=True)
    return error.exit_code


def main() -> None:
    """Run the command line; a refusal is printed, never a traceback."""
    try:
        app()
    except KinetraceError as error:
        sys.exit(_refuse(error))


if __name__ == "__main__":
    main()
