"""Training the lifter of image points."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from commands.console import JsonOption, one_thread

if TYPE_CHECKING:
    from schemas.lifter import LifterParams

EPILOG = "Example: kinetrace train lifter --corpus corpus.h5 --out runs/lifter"


def train_lifter(
    corpus: Annotated[Path, typer.Option(help="What `kinetrace corpus build` wrote, with UI-PRMD and CMU recordings.")],
    out: Annotated[Path, typer.Option(help="Folder for weights, card and checkpoint.")],
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the checkpoint in OUT, to the same weights.")
    ] = False,
    held_out: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="A subject not to train on; may be repeated. Default: ui_prmd_s05, ui_prmd_s06."),
    ] = None,
    steps: Annotated[Optional[int], typer.Option(help="Steps; default as the shipped weights.")] = None,  # noqa: UP045
    batch_size: Annotated[Optional[int], typer.Option(help="Clips a step.")] = None,  # noqa: UP045
    learning_rate: Annotated[Optional[float], typer.Option(help="Largest learning rate.")] = None,  # noqa: UP045
    noise: Annotated[Optional[float], typer.Option(help="Times the errors of the image points.")] = None,  # noqa: UP045
    one_frame: Annotated[
        bool, typer.Option("--one-frame", help="Look at one frame at a time: the baseline that says what time adds.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of weights, clips, cameras and errors.")] = 0,
    device: Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="Where to train.")] = "auto",
    keep_every: Annotated[int, typer.Option(min=1, help="Steps between checkpoints.")] = 200,
    as_json: JsonOption = False,
) -> None:
    """Train the lifter on mocap seen by random cameras through a pose network's errors."""
    one_thread()
    from benchmarks.progress import track
    from kinetrace.store.corpus import read_corpus
    from kinetrace.training.lifter.division import HELD_OUT, divide
    from kinetrace.training.lifter.fit import fit
    from kinetrace.training.world_model.device import choose_device

    given = {"steps": steps, "batch_size": batch_size, "learning_rate": learning_rate, "noise": noise, "seed": seed}
    params = _params(given | ({"dilations": ()} if one_frame else {}))
    division = divide(*read_corpus(corpus), tuple(held_out or HELD_OUT))
    watched = choose_device(device)
    lifter = fit(division, params, out, resume, lambda k: track(k, "training", params.steps), keep_every, watched)
    card = lifter.card
    if as_json:
        typer.echo(card.model_dump_json())
        return
    typer.echo(
        f"{card.parameters} parameters; {card.minutes:.1f} min of {', '.join(card.subjects)}; not trained on: "
        f"{', '.join(card.held_out)}\nmean joint error of the last training clips: {card.final_loss:.4f} statures"
    )
    typer.echo(f"Weights and card: {out}. Judge the shipped ones: kinetrace bench lifter")


def _params(given: dict[str, object]) -> LifterParams:
    """Put the parameters together; a value out of range is refused by name.

    Raises:
        UsageError: A value has no meaning.
    """
    from pydantic import ValidationError

    from schemas.errors import UsageError
    from schemas.lifter import LifterParams

    try:
        return LifterParams.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).replace("_", "-") if first["loc"] else "options"
        raise UsageError(
            where="train lifter", field=f"--{name}", expected=first["msg"].lower(), found=repr(first["input"])[:80],
            fix="kinetrace train lifter --help lists the options.",
        ) from None  # fmt: skip
