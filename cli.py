"""The command line: typer wiring only. Commands import what they need when they run."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer

from schemas.errors import KinetraceError

if TYPE_CHECKING:
    from rich.console import Console

    from kinetrace.store.workspace import Workspace

app = typer.Typer(
    name="kinetrace", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="From an iPad capture of a movement to physics-validated motion predictions that anyone can inspect, re-run and audit."
    "\n\nBegin with: kinetrace demo",
)  # fmt: skip

CaptureArgument = Annotated[Optional[str], typer.Argument(help="Capture id; default: the active one in params.yaml.")]  # noqa: UP045
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


@app.command(epilog="Example: kinetrace demo")
def demo() -> None:
    """Run the bundled capture through all stages, then say where to look."""
    run("demo_walk")


@app.command(epilog="Example: kinetrace run clinic_walk_01")
def run(
    capture: CaptureArgument = None, report: Annotated[bool, typer.Option(help="Make the HTML report.")] = True
) -> None:
    """Make a capture the active one and bring all its stages up to date (`dvc repro`)."""
    from stages.pipeline import prepare, reproduce, title

    workspace, console = _workspace(), _console()
    active = prepare(workspace, capture)
    console.print(f"[bold]{active}[/bold]")
    with console.status("asking DVC what has to run …") as status:
        for step in reproduce(workspace, active):
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
    _close(workspace, active, console, report)


def _close(workspace: Workspace, capture: str, console: Console, report: bool) -> None:
    from rich.markup import escape

    from kinetrace.report.summary import summarise
    from kinetrace.store.audit import remember

    console.print()
    for label, text in summarise(workspace, capture):
        console.print(f"[bold]{label:<12}[/bold] {escape(text)}")
    verdict = _audit(workspace, capture)
    word = "[green]holds[/green]" if verdict.ok else f"[red]{len(verdict.findings)} findings[/red]"
    console.print(f"[bold]{'Audit':<12}[/bold] {word}, root {(verdict.summary.root or 'none')[:16]}…")
    if report:
        console.print(f"[bold]{'Look at':<12}[/bold] {_write_report(workspace, capture, verdict)}")
    console.print(f"[bold]{'And':<12}[/bold] kinetrace inspect {capture} · kinetrace audit {capture}")
    remember(workspace, verdict)
    if verdict.summary.exit_code:
        raise typer.Exit(verdict.summary.exit_code)


@app.command(epilog="Example: kinetrace stage physical_state")
def stage(name: Annotated[str, typer.Argument(help="Stage, e.g. adapter, physical_state, world_model.")]) -> None:
    """Run one stage of the active capture; what dvc.yaml calls."""
    _one_thread()
    import resource
    import time

    from kinetrace.store.execute import execute
    from kinetrace.store.publish import disk_errors
    from stages.registry import find_stage, load

    workspace, began = _workspace(), time.monotonic()
    plan = find_stage(name)
    target = execute(workspace, plan, load(plan))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = {"stage": plan.name, "seconds": round(time.monotonic() - began, 3), "peak_mib": round(peak, 1)}
    runs = workspace.runs(target.parent.name)
    with disk_errors(runs):
        runs.mkdir(parents=True, exist_ok=True)
        with (runs / "stages.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")


@app.command(epilog="Example: kinetrace ingest walk.trc --id clinic_walk_01 --mass 62.6 --static standing.trc")
def ingest(
    path: Annotated[Path, typer.Argument(help="Recording: a motion file or a capture bundle.")],
    capture: Annotated[str, typer.Option("--id", help="Name of the capture: a-z, 0-9, _ and -.")],
    static: Annotated[Optional[Path], typer.Option(help="Static trial with the medial markers.")] = None,  # noqa: UP045
    mass: Annotated[Optional[float], typer.Option(help="Body mass (kg).")] = None,  # noqa: UP045
    height: Annotated[Optional[float], typer.Option(help="Stature (m).")] = None,  # noqa: UP045
    sex: Annotated[Optional[str], typer.Option(help="f or m.")] = None,  # noqa: UP045
    movement: Annotated[Optional[str], typer.Option(help="gait, squat, sit_to_stand, balance or other.")] = None,  # noqa: UP045
    mapping: Annotated[Optional[Path], typer.Option(help="JSON that says which markers make which joint.")] = None,  # noqa: UP045
    as_json: JsonOption = False,
) -> None:
    """Bring a recording in: it is validated first, then you are told what was taken, assumed and left out."""
    _one_thread()
    from adapters.ingest import ingest as bring
    from kinetrace.store.workspace import check_capture_id

    report = bring(
        path, _workspace().captures, check_capture_id(capture),
        static=static, mass_kg=mass, height_m=height, sex=sex, movement=movement, mapping=mapping,
    )  # fmt: skip
    _tell(report, as_json)
    if not as_json:
        typer.echo(f"\nNext: kinetrace run {capture}")


@app.command(epilog="Example: kinetrace validate walk.trc")
def validate(
    path: Annotated[Path, typer.Argument(help="Recording: a motion file or a capture bundle.")],
    static: Annotated[Optional[Path], typer.Option(help="Static trial with the medial markers.")] = None,  # noqa: UP045
    mapping: Annotated[Optional[Path], typer.Option(help="JSON that says which markers make which joint.")] = None,  # noqa: UP045
    as_json: JsonOption = False,
) -> None:
    """Say whether a recording can be used, and if not: file, field, expected, found and what would work."""
    _one_thread()
    from adapters.ingest import validate as check

    _tell(check(path, static=static, mapping=mapping), as_json)


@app.command(epilog="Example: kinetrace simulate squat --seconds 12 --seed 3 --id my_squat")
def simulate(
    movement: Annotated[
        Literal["gait", "squat", "sit_to_stand", "balance"], typer.Argument(help="What the person does.")
    ],
    seconds: Annotated[float, typer.Option(help="Length (s).")] = 10.0,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    capture: Annotated[Optional[str], typer.Option("--id", help="Default: sim_<movement>_<seed>.")] = None,  # noqa: UP045
    height: Annotated[float, typer.Option(help="Stature (m).")] = 1.75,
    mass: Annotated[float, typer.Option(help="Body mass (kg).")] = 70.0,
    sex: Annotated[Literal["f", "m"], typer.Option(help="For segment lengths.")] = "m",
) -> None:
    """Make an iPad-like recording of a simulated person, with the exact truth beside it."""
    _one_thread()
    from kinetrace.simulation.bundle import simulate_capture

    name = f"sim_{movement}_{seed}" if capture is None else capture
    path = simulate_capture(
        movement, seconds, seed, _workspace().captures, name, height_m=height, mass_kg=mass, sex=sex
    )
    typer.echo(f"{path}: {seconds:g} s of simulated {movement}\n\nNext: kinetrace run {path.name}")


@app.command(epilog="Example: kinetrace inspect demo_walk physical_state")
def inspect(
    capture: CaptureArgument = None,
    stage: Annotated[Optional[str], typer.Argument(help="One stage; default: all.")] = None,  # noqa: UP045
    as_json: JsonOption = False,
) -> None:
    """Show what the stages wrote: files, digests, arrays and their ranges."""
    from kinetrace.report.terminal import describe_stage, stage_table
    from stages.registry import STAGES, find_stage

    workspace = _workspace()
    active = _active(workspace, capture)
    plans = (find_stage(stage),) if stage else STAGES
    there = [p for p in plans if stage or (workspace.stage(active, p.name) / "manifest.json").is_file()]
    rows = [row for plan in there for row in describe_stage(workspace, active, plan.name)]
    if as_json:
        typer.echo(json.dumps({"capture": active, "rows": rows}))
    else:
        _console().print(stage_table(active, rows) if rows else f"{active}: nothing has run yet")


@app.command(epilog="Example: kinetrace status")
def status(capture: CaptureArgument = None, as_json: JsonOption = False) -> None:
    """Say of each stage whether it is done, stale, changed, missing or failed."""
    from kinetrace.report.terminal import states
    from schemas.errors import UncheckableError
    from stages.pipeline import last_failure, title
    from stages.registry import STAGES

    workspace = _workspace()
    active = _active(workspace, capture)
    try:
        verdict = _audit(workspace, active)
    except UncheckableError:
        verdict = None
    rows = states(verdict, STAGES, last_failure(workspace, active))
    if as_json:
        typer.echo(json.dumps({"capture": active, "stages": rows}))
        return
    typer.echo(active)
    for row in rows:
        typer.echo(f"  {title(str(row['stage'])):<20} {row['state']}")


@app.command(epilog="Example: kinetrace audit demo_walk --json")
def audit(capture: CaptureArgument = None, as_json: JsonOption = False) -> None:
    """Check every file of every stage. Exit code: 0 holds, 1 tampered or incomplete, 3 stale only, 4 nothing to check."""
    from kinetrace.report.terminal import audit_table, findings_table
    from kinetrace.store.audit import remember

    workspace = _workspace()
    report = _audit(workspace, _active(workspace, capture))
    if as_json:
        typer.echo(report.model_dump_json(by_alias=True))
    else:
        console = _console()
        console.print(audit_table(report))
        if report.findings:
            console.print(findings_table(report))
        promises = " · ".join(f"{name} {state}" for name, state in report.summary.promises.items())
        console.print(f"{promises}\nroot {report.summary.root}")
    remember(workspace, report)
    raise typer.Exit(report.summary.exit_code)


@app.command(epilog="Example: kinetrace report demo_walk")
def report(capture: CaptureArgument = None) -> None:
    """Make the self-contained HTML report of a capture (no web requests)."""
    workspace = _workspace()
    active = _active(workspace, capture)
    typer.echo(_write_report(workspace, active, _audit(workspace, active)))


@app.command(epilog="Example: kinetrace bench pipeline --json")
def bench(
    name: Annotated[str, typer.Argument(help="first-results or pipeline.")],
    as_json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table that the docs include.")] = False,
) -> None:
    """Measure: every figure in README and docs comes from one of these."""
    _one_thread()
    from benchmarks.registry import show

    typer.echo(show(name, _workspace(), "json" if as_json else "markdown" if markdown else "table"))


def _one_thread() -> None:
    """Numbers must not depend on how many threads a linear-algebra library finds."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ.setdefault("MUJOCO_GL", "egl")


def _workspace() -> Workspace:
    from kinetrace.store.workspace import Workspace

    return Workspace.find(Path.cwd())


def _active(workspace: Workspace, capture: str | None) -> str:
    from kinetrace.store.params_file import read_params
    from kinetrace.store.workspace import check_capture_id

    return check_capture_id(capture) if capture is not None else read_params(workspace.params).capture


def _audit(workspace: Workspace, capture: str) -> Any:
    from kinetrace.store.audit import audit
    from kinetrace.store.execute import SOURCE
    from kinetrace.store.params_file import read_params
    from stages.registry import STAGES

    return audit(workspace, capture, STAGES, read_params(workspace.params), SOURCE)


def _console() -> Console:
    """A console as wide as the terminal, or wide enough that nothing folds where a file or a pipe reads."""
    from rich.console import Console

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=200)


def _write_report(workspace: Workspace, capture: str, verdict: Any) -> Path:
    _one_thread()
    from kinetrace.report.report import build_report
    from kinetrace.store.publish import write_atomic

    path = workspace.runs(capture) / "report.html"
    write_atomic(path, build_report(workspace.artifacts(capture), capture, verdict).encode())
    return path


def _tell(report: Any, as_json: bool) -> None:
    typer.echo(report.model_dump_json() if as_json else report.text())


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
