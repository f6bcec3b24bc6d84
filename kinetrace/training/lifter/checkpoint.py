"""A training of the lifter that was interrupted, as bytes, and back: weights, their average, optimiser, step and errors."""

from __future__ import annotations

import copy
import io
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import ValidationError

from kinetrace.models.lifter.features import TABLE
from kinetrace.models.lifter.network import LifterNetwork
from kinetrace.models.lifter.weights import with_weights
from kinetrace.training.resumed import moments_of, plain_tensors, read_archive, refusal, restore_moments
from schemas.lifter import LifterParams

KEYS = frozenset({"network", "average", "optimiser", "params", "features", "data_sha256", "step", "errors"})


@dataclass
class Progress:
    """How far a training has come. What is drawn at step k follows from the seed and k, so no generator is kept.

    Attributes:
        network: What is trained.
        average: The same network with weights averaged over the last steps: what is used in the end.
        optimiser: Over the weights of `network`.
        params: By which it is trained.
        data_sha256: Digest of the motions.
        step: Steps done.
        errors: Mean joint error of every step done [statures].
    """

    network: LifterNetwork
    average: LifterNetwork
    optimiser: torch.optim.AdamW
    params: LifterParams
    data_sha256: str
    step: int
    errors: list[float]


def fresh(params: LifterParams, data_sha256: str) -> Progress:
    """Give a training that has not begun; weights from torch's own source of chance."""
    network = LifterNetwork(params)
    return Progress(network, copy.deepcopy(network).eval(), optimiser_of(network, params), params, data_sha256, 0, [])


def optimiser_of(network: LifterNetwork, params: LifterParams) -> torch.optim.AdamW:
    """Give AdamW over the weights; biases and scales do not decay."""
    groups = [
        {"params": [w for w in network.parameters() if w.ndim > 1], "weight_decay": params.weight_decay},
        {"params": [w for w in network.parameters() if w.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=params.learning_rate, betas=(0.9, 0.99), fused=True)


def to_bytes(progress: Progress) -> bytes:
    """Write a training as it stands."""
    buffer = io.BytesIO()
    torch.save(
        {
            "network": plain_tensors(progress.network.state_dict().items()),
            "average": plain_tensors(progress.average.state_dict().items()),
            "optimiser": moments_of(progress.optimiser),
            "params": progress.params.model_dump_json(),
            "features": TABLE,
            "data_sha256": progress.data_sha256,
            "step": progress.step,
            "errors": torch.tensor(progress.errors, dtype=torch.float64),
        },
        buffer,
    )
    return buffer.getvalue()


def from_file(path: Path, device: str = "cpu") -> Progress:
    """Read a training that was interrupted.

    Raises:
        ArtifactError: Not such a file, of another table of inputs, or weights that do not fit.
    """
    refuse = refusal(path)
    found = read_archive(path, KEYS, refuse)
    if found["features"] != TABLE:
        raise refuse("features", TABLE, str(found["features"])[:120])
    try:
        params = LifterParams.model_validate_json(found["params"])
        network, average = (with_weights(dict(found[part]), params).to(device) for part in ("network", "average"))
        step, errors = int(found["step"]), found["errors"].tolist()
    except (ValidationError, TypeError, ValueError, AttributeError) as error:
        raise refuse("contents", "a training of the lifter", str(error).split("\n")[0][:120]) from None
    if len(errors) != step:
        raise refuse("errors", f"{step}, one a step", f"{len(errors)}")
    optimiser = optimiser_of(network, params)
    restore_moments(optimiser, found["optimiser"], refuse)
    return Progress(network, average, optimiser, params, str(found["data_sha256"]), step, errors)
