"""Training the predictor of the published CMU protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from commands.console import JsonOption, one_thread

EPILOG = "Example: kinetrace train cmu-prediction --archive cmu_mocap_expmap.zip --out runs/cmu"
DATA = "CMU Graphics Lab Motion Capture Database (free use); the files of the published prediction benchmark"


def train_cmu(
    archive: Annotated[Path, typer.Option(help="Zip of the CMU exponential-map files, skeleton.json in or beside it.")],
    out: Annotated[Path, typer.Option(help="Folder for weights, card and checkpoint.")],
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the checkpoint in OUT, to the same weights.")
    ] = False,
    steps: Annotated[Optional[int], typer.Option(min=1, help="Steps; default as the shipped weights.")] = None,  # noqa: UP045
    walks: Annotated[
        bool, typer.Option("--walks", help="Train on the extra walks, too; the published protocol has none.")
    ] = False,
    hold_out: Annotated[
        bool, typer.Option("--hold-out", help="Leave one training file an action out, and judge on those.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of weights, batches and dropout.")] = 0,
    keep_every: Annotated[int, typer.Option(min=1, help="Steps between checkpoints.")] = 200,
    as_json: JsonOption = False,
) -> None:
    """Train the predictor of the CMU protocol on its training files; no test file is looked at."""
    one_thread()
    from adapters.cmu_prediction import read_protocol
    from benchmarks.progress import track
    from kinetrace.models.cmu_protocol import pooled
    from kinetrace.models.motion_prediction.forecast import forecast
    from kinetrace.models.motion_prediction.judging import errors_by_action
    from kinetrace.training.motion_prediction.division import divided
    from kinetrace.training.motion_prediction.fit import fit
    from schemas.cmu_prediction import PredictionParams

    params = PredictionParams(walks=walks, seed=seed)
    params = params if steps is None else params.model_copy(update={"steps": steps})
    protocol = read_protocol(archive)
    files = protocol.train | (protocol.extra if walks else {})
    files, judged = divided(files) if hold_out else (files, {})
    network, card = fit(files, params, out, DATA, resume, lambda k: track(k, "training", params.steps), keep_every)
    off = pooled(errors_by_action(lambda some: forecast(network, some), judged)) if judged else {}
    if as_json:
        typer.echo(card.model_dump_json())
        return
    frames = sum(card.frames.values())
    typer.echo(f"{card.parameters} parameters, {frames} frames of {len(card.frames)} actions, {params.steps} steps")
    if off:
        typer.echo("held-out files: " + ", ".join(f"frame {frame} {error:.1f} mm" for frame, error in off.items()))
    typer.echo(f"Weights and card: {out}. Judge the shipped ones: kinetrace bench cmu-prediction")
