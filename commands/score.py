"""Scoring a motion file: score."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from commands.console import JsonOption, one_thread, tell

app = typer.Typer()


@app.command(epilog="Example: kinetrace score walk.trc --mass 62.6 --static standing.trc")
def score(
    path: Annotated[
        Path,
        typer.Argument(help="Recording: a motion file, a video (with --height), a capture bundle or data.zip::take."),
    ],
    static: Annotated[Optional[Path], typer.Option(help="Static trial with the medial markers.")] = None,  # noqa: UP045
    mass: Annotated[Optional[float], typer.Option(help="Body mass (kg).")] = None,  # noqa: UP045
    height: Annotated[Optional[float], typer.Option(help="Stature (m); gives a video alone its scale.")] = None,  # noqa: UP045
    sex: Annotated[Optional[str], typer.Option(help="f or m.")] = None,  # noqa: UP045
    movement: Annotated[Optional[str], typer.Option(help="gait, squat, sit_to_stand, balance or other.")] = None,  # noqa: UP045
    mapping: Annotated[Optional[Path], typer.Option(help="JSON that says which markers make which joint.")] = None,  # noqa: UP045
    scorer: Annotated[
        Literal["kinetrace", "phymotion"], typer.Option(help="phymotion: the public formula, for comparison.")
    ] = "kinetrace",
    corrupt: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Put a known defect in first, to see what the score says; an unknown name lists them."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the chance in the defect.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Say how physically feasible a motion is, on three axes and ten sub-scores, each with its reason. Writes nothing."""
    one_thread()
    from rich.console import Console

    from adapters.ingest import Declared, read
    from commands.score_report import score_report, told_before
    from kinetrace.physics.corruptions import known_corruption
    from schemas.sim_replay import SimReplayParams
    from stages.corrupted import replayed_with_defect
    from stages.in_memory import measured, replayed
    from stages.s04_sim_replay.documents import summary

    defect = None if corrupt is None else known_corruption(corrupt)
    params = SimReplayParams(scorer=scorer)
    with Console(stderr=True).status("Scoring"):
        adapter, arrays = read(path, Declared(static, mass, height, sex, movement, mapping))
        of = measured(adapter, arrays)
        found = replayed(of, params)
        if defect is not None:
            found = replayed_with_defect(of, found, defect, seed, params)
        document = summary(found, of.state.subject, found.evidence.fps, params)
    about = (of.state.movement, of.state.movement_source)
    tell(score_report(str(path), defect, document, found, about, told_before(of)), as_json)
