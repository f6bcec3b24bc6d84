"""Training the world model on a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from commands.console import JsonOption, one_thread

if TYPE_CHECKING:
    from schemas.world_model import WorldModelParams

EPILOG = "Example: kinetrace train world-model --corpus corpus.h5 --out runs/world-model --held-out '*/ui_prmd_s05/*'"


def train_world_model(
    corpus: Annotated[Path, typer.Option(help="What `kinetrace corpus build` wrote.")],
    out: Annotated[Path, typer.Option(help="Folder for weights, card and progress.")],
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the progress in OUT, to the same weights.")
    ] = False,
    source: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="A source to train on; may be repeated. Default: all."),
    ] = None,
    held_out: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="Pattern of source/subject/movement/take to judge on only; may be repeated."),
    ] = None,
    arm: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="FACTOR=VALUE, e.g. recipe=seed or anti_collapse=vicreg; may be repeated."),
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="Steps.")] = 5000,
    batch_size: Annotated[int, typer.Option(min=2, help="Pairs a step, over all processes.")] = 768,
    hidden_dim: Annotated[int, typer.Option(min=4, help="Width of hidden layers.")] = 256,
    dropout: Annotated[float, typer.Option(help="Chance that a hidden column of the predictor is dropped.")] = 0.2,
    learning_rate: Annotated[float, typer.Option(help="Largest learning rate.")] = 2e-3,
    seed: Annotated[int, typer.Option(min=0, help="Of weights and draws.")] = 0,
    device: Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="Where to train.")] = "auto",
    keep_every: Annotated[int, typer.Option(min=100, help="Steps between two notes of progress, in hundreds.")] = 1000,
    as_json: JsonOption = False,
) -> None:
    """Train one world model on many people, and judge it on recordings it has not seen.

    The same call under `torchrun --nproc-per-node N -m cli train world-model …` trains in N processes.
    """
    one_thread()
    from benchmarks.progress import track
    from kinetrace.store.corpus import read_corpus
    from kinetrace.training.world_model.run import Order, run

    order = Order(corpus, out, tuple(source or ()), tuple(held_out or ()), resume, keep_every)
    params = _params(
        tuple(arm or ()),
        max_steps=steps,
        batch_size=batch_size,
        hidden_dim=hidden_dim,
        dropout=dropout,
        learning_rate=learning_rate,
        seed=seed,
        device=device,
    )
    card = run(order, params, *read_corpus(corpus), lambda items: track(items, "training"))
    if card is not None:
        typer.echo(card.model_dump_json(indent=None if as_json else 2))


def _params(arm: tuple[str, ...], **given: object) -> WorldModelParams:
    """Put the parameters together.

    Raises:
        UsageError: A factor that does not exist, or a value that has no meaning.
    """
    from pydantic import ValidationError

    from schemas.errors import UsageError
    from schemas.world_model import Arm, WorldModelParams

    fields = dict(given)
    for text in arm:
        name, _, value = text.partition("=")
        if name not in {*Arm.model_fields, "recipe"}:
            raise UsageError(
                where="train world-model", field="--arm", expected=f"{', '.join(['recipe', *Arm.model_fields])}=VALUE",
                found=repr(text[:80]), fix="Give for example --arm anti_collapse=vicreg.",
            )  # fmt: skip
        fields[name] = value
    try:
        return WorldModelParams.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(
            where="train world-model", field=str(first["loc"][0]), expected=first["msg"].lower(),
            found=repr(first["input"])[:80], fix="See kinetrace train world-model --help.",
        ) from None  # fmt: skip
