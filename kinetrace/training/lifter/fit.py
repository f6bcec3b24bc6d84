"""From a corpus to a folder with the lifter's weights, their card and a checkpoint to go on from."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from kinetrace.models.lifter.features import TABLE
from kinetrace.models.lifter.network import count_parameters
from kinetrace.models.lifter.weights import CARD, WEIGHTS, Lifter, from_safetensors, to_safetensors
from kinetrace.store.documents import encode
from kinetrace.store.publish import write_atomic
from kinetrace.training.averaged import to_bytes
from kinetrace.training.lifter.calibration import spread_factor
from kinetrace.training.lifter.checkpoint import Progress, from_file
from kinetrace.training.lifter.division import LifterDivision
from kinetrace.training.lifter.motions import motion_table
from kinetrace.training.lifter.training import train
from schemas.errors import UsageError
from schemas.lifter import LifterCard, LifterParams

CHECKPOINT: Final = "checkpoint.pt"
RECENT: Final = 100
"""Steps whose mean error the card gives."""


def fit(
    division: LifterDivision,
    params: LifterParams,
    out: Path,
    resume: bool = False,
    watch: Callable[[Iterable[int]], Iterable[int]] = lambda steps: steps,
    keep_every: int = 200,
    device: str = "cpu",
) -> Lifter:
    """Train a lifter and write its folder.

    Args:
        division: Recordings; the held-out ones are only named.
        params: Size and budget.
        out: Folder; `checkpoint.pt` every `keep_every` steps, and at the end the weights and their card.
        resume: Go on from the folder's checkpoint.
        watch: Wraps the step numbers, for a progress bar.
        keep_every: Steps.
        device: `cpu` or `cuda`.

    Raises:
        UsageError: The folder holds a checkpoint and `resume` is off, or the other way round.
        ArtifactError: The checkpoint is of another training.
        ComputeError: Nothing to train on, or the loss is not finite.
    """
    checkpoint = out / CHECKPOINT
    if checkpoint.exists() != resume:
        raise UsageError(
            where="train lifter", field="--resume", expected=f"a checkpoint in {out} with it, none without",
            found=CHECKPOINT if checkpoint.exists() else "none",
            fix="Leave --resume out." if resume else "Add --resume, or choose another --out.",
        )  # fmt: skip
    table = motion_table(division.training)
    before = from_file(checkpoint, device) if resume else None

    def keep(progress: Progress) -> None:
        write_atomic(checkpoint, to_bytes(progress))

    done = train(table, params, before, watch, keep, keep_every, device)
    weights = to_safetensors(done.average)
    recent = done.losses[-RECENT:]
    card = LifterCard(
        weights_sha256=hashlib.sha256(weights).hexdigest(), parameters=count_parameters(done.average), features=TABLE,
        subjects=tuple(sorted({one.subject for one in division.training})),
        held_out=tuple(sorted({one.subject for one in division.held_out} - {o.subject for o in division.training})),
        licences=tuple(sorted({one.licence for one in division.training})),
        minutes=math.fsum(one.minutes for one in division.training), spread_factor=1.0,
        final_loss=math.fsum(recent) / len(recent), params=params,
    )  # fmt: skip
    lifter = Lifter(from_safetensors(weights, params), card)
    factor = spread_factor(lifter, division.held_out)
    lifter = replace(lifter, card=card.model_copy(update={"spread_factor": factor}))
    write_atomic(out / WEIGHTS, weights)
    write_atomic(out / CARD, encode(lifter.card))
    return lifter
