"""Training the PINN encoder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from commands.console import JsonOption, one_thread

if TYPE_CHECKING:
    from schemas.pinn import PinnParams

EPILOG = "Example: kinetrace train pinn --corpus corpus.h5 --out runs/pinn --small"


def train_pinn(
    corpus: Annotated[Path, typer.Option(help="What `kinetrace corpus build` wrote.")],
    out: Annotated[Path, typer.Option(help="Folder for weights, card, checkpoint and render.")],
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the checkpoint in OUT, to the same weights.")
    ] = False,
    small: Annotated[bool, typer.Option("--small", help="64 numbers a token, 2 layers: minutes on one core.")] = False,
    held_out: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="A subject to judge on, not to train on; may be repeated. Default: every fourth."),
    ] = None,
    steps: Annotated[Optional[int], typer.Option(help="Steps; default 20 000, small 5000.")] = None,  # noqa: UP045
    batch_size: Annotated[Optional[int], typer.Option(help="Clips a step.")] = None,  # noqa: UP045
    learning_rate: Annotated[Optional[float], typer.Option(help="Largest learning rate of all other weights.")] = None,  # noqa: UP045
    matrix_rate: Annotated[Optional[float], typer.Option(help="The same for the matrices of the blocks.")] = None,  # noqa: UP045
    noise_mm: Annotated[Optional[float], typer.Option(help="Largest mean distance noise moves a joint by.")] = None,  # noqa: UP045
    seed: Annotated[int, typer.Option(help="Of weights, batches and corruption.")] = 0,
    device: Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="Where to train.")] = "auto",
    keep_every: Annotated[int, typer.Option(min=1, help="Steps between checkpoints.")] = 200,
    as_json: JsonOption = False,
) -> None:
    """Train the encoder of states to take noise out of motion, and judge it on people it has not seen."""
    one_thread()
    from benchmarks.progress import track
    from kinetrace.report.pinn_card import pinn_facts, pinn_text
    from kinetrace.report.reconstruction import reconstruction_html
    from kinetrace.store.publish import write_atomic
    from kinetrace.training.pinn_corpus import divide, read_recordings
    from kinetrace.training.pinn_run import example, fit

    params = _params(
        small,
        steps=steps,
        batch_size=batch_size,
        learning_rate=learning_rate,
        matrix_rate=matrix_rate,
        noise_mm=noise_mm,
        seed=seed,
        device=device,
    )
    division = divide(read_recordings(corpus), tuple(held_out or ()), params)
    loaded, card = fit(division, params, out, resume, track, keep_every)
    one = example(loaded, division)
    page = out / "reconstruction.html"
    write_atomic(page, reconstruction_html(
        one.recording.name, one.recording.fps, one.shown, one.visible, one.cleaned, one.recording.positions, pinn_facts(card)
    ).encode())  # fmt: skip
    typer.echo(card.model_dump_json() if as_json else f"{pinn_text(card)}\n\nLook: {page}")


def _params(small: bool, **given: object) -> PinnParams:
    """Put the parameters together; a value out of range is refused by name.

    Raises:
        UsageError: A value has no meaning.
    """
    from pydantic import ValidationError

    from kinetrace.training.pinn_run import SMALL
    from schemas.errors import UsageError
    from schemas.pinn import PinnParams

    fields = (SMALL if small else {}) | {name: value for name, value in given.items() if value is not None}
    try:
        return PinnParams.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).replace("_", "-") if first["loc"] else "options"
        raise UsageError(
            where="train pinn", field=f"--{name}", expected=first["msg"].lower(), found=repr(first["input"])[:80],
            fix="kinetrace train pinn --help lists the options.",
        ) from None  # fmt: skip
