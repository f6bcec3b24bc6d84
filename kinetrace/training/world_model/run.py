"""`kinetrace train world-model`: from a corpus to weights and a card that says what they are worth."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch

from kinetrace.models.checkpoint import to_bytes
from kinetrace.models.inference import loaded_model
from kinetrace.store.documents import encode
from kinetrace.store.publish import write_atomic
from kinetrace.training.world_model.device import choose_device, device_name
from kinetrace.training.world_model.distributed import processes
from kinetrace.training.world_model.engine import Shown
from kinetrace.training.world_model.held_out import judge
from kinetrace.training.world_model.pool import divide, pool
from kinetrace.training.world_model.pooled import progress_file, train_pooled
from schemas.corpus import Corpus, CorpusArrays
from schemas.errors import ParamsError
from schemas.world_model import WorldModelCard, WorldModelParams

WEIGHTS, CARD = "world_model.pt", "world_model.json"


@dataclass(frozen=True)
class Order:
    """What is asked for.

    Attributes:
        corpus: File of the corpus, named in the card.
        out: Folder for weights, card and progress.
        sources: To train on; empty: all.
        held_out: Patterns of recordings' names to judge on only.
        resume: Whether progress in `out` is taken up.
        keep_every: Steps between two notes of progress.
    """

    corpus: Path
    out: Path
    sources: tuple[str, ...]
    held_out: tuple[str, ...]
    resume: bool
    keep_every: int


def run(
    order: Order, params: WorldModelParams, arrays: CorpusArrays, about: Corpus, shown: Shown
) -> WorldModelCard | None:
    """Train, judge, and write `world_model.pt` and `world_model.json`.

    Args:
        order: What is asked for.
        params: Recipe and budget.
        arrays: Of the corpus.
        about: Its document.
        shown: Wraps the loop over steps.

    Returns:
        The card; None in a process of `torchrun` other than the first.

    Raises:
        ParamsError: Nothing is held out, or a name fits nothing.
        ComputeError: No GPU, too little memory, or a loss that is no number.
        ArtifactError: The progress to be taken up is of another run.
    """
    if not order.held_out:
        raise ParamsError(
            where="train world-model", field="--held-out", expected="a pattern, e.g. '*/ui_prmd_s05/*'", found="none",
            fix="Hold people out: what a model is worth on those it knows says nothing.",
        )  # fmt: skip
    device = choose_device(params.device)
    division = divide(about, order.sources, order.held_out)
    data = pool(arrays, about, division.train)
    kept = progress_file(order.out, data, params, order.keep_every, order.resume)
    with processes(device) as group:
        torch.set_num_threads(1)
        trained = train_pooled(data, params, device, shown, kept, group)
        if group.rank:
            return None
    model = loaded_model(trained.model, trained.config)
    weights = to_bytes(trained.model, trained.config, trained.loss_curve)
    card = WorldModelCard(
        corpus=order.corpus.name,
        sources=tuple(sorted({about.recordings[i].source for i in division.train})),
        licences=tuple(sorted({about.recordings[i].licence for i in division.train})),
        subjects=tuple(sorted({about.recordings[i].subject for i in division.train})),
        held_out_patterns=order.held_out,
        recordings=len(division.train),
        anchors=len(data.states) // 2,
        trained_fps=data.fps,
        device=device_name(device),
        arm=params.arm,
        params=params,
        parameters=sum(p.numel() for p in trained.model.trainable()),
        sha256=hashlib.sha256(weights).hexdigest(),
        final_loss=trained.loss_curve[-1],
        judged=judge(model, arrays, about, division, data),
    )
    write_atomic(order.out / WEIGHTS, weights)
    write_atomic(order.out / CARD, encode(card))
    return card
