"""Looking at what the pose network sees in a film."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from commands.console import JsonOption, console, one_thread
from schemas.errors import UsageError

if TYPE_CHECKING:
    from adapters.videopose3d.recording import Film

app = typer.Typer()


@app.command(epilog="Example: kinetrace overlay walk.mp4 --out walk.png")
def overlay(
    video: Annotated[Path, typer.Argument(help="A film (MP4, MOV, MKV, WebM), or the folder of a recording with one.")],
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Where the picture goes; default: runs/<film>_overlay.png."),
    ] = None,
    place: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="About where the person is: x,y from the left and the top of the stored picture, 0 to 1."),
    ] = None,
    turns: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(min=0, max=3, help="Counter-clockwise quarter turns that show the film upright."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Draw the skeleton that the pose network finds over the film: a picture to judge it by.

    The picture shows people: it goes to runs/, which git leaves out, or where you say.
    """
    one_thread()
    from adapters.videopose3d.overlay import draw_overlay, summary
    from adapters.videopose3d.pose_network import find_landmarks
    from benchmarks.progress import track

    film = _film(video)
    landmarks = find_landmarks(film, upright=turns, place=_place(place), progress=track)
    target = out or Path("runs") / f"{video.resolve().stem}_overlay.png"
    draw_overlay(film, landmarks, target)
    said = {"picture": str(target), **summary(film, landmarks)}
    if as_json:
        typer.echo(json.dumps(said))
        return
    for name, value in said.items():
        for text in value if isinstance(value, list) and name == "remarks" else [value]:
            console().print(f"{name}: {text}")


def _film(path: Path) -> Film:
    from adapters.videopose3d.recording import VideoFile

    if not path.is_dir():
        return VideoFile(path)
    from adapters.formats.bundle import read_bundle
    from adapters.formats.video_bundle import read_recording

    return read_recording(read_bundle(path)).film


def _place(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        x = y = -1.0
    if not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0):
        raise UsageError(
            where="overlay", field="place", expected="two numbers from 0 to 1 with a comma", found=text,
            fix="Say for example --place 0.5,0.6.",
        )  # fmt: skip
    return x, y
