"""Making recordings: an ARKit-like body, or a whole iPad recording with film and depth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from commands.console import one_thread, workspace
from schemas.errors import UsageError

app = typer.Typer()

ORDINARY_HEIGHT, ORDINARY_MASS = 1.75, 70.0


@app.command(epilog="Example: kinetrace simulate gait --rgbd --view side --seconds 5 --seed 3 --id my_film")
def simulate(
    movement: Annotated[
        Literal["gait", "squat", "sit_to_stand", "balance"], typer.Argument(help="What the person does.")
    ],
    seconds: Annotated[float, typer.Option(help="Length (s).")] = 10.0,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    capture: Annotated[Optional[str], typer.Option("--id", help="Default: sim_<movement>_<seed>.")] = None,  # noqa: UP045
    height: Annotated[Optional[float], typer.Option(help="Stature (m): 1.75; with --rgbd drawn.")] = None,  # noqa: UP045
    mass: Annotated[Optional[float], typer.Option(help="Body mass (kg): 70; with --rgbd drawn.")] = None,  # noqa: UP045
    sex: Annotated[Optional[Literal["f", "m"]], typer.Option(help="Segment lengths: m; with --rgbd drawn.")] = None,  # noqa: UP045
    rgbd: Annotated[bool, typer.Option("--rgbd", help="Film it: video, LiDAR depth, camera poses, room scan.")] = False,
    layout: Annotated[
        Literal["bundle", "stray_scanner", "record3d"], typer.Option(help="How the recording is written.")
    ] = "bundle",
    view: Annotated[Literal["front", "side", "oblique", "any"], typer.Option(help="From where it is filmed.")] = "any",
    camera: Annotated[Literal["tripod", "hand_held"], typer.Option(help="What holds the iPad.")] = "hand_held",
    orientation: Annotated[Literal["landscape", "portrait"], typer.Option(help="How it is held.")] = "landscape",
    occlusion: Annotated[bool, typer.Option("--occlusion", help="Something hides the legs for a moment.")] = False,
    width: Annotated[int, typer.Option(min=64, max=1920, help="Of the film (px); 3/4 of it high.")] = 640,
    speed: Annotated[Optional[float], typer.Option(help="Of walking (m/s).")] = None,  # noqa: UP045
    fault: Annotated[Optional[list[str]], typer.Option(help="What is wrong with it; may be repeated.")] = None,  # noqa: UP045
    into: Annotated[Optional[Path], typer.Option(help="Folder to put an app's export in; default: here.")] = None,  # noqa: UP045
) -> None:
    """Make an iPad-like recording of a simulated person, with the exact truth beside it."""
    one_thread()
    name = f"sim_{movement}_{seed}" if capture is None else capture
    filmed = (layout, view, camera, orientation, occlusion, width, speed, fault, into)
    if not rgbd:
        if filmed != ("bundle", "any", "hand_held", "landscape", False, 640, None, None, None):
            raise UsageError(
                where="simulate", field="options", expected="a film's options only with --rgbd", found="no --rgbd",
                fix="Add --rgbd, or leave out all that belongs to a film.",
            )  # fmt: skip
        from kinetrace.simulation.bundle import simulate_capture

        path = simulate_capture(
            movement, seconds, seed, workspace().captures, name,
            height_m=ORDINARY_HEIGHT if height is None else height, mass_kg=ORDINARY_MASS if mass is None else mass,
            sex=sex or "m",
        )  # fmt: skip
    else:
        from benchmarks.progress import track
        from kinetrace.simulation.ipad.simulate_rgbd import simulate_rgbd

        folder = (into or Path.cwd()) if layout != "bundle" or into is not None else workspace().captures
        path = simulate_rgbd(
            movement, seconds, seed, folder, name, layout=layout, view=view, camera=camera, orientation=orientation,
            occlusion=occlusion, size=(width, width * 3 // 4), height_m=height, mass_kg=mass, sex=sex, speed=speed,
            faults=tuple(fault or ()), progress=track,
        )  # fmt: skip
    todo = f"kinetrace run {path.name}" if layout == "bundle" else f"kinetrace ingest {path} --id {name}"
    typer.echo(f"{path}: {seconds:g} s of simulated {movement}\n\nNext: {todo}")
