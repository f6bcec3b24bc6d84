"""A training that was interrupted, as bytes, and back: weights, their running average, optimiser, step and losses."""

from __future__ import annotations

import copy
import io
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import ValidationError

from kinetrace.models.motion_prediction.network import MotionPredictor
from kinetrace.models.motion_prediction.weights import with_weights
from kinetrace.training.resumed import moments_of, plain_tensors, read_archive, refusal, restore_moments
from schemas.cmu_prediction import PredictionParams

KEYS = frozenset({"network", "average", "optimiser", "params", "data_sha256", "step", "losses"})


@dataclass
class Progress:
    """How far a training has come. What is drawn at step k follows from the seed and k, so no generator is kept.

    Attributes:
        network: What is trained.
        average: The same network with weights averaged over the last steps: what is used in the end.
        optimiser: Over the weights of `network`.
        params: By which it is trained.
        data_sha256: Digest of the window table.
        step: Steps done.
        losses: Of every step done.
    """

    network: MotionPredictor
    average: MotionPredictor
    optimiser: torch.optim.AdamW
    params: PredictionParams
    data_sha256: str
    step: int
    losses: list[float]


def fresh(params: PredictionParams, data_sha256: str) -> Progress:
    """Give a training that has not begun; weights from torch's own source of chance."""
    network = MotionPredictor(params)
    return Progress(network, copy.deepcopy(network).eval(), optimiser_of(network, params), params, data_sha256, 0, [])


def optimiser_of(network: MotionPredictor, params: PredictionParams) -> torch.optim.AdamW:
    """Give AdamW over the weights; biases and scales do not decay."""
    groups = [
        {"params": [w for w in network.parameters() if w.ndim > 1], "weight_decay": params.weight_decay},
        {"params": [w for w in network.parameters() if w.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=params.learning_rate, betas=(0.9, 0.98), fused=True)


def to_bytes(progress: Progress) -> bytes:
    """Write a training as it stands."""
    buffer = io.BytesIO()
    torch.save(
        {
            "network": plain_tensors(progress.network.state_dict().items()),
            "average": plain_tensors(progress.average.state_dict().items()),
            "optimiser": moments_of(progress.optimiser),
            "params": progress.params.model_dump_json(),
            "data_sha256": progress.data_sha256,
            "step": progress.step,
            "losses": torch.tensor(progress.losses, dtype=torch.float64),
        },
        buffer,
    )
    return buffer.getvalue()


def from_file(path: Path) -> Progress:
    """Read a training that was interrupted.

    Raises:
        ArtifactError: Not such a file, or weights that do not fit.
    """
    refuse = refusal(path)
    found = read_archive(path, KEYS, refuse)
    try:
        params = PredictionParams.model_validate_json(found["params"])
        network, average = (with_weights(dict(found[part]), params) for part in ("network", "average"))
        step, losses = int(found["step"]), found["losses"].tolist()
    except (ValidationError, TypeError, ValueError, AttributeError) as error:
        raise refuse("contents", "a training of the predictor", str(error).split("\n")[0][:120]) from None
    if len(losses) != step:
        raise refuse("losses", f"{step}, one a step", f"{len(losses)}")
    optimiser = optimiser_of(network, params)
    restore_moments(optimiser, found["optimiser"], refuse)
    return Progress(network, average, optimiser, params, str(found["data_sha256"]), step, losses)
