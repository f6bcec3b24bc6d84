"""From a corpus to a folder with weights, their card and a checkpoint to go on from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float

from kinetrace.models.pinn.corruption import corrupt
from kinetrace.models.pinn.reconstruct import reconstruct
from kinetrace.models.pinn.weights import CARD, WEIGHTS, LoadedPinn, to_safetensors
from kinetrace.store.documents import encode
from kinetrace.store.publish import write_atomic
from kinetrace.training.pinn import train
from kinetrace.training.pinn_checkpoint import Progress, curve, from_file, to_bytes
from kinetrace.training.pinn_corpus import Division
from kinetrace.training.pinn_data import Recording, window_table
from kinetrace.training.pinn_evaluation import denoising, shaken
from kinetrace.training.world_model.device import choose_device
from schemas.errors import ComputeError, UsageError
from schemas.pinn import PinnCard, PinnDenoising, PinnParams

Watch = Callable[[Iterable[Any], str], Iterable[Any]]
CHECKPOINT = "checkpoint.pt"
CURVE_POINTS = 200
SMALL = {"width": 64, "layers": 2, "batch_size": 4, "learning_rate": 3e-3, "steps": 5000}
"""A size that a laptop trains in minutes."""


class Example(NamedTuple):
    """One corrupted recording and what the encoder makes of it."""

    recording: Recording
    shown: Float[np.ndarray, "frames joints 3"]
    visible: Bool[np.ndarray, "frames joints"]
    cleaned: Float[np.ndarray, "frames joints 3"]


def fit(
    division: Division,
    params: PinnParams,
    out: Path,
    resume: bool,
    watch: Watch = lambda items, what: items,
    keep_every: int = 200,
) -> tuple[LoadedPinn, PinnCard]:
    """Train an encoder, judge it on the held-out recordings and write its folder.

    Args:
        division: The recordings.
        params: Size, corruption, budget.
        out: Folder; `checkpoint.pt` every `keep_every` steps, and at the end `pinn.safetensors` and `pinn.json`.
        resume: Go on from the folder's checkpoint.
        watch: Wraps what takes long, for a progress bar.
        keep_every: Steps.

    Raises:
        UsageError: The folder holds a checkpoint and `resume` is off, or the other way round.
        ArtifactError: The checkpoint is of another training.
        ComputeError: Nothing to train on, the loss is not finite, memory is full or the asked device is not there.
    """
    device = choose_device(params.device)
    checkpoint = out / CHECKPOINT
    if checkpoint.exists() != resume:
        raise UsageError(
            where="train pinn", field="--resume", expected=f"a checkpoint in {out} with it, none without",
            found="none" if resume else CHECKPOINT,
            fix="Leave --resume out." if resume else "Add --resume, or choose another --out.",
        )  # fmt: skip
    table = window_table(division.training, params)
    before = from_file(checkpoint, device) if resume else None
    done = train(
        table,
        params,
        device,
        before,
        lambda k: watch(k, "training"),
        lambda p: write_atomic(checkpoint, to_bytes(p)),
        keep_every,
    )
    loaded = LoadedPinn(done.network.cpu().eval(), done.config)
    weights = to_safetensors(loaded.network, loaded.config)
    card = _card(loaded, done, division, hashlib.sha256(weights).hexdigest(), watch)
    write_atomic(out / WEIGHTS, weights)
    write_atomic(out / CARD, encode(card))
    return loaded, card


def example(loaded: LoadedPinn, division: Division, seed: int = 0) -> Example:
    """Corrupt the held-out recording whose joints move most, with the largest noise of training, and clean it."""
    recording = max(division.held_out or division.training, key=lambda r: float(r.positions.std(axis=0).mean()))
    clean, present = torch.from_numpy(recording.positions.astype(np.float32)), torch.from_numpy(recording.present)
    generator = torch.Generator().manual_seed(seed)
    made = corrupt(clean[None], present[None], torch.tensor([recording.fps]), loaded.config.params, generator)
    shown, visible = shaken(recording, loaded.config.params.noise_mm, seed), made.visible[0].numpy()
    return Example(recording, shown, visible, reconstruct(loaded, shown, visible, recording.fps).positions)


def _card(loaded: LoadedPinn, done: Progress, division: Division, sha256: str, watch: Watch) -> PinnCard:
    params, notes = loaded.config.params, []
    judged: list[PinnDenoising] = []
    for rate in watch(params.rates_hz, "judging"):
        try:
            judged.append(denoising(loaded, division.training, division.held_out, rate, params.noise_mm))
        except ComputeError as error:
            notes.append(f"Not judged at {rate:g} Hz: {error.found}.")
    history = curve(done.losses, CURVE_POINTS)
    return PinnCard(
        weights_sha256=sha256, parameters=sum(w.numel() for w in loaded.network.parameters()), steps=done.step,
        final_loss=history[-1], loss_curve=history, recordings=len(division.training),
        frames=sum(len(r.positions) for r in division.training), subjects=_subjects(division.training),
        held_out_subjects=_subjects(division.held_out), left_out=division.left_out, licences=division.licences,
        denoising=tuple(judged), config=loaded.config, notes=tuple(notes),
    )  # fmt: skip


def _subjects(recordings: tuple[Recording, ...]) -> tuple[str, ...]:
    return tuple(sorted({r.subject for r in recordings}))
