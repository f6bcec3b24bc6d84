"""Learning how far off a world model's forecasts may be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.console import JsonOption, one_thread

EPILOG = "Example: kinetrace train uncertainty --corpus corpus.h5 --weights runs/world-model"


def train_uncertainty(
    corpus: Annotated[Path, typer.Option(help="What `kinetrace corpus build` wrote.")],
    weights: Annotated[
        Path, typer.Option(help="Folder with world_model.pt and its card; both files are written there.")
    ],
    seed: Annotated[int, typer.Option(min=0, help="Of the split and the network.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Learn expected errors and conformal radii on the recordings that the weights' card holds out."""
    one_thread()
    from kinetrace.models.inference import load
    from kinetrace.models.uncertainty_file import CARD, WEIGHTS
    from kinetrace.store.corpus import read_corpus
    from kinetrace.store.documents import encode, read_json
    from kinetrace.store.publish import write_atomic
    from kinetrace.training.world_model import run
    from kinetrace.training.world_model.pool import divide
    from kinetrace.training.world_model.uncertainty import learn_uncertainty
    from schemas.world_model import WorldModelCard

    about = read_json(weights / run.CARD, WorldModelCard)
    model = load(weights / run.WEIGHTS, about.sha256)
    arrays, document = read_corpus(corpus)
    held_out = divide(document, about.sources, about.held_out_patterns).held_out
    learnt = learn_uncertainty(model, about.sha256, arrays, document, held_out, corpus.name, seed)
    write_atomic(weights / WEIGHTS, learnt.weights)
    write_atomic(weights / CARD, encode(learnt.card))
    if as_json:
        typer.echo(learnt.card.model_dump_json())
        return
    typer.echo(
        f"{learnt.card.learnt_recordings} recordings to learn expected errors, "
        f"{learnt.card.calibrated_recordings} to calibrate {len(learnt.card.levels)} levels; {len(learnt.weights)} bytes"
    )
