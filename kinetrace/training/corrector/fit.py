"""From recordings to a folder with weights, their card and a checkpoint to go on from."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from kinetrace.models.corrector.network import Corrector
from kinetrace.models.corrector.weights import CARD, WEIGHTS, read_corrector, to_safetensors
from kinetrace.store.documents import encode
from kinetrace.store.publish import write_atomic
from kinetrace.training.averaged import to_bytes
from kinetrace.training.corrector.checkpoint import Progress, from_file
from kinetrace.training.corrector.recordings import Recording
from kinetrace.training.corrector.training import train
from kinetrace.training.corrector.window_table import window_table
from kinetrace.training.world_model.device import choose_device
from schemas.corrector import CorrectorCard, CorrectorParams
from schemas.errors import UsageError

CHECKPOINT: Final = "checkpoint.pt"
CURVE_POINTS: Final = 100
SMALL: Final = {
    "width": 96, "layers": 2, "inner": 160, "batch_size": 32, "steps": 5500, "learning_rate": 2.5e-3,
    "joint_drop": 0.05, "limb_drop": 0.6, "frame_drop": 0.2, "noise_share": 0.4,
}  # fmt: skip
"""What ships: half an hour on one quiet core; limbs and noise, which are hard, come more often than single joints."""


def fit(
    recordings: Sequence[Recording],
    held_out: Sequence[str],
    params: CorrectorParams,
    out: Path,
    resume: bool = False,
    watch: Callable[[Iterable[int]], Iterable[int]] = lambda steps: steps,
    keep_every: int = 200,
) -> tuple[Corrector, CorrectorCard]:
    """Train a corrector and write its folder.

    Args:
        recordings: To train on.
        held_out: What was left out of them, for the card.
        params: Size, corruption, budget.
        out: Folder; `checkpoint.pt` every `keep_every` steps, and at the end the weights and their card.
        resume: Go on from the folder's checkpoint.
        watch: Wraps the step numbers, for a progress bar.
        keep_every: Steps.

    Returns:
        The corrector as its file holds it, and its card.

    Raises:
        UsageError: The folder holds a checkpoint and `resume` is off, or the other way round.
        ArtifactError: The checkpoint is of another training.
        ComputeError: Nothing to train on, the loss is not finite, or the asked device is not there.
    """
    checkpoint = out / CHECKPOINT
    if checkpoint.exists() != resume:
        raise UsageError(
            where="train corrector", field="--resume", expected=f"a checkpoint in {out} with it, none without",
            found=CHECKPOINT if checkpoint.exists() else "none",
            fix="Leave --resume out." if resume else "Add --resume, or choose another --out.",
        )  # fmt: skip
    device = choose_device(params.device)
    table = window_table(recordings, params.speeds_hz)
    before = from_file(checkpoint, device) if resume else None
    done = train(table, params, device, before, watch, lambda p: write_atomic(checkpoint, to_bytes(p)), keep_every)
    return write_folder(done, recordings, held_out, out)


def write_folder(
    done: Progress, recordings: Sequence[Recording], held_out: Sequence[str], out: Path
) -> tuple[Corrector, CorrectorCard]:
    """Write the averaged weights of a training, done or not, and their card."""
    weights = to_safetensors(done.average)
    losses = curve(done.losses, CURVE_POINTS)
    card = CorrectorCard(
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        parameters=sum(w.numel() for w in done.average.parameters()), steps=done.step,
        final_loss=losses[-1], loss_curve=losses, recordings=len(recordings),
        minutes=math.fsum(len(r.positions) / r.fps for r in recordings) / 60,
        subjects=tuple(sorted({r.subject for r in recordings})), held_out=tuple(held_out),
        licences=tuple(sorted({r.licence for r in recordings})), params=done.params,
    )  # fmt: skip
    write_atomic(out / WEIGHTS, weights)
    write_atomic(out / CARD, encode(card))
    return read_corrector(out)


def curve(losses: Sequence[float], points: int) -> tuple[float, ...]:
    """Give the mean loss over equal stretches of training, at most `points` of them."""
    edges = [round(k * len(losses) / min(points, len(losses))) for k in range(min(points, len(losses)) + 1)]
    return tuple(math.fsum(losses[a:b]) / (b - a) for a, b in itertools.pairwise(edges))
