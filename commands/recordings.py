"""Bringing recordings in: ingest, validate, simulate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from commands.console import JsonOption, one_thread, tell, workspace

app = typer.Typer()


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
    one_thread()
    from adapters.ingest import ingest as bring
    from kinetrace.store.workspace import check_capture_id

    report = bring(
        path, workspace().captures, check_capture_id(capture),
        static=static, mass_kg=mass, height_m=height, sex=sex, movement=movement, mapping=mapping,
    )  # fmt: skip
    tell(report, as_json)
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
    one_thread()
    from adapters.ingest import validate as check

    tell(check(path, static=static, mapping=mapping), as_json)


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
    one_thread()
    from kinetrace.simulation.bundle import simulate_capture

    name = f"sim_{movement}_{seed}" if capture is None else capture
    path = simulate_capture(movement, seconds, seed, workspace().captures, name, height_m=height, mass_kg=mass, sex=sex)
    typer.echo(f"{path}: {seconds:g} s of simulated {movement}\n\nNext: kinetrace run {path.name}")
