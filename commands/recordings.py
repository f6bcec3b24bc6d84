"""Bringing recordings in: ingest, validate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from commands.console import JsonOption, one_thread, tell, workspace

app = typer.Typer()


@app.command(epilog="Example: kinetrace ingest walk.trc --id clinic_walk_01 --mass 62.6 --static standing.trc")
def ingest(
    path: Annotated[Path, typer.Argument(help="Recording: motion file, film, .r3d, or folder of an app or a capture.")],
    capture: Annotated[str, typer.Option("--id", help="Name of the capture: a-z, 0-9, _ and -.")],
    static: Annotated[Optional[Path], typer.Option(help="Static trial with the medial markers.")] = None,  # noqa: UP045
    mass: Annotated[Optional[float], typer.Option(help="Body mass (kg).")] = None,  # noqa: UP045
    height: Annotated[Optional[float], typer.Option(help="Stature (m).")] = None,  # noqa: UP045
    sex: Annotated[Optional[str], typer.Option(help="f or m.")] = None,  # noqa: UP045
    movement: Annotated[Optional[str], typer.Option(help="gait, squat, sit_to_stand, balance or other.")] = None,  # noqa: UP045
    mapping: Annotated[Optional[Path], typer.Option(help="JSON or YAML: which markers make which joint.")] = None,  # noqa: UP045
    fps: Annotated[Optional[float], typer.Option(help="Frames a second, for recordings without times.")] = None,  # noqa: UP045
    as_json: JsonOption = False,
) -> None:
    """Bring a recording in: it is validated first, then you are told what was taken, assumed and left out."""
    one_thread()
    from adapters.ingest import ingest as bring
    from kinetrace.store.workspace import check_capture_id

    report = bring(
        path, workspace().captures, check_capture_id(capture),
        static=static, mass_kg=mass, height_m=height, sex=sex, movement=movement, mapping=mapping, fps=fps,
    )  # fmt: skip
    tell(report, as_json)
    if not as_json:
        typer.echo(f"\nNext: kinetrace run {capture}")


@app.command(epilog="Example: kinetrace validate walk.trc")
def validate(
    path: Annotated[Path, typer.Argument(help="Recording: motion file, film, .r3d, or folder of an app or a capture.")],
    static: Annotated[Optional[Path], typer.Option(help="Static trial with the medial markers.")] = None,  # noqa: UP045
    mapping: Annotated[Optional[Path], typer.Option(help="JSON or YAML: which markers make which joint.")] = None,  # noqa: UP045
    height: Annotated[Optional[float], typer.Option(help="Stature (m), for recordings that know no size.")] = None,  # noqa: UP045
    fps: Annotated[Optional[float], typer.Option(help="Frames a second, for recordings without times.")] = None,  # noqa: UP045
    picture: Annotated[Optional[Path], typer.Option(help="Also draw the motion as understood (.svg).")] = None,  # noqa: UP045
    as_json: JsonOption = False,
) -> None:
    """Say whether a recording can be used, and if not: file, field, expected, found and what would work."""
    one_thread()
    from adapters.ingest import validate as check

    tell(check(path, static=static, mapping=mapping, height_m=height, fps=fps), as_json)
    if picture is not None:
        from adapters.ingest import Declared
        from commands.motion_picture import draw

        draw(path, Declared(static=static, mapping=mapping, height_m=height, fps=fps), picture)
        typer.echo(f"\n{picture}: the motion as it was understood", err=as_json)
