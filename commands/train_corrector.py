"""Training the joint corrector."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from commands.console import JsonOption, one_thread

if TYPE_CHECKING:
    from kinetrace.training.corrector.recordings import Recording
    from schemas.corrector import CorrectorParams

EPILOG = "Example: kinetrace train corrector --corpus corpus.h5 --out runs/corrector --small"


def train_corrector(
    out: Annotated[Path, typer.Option(help="Folder for weights, card and checkpoint.")],
    corpus: Annotated[Optional[Path], typer.Option(help="What `kinetrace corpus build` wrote.")] = None,  # noqa: UP045
    windows: Annotated[
        Optional[list[Path]],  # noqa: UP045
        typer.Option(help="time_sequences.h5 of the Motion Foundation Model; may be repeated."),
    ] = None,
    source: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="A data set of the corpus to train on; may be repeated. Default: all."),
    ] = None,
    held_out: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="Pattern of names that are not trained on, e.g. '*/ui_prmd_s05/*'; may be repeated."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the checkpoint in OUT, to the same weights.")
    ] = False,
    small: Annotated[
        bool, typer.Option("--small", help="What ships, 2 × 96: half an hour on one core. Default: 3 × 256.")
    ] = False,
    merge: Annotated[
        Optional[Literal["sum", "concat"]],  # noqa: UP045
        typer.Option(help="How the two directions are put together; default: concat."),
    ] = None,
    steps: Annotated[Optional[int], typer.Option(help="Steps; default 30 000, small 5500.")] = None,  # noqa: UP045
    batch_size: Annotated[Optional[int], typer.Option(help="Windows a step.")] = None,  # noqa: UP045
    accumulate: Annotated[Optional[int], typer.Option(help="Parts that a step is computed in.")] = None,  # noqa: UP045
    mixed_precision: Annotated[bool, typer.Option("--mixed-precision", help="bfloat16 where it is safe.")] = False,
    learning_rate: Annotated[Optional[float], typer.Option(help="Largest learning rate.")] = None,  # noqa: UP045
    l2: Annotated[Optional[float], typer.Option(help="Weight decay.")] = None,  # noqa: UP045
    noise_mm: Annotated[Optional[float], typer.Option(help="Largest mean distance noise moves a joint by.")] = None,  # noqa: UP045
    noise_share: Annotated[Optional[float], typer.Option(help="Share of windows that are noisy.")] = None,  # noqa: UP045
    joint_drop: Annotated[Optional[float], typer.Option(help="Share of gaps that hide one joint.")] = None,  # noqa: UP045
    limb_drop: Annotated[Optional[float], typer.Option(help="Share of gaps that hide a limb.")] = None,  # noqa: UP045
    frame_drop: Annotated[Optional[float], typer.Option(help="Share of gaps that hide every joint.")] = None,  # noqa: UP045
    seed: Annotated[int, typer.Option(help="Of weights, windows and corruption.")] = 0,
    device: Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="Where to train.")] = "auto",
    keep_every: Annotated[int, typer.Option(min=1, help="Steps between checkpoints.")] = 200,
    as_json: JsonOption = False,
) -> None:
    """Train the corrector to fill hidden joints and to take noise out, on people's complete motion."""
    one_thread()
    from benchmarks.progress import track
    from kinetrace.training.corrector.fit import fit
    from kinetrace.training.corrector.recordings import divide

    params = _params(
        small, merge=merge, steps=steps, batch_size=batch_size, accumulate=accumulate, learning_rate=learning_rate,
        mixed_precision=mixed_precision or None, weight_decay=l2, noise_mm=noise_mm, noise_share=noise_share,
        joint_drop=joint_drop, limb_drop=limb_drop, frame_drop=frame_drop, seed=seed, device=device,
    )  # fmt: skip
    training, apart = divide(_recordings(corpus, windows or ()), tuple(source or ()), tuple(held_out or ()))
    patterns = tuple(held_out or ())
    _, card = fit(training, patterns, params, out, resume, lambda k: track(k, "training", params.steps), keep_every)
    if as_json:
        typer.echo(card.model_dump_json())
        return
    typer.echo(
        f"{card.parameters} parameters, {card.recordings} recordings, {card.minutes:.1f} min, {card.steps} steps"
    )
    typer.echo(
        f"{len(apart)} recordings held out; loss {card.loss_curve[0]:.3f} at first, {card.final_loss:.3f} at last"
    )
    typer.echo(f"Weights and card: {out}. Judge the shipped ones: kinetrace bench corrector")


def _recordings(corpus: Path | None, windows: list[Path] | tuple[()]) -> tuple[Recording, ...]:
    """Read all sources that were given.

    Raises:
        UsageError: None was.
    """
    from benchmarks.progress import track
    from kinetrace.training.corrector.recordings import read_recordings
    from schemas.errors import UsageError

    if corpus is None and not windows:
        raise UsageError(
            where="train corrector", field="--corpus", expected="recordings to train on", found="none",
            fix="Give --corpus corpus.h5 (kinetrace corpus build), --windows time_sequences.h5, or both.",
        )  # fmt: skip
    found = () if corpus is None else read_recordings(corpus)
    if windows:
        from adapters.corrector_windows import read_windows

        def track_windows(numbers: Iterable[int]) -> Iterable[int]:
            return track(numbers, "reading windows")

        found += tuple(one for file in windows for one in read_windows(file, track_windows))
    return found


def _params(small: bool, **given: object) -> CorrectorParams:
    """Put the parameters together; a value out of range is refused by name.

    Raises:
        UsageError: A value has no meaning.
    """
    from pydantic import ValidationError

    from kinetrace.training.corrector.fit import SMALL
    from schemas.corrector import CorrectorParams
    from schemas.errors import UsageError

    fields = (SMALL if small else {}) | {name: value for name, value in given.items() if value is not None}
    try:
        return CorrectorParams.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).replace("_", "-") if first["loc"] else "options"
        raise UsageError(
            where="train corrector", field=f"--{'l2' if name == 'weight-decay' else name}", expected=first["msg"].lower(),
            found=repr(first["input"])[:80], fix="kinetrace train corrector --help lists the options.",
        ) from None  # fmt: skip
