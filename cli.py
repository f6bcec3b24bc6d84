"""The command line: typer wiring only. Commands import what they need when they run."""

from __future__ import annotations

import json
import os
import sys
from functools import partial
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
    from kinetrace.store.lock import run_lock
    from stages.commentary import close, follow, stopped
    from stages.pipeline import stoppable

    workspace, console = _workspace(), _console()
    _active(workspace, capture)  # a bad id or bad parameters are refused before anything is made, the lock included
    try:
        with stoppable(), run_lock(workspace) as held:
            active = follow(console, workspace, capture, held)
            verdict = _audit(workspace, active)
            write = partial(_write_report, workspace, active, verdict) if report else None
            close(console, workspace, active, verdict, write)
    except KeyboardInterrupt:
        stopped(workspace)
        raise typer.Exit(130) from None


@app.command(epilog="Example: kinetrace stage physical_state")
def stage(name: Annotated[str, typer.Argument(help="Stage, e.g. adapter, physical_state, world_model.")]) -> None:
    """Run one stage of the active capture; what dvc.yaml calls."""
    _one_thread()
    import time

    from kinetrace.store.execute import execute
    from kinetrace.store.lock import run_lock
    from stages.cost import note_cost
    from stages.pipeline import stoppable
    from stages.registry import find_stage, load

    workspace, began = _workspace(), time.monotonic()
    plan = find_stage(name)
    with stoppable(), run_lock(workspace):
        target = execute(workspace, plan, load(plan))
    note_cost(workspace, target.parent.name, plan.name, time.monotonic() - began)


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

    _one_thread()
    workspace = _workspace()
    report, unnoted = note(
        workspace,
        _audit(workspace, _active(workspace, capture), fast=fast, require_seal=require_seal, known_head=known_head,
               signers=signers, rerun=load if rerun else None),
    )  # fmt: skip
    if junit is not None:
        write_atomic(junit, xml(report))
    if head:
        typer.echo(report.summary.head or "none")
    elif as_json:
        typer.echo(report.model_dump_json(by_alias=True))
    else:
        show_verdict(_console(), workspace, report)
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

    workspace = _workspace()
    params = read_params(workspace.params)
    sealed, line = sign(workspace, _active(workspace, capture), STAGES, params, SOURCE, key)
    typer.echo(sealed_text(sealed, line, as_json))


@app.command(epilog="Example: kinetrace report demo_walk")
def report(capture: CaptureArgument = None) -> None:
    """Make the self-contained HTML report of a capture (no web requests)."""
    workspace = _workspace()
    active = _active(workspace, capture)
    typer.echo(_write_report(workspace, active, _audit(workspace, active)))


@app.command(epilog="Example: kinetrace bench pipeline --json")
def bench(
    name: Annotated[str, typer.Argument(help="Which; an unknown name lists them.")],
    as_json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table that the docs include.")] = False,
) -> None:
    """Measure: every figure in README and docs comes from one of these."""
    _one_thread()
    from benchmarks.registry import show

    typer.echo(show(name, _workspace(), "json" if as_json else "markdown" if markdown else "table"))


@app.command(epilog="Example: kinetrace doctor --json")
def doctor(as_json: JsonOption = False) -> None:
    """Find and mend what a kill, a full disk or a wrong permission left. Exit code: 0 well or mended, 1 needs a person."""
    from kinetrace.store.doctor import examine

    report = examine(_workspace())
    typer.echo(report.model_dump_json(by_alias=True) if as_json else report.text())
    raise typer.Exit(report.exit_code)


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


def _audit(workspace: Workspace, capture: str, **asked: Any) -> Any:
    from kinetrace.store.audit import Ask, audit
    from kinetrace.store.execute import SOURCE
    from kinetrace.store.params_file import read_params
    from stages.registry import STAGES

    return audit(workspace, capture, STAGES, read_params(workspace.params), SOURCE, ask=Ask(**asked))


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
