"""From training files to a folder with weights, their card and a checkpoint to go on from."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.models.motion_prediction.network import MotionPredictor, count_parameters
from kinetrace.models.motion_prediction.weights import CARD, WEIGHTS, to_safetensors
from kinetrace.store.documents import encode
from kinetrace.store.publish import write_atomic
from kinetrace.training.averaged import to_bytes
from kinetrace.training.motion_prediction.checkpoint import from_file
from kinetrace.training.motion_prediction.training import train
from kinetrace.training.motion_prediction.window_table import window_table
from schemas.cmu_prediction import PredictionCard, PredictionParams
from schemas.errors import UsageError

CHECKPOINT: Final = "checkpoint.pt"
RECENT: Final = 100
"""Steps whose mean loss the card gives."""
Places = Float[np.ndarray, "_ 38 3"]


def fit(
    files: Mapping[str, Sequence[Places]],
    params: PredictionParams,
    out: Path,
    data: str,
    resume: bool = False,
    watch: Callable[[Iterable[int]], Iterable[int]] = lambda steps: steps,
    keep_every: int = 200,
) -> tuple[MotionPredictor, PredictionCard]:
    """Train a predictor and write its folder.

    Args:
        files: Action to its training files as `protocol_places` gives them, root held.
        params: Size and budget.
        out: Folder; `checkpoint.pt` every `keep_every` steps, and at the end the weights and their card.
        data: Source and licence of the files, for the card.
        resume: Go on from the folder's checkpoint.
        watch: Wraps the step numbers, for a progress bar.
        keep_every: Steps.

    Raises:
        UsageError: The folder holds a checkpoint and `resume` is off, or the other way round.
        ArtifactError: The checkpoint is of another training.
        ComputeError: Nothing to train on, or the loss is not finite.
    """
    checkpoint = out / CHECKPOINT
    if checkpoint.exists() != resume:
        raise UsageError(
            where="train cmu-prediction", field="--resume", expected=f"a checkpoint in {out} with it, none without",
            found=CHECKPOINT if checkpoint.exists() else "none",
            fix="Leave --resume out." if resume else "Add --resume, or choose another --out.",
        )  # fmt: skip
    table = window_table(files, params)
    before = from_file(checkpoint) if resume else None
    done = train(table, params, before, watch, lambda p: write_atomic(checkpoint, to_bytes(p)), keep_every)
    weights = to_safetensors(done.average)
    recent = done.losses[-RECENT:]
    card = PredictionCard(
        weights_sha256=hashlib.sha256(weights).hexdigest(), parameters=count_parameters(done.average), data=data,
        frames={action: sum(len(places) for places in files[action]) for action in sorted(files)},
        final_loss=math.fsum(recent) / len(recent), params=params,
    )  # fmt: skip
    write_atomic(out / WEIGHTS, weights)
    write_atomic(out / CARD, encode(card))
    return done.average, card
