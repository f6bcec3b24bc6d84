"""A training that was interrupted, as bytes, and back: weights, optimiser, step and losses, and no chance to remember."""

from __future__ import annotations

import io
import itertools
import math
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from pydantic import ValidationError

from kinetrace.models.pinn.encoder import PinnEncoder
from kinetrace.models.pinn.weights import build, check_weights
from kinetrace.store.safe_io.checkpoint import read_checkpoint
from kinetrace.store.safe_io.format_error import FormatError
from schemas.errors import ArtifactError
from schemas.pinn import PinnConfig

KEYS = frozenset({"network", "optimiser", "config", "data_sha256", "step", "losses"})


@dataclass
class Progress:
    """How far a training has come. What is drawn at step k follows from the seed and k, so no generator is kept.

    Attributes:
        network: On the CPU or wherever it is trained.
        optimiser: AdamW over its weights.
        config: What is trained.
        data_sha256: Digest of the window table that it is trained on.
        step: Steps done.
        losses: Of every step done.
    """

    network: PinnEncoder
    optimiser: torch.optim.AdamW
    config: PinnConfig
    data_sha256: str
    step: int
    losses: list[float]


def fresh(config: PinnConfig, data_sha256: str, device: str) -> Progress:
    """Give a training that has not begun; weights from torch's own source of chance."""
    network = build("pinn", config).to(device)
    return Progress(network, optimiser_of(network, config), config, data_sha256, 0, [])


def optimiser_of(network: PinnEncoder, config: PinnConfig) -> torch.optim.AdamW:
    """Give AdamW over all weights."""
    params = config.params
    return torch.optim.AdamW(network.parameters(), params.learning_rate, weight_decay=params.weight_decay, fused=True)


def to_bytes(progress: Progress) -> bytes:
    """Write a training as it stands."""
    buffer = io.BytesIO()
    moments = progress.optimiser.state_dict()["state"]
    torch.save(
        {
            "network": {name: w.detach().cpu().contiguous() for name, w in progress.network.state_dict().items()},
            "optimiser": {
                f"{index}.{name}": value.detach().cpu().contiguous()
                for index, state in moments.items()
                for name, value in state.items()
            },
            "config": progress.config.model_dump(),
            "data_sha256": progress.data_sha256,
            "step": progress.step,
            "losses": torch.tensor(progress.losses, dtype=torch.float64),
        },
        buffer,
    )
    return buffer.getvalue()


def from_file(path: Path, device: str) -> Progress:
    """Read a training that was interrupted.

    Raises:
        ArtifactError: Not such a file, of another feature table, or weights that do not fit.
    """
    found = _load(path)
    if set(found) != KEYS:
        raise _refuse(path, "keys", ", ".join(sorted(KEYS)), ", ".join(sorted(map(str, found)))[:120])
    try:
        config = PinnConfig.model_validate(found["config"])
    except ValidationError as error:
        raise _refuse(path, "config", "a PINN configuration", str(error).split("\n")[0]) from None
    network, losses = build(path.name, config), found["losses"]
    if not isinstance(found["network"], dict):
        raise _refuse(path, "network", "named tensors", type(found["network"]).__name__)
    check_weights(path.name, network, found["network"])
    network.load_state_dict(found["network"])
    if not isinstance(losses, torch.Tensor) or losses.shape != (found["step"],):
        raise _refuse(path, "losses", "one a step", "another number")
    network.to(device)
    optimiser = optimiser_of(network, config)
    _restore(path, optimiser, network, found["optimiser"])
    return Progress(network, optimiser, config, str(found["data_sha256"]), int(found["step"]), losses.tolist())


def _restore(path: Path, optimiser: torch.optim.AdamW, network: PinnEncoder, moments: Any) -> None:
    state: dict[int, dict[str, torch.Tensor]] = {}
    for index, weight in enumerate(network.parameters()):
        state[index] = {}
        for name in ("step", "exp_avg", "exp_avg_sq"):
            value = moments.get(f"{index}.{name}") if isinstance(moments, dict) else None
            shape = () if name == "step" else tuple(weight.shape)
            if not isinstance(value, torch.Tensor) or tuple(value.shape) != shape or not bool(value.isfinite().all()):
                raise _refuse(path, f"optimiser.{index}.{name}", f"finite numbers of shape {shape}", "something else")
            state[index][name] = value
    if len(moments) != sum(map(len, state.values())):
        raise _refuse(path, "optimiser", f"{sum(map(len, state.values()))} tensors", f"{len(moments)}")
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})


def _load(path: Path) -> dict[str, Any]:
    try:
        found = torch.load(io.BytesIO(read_checkpoint(path)), map_location="cpu", weights_only=True)
    except FormatError as error:
        raise _refuse(path, error.field, error.expected, error.found) from None
    except (OSError, RuntimeError, ValueError, EOFError, KeyError, UnpicklingError) as error:
        raise _refuse(path, "file", "a torch archive of tensors and plain values", str(error).split("\n")[0]) from None
    if not isinstance(found, dict):
        raise _refuse(path, "file", "a dictionary", type(found).__name__)
    return found


def curve(losses: list[float], points: int) -> tuple[float, ...]:
    """Give the mean loss over equal stretches of training, at most `points` of them."""
    edges = [round(k * len(losses) / min(points, len(losses))) for k in range(min(points, len(losses)) + 1)]
    return tuple(math.fsum(losses[a:b]) / (b - a) for a, b in itertools.pairwise(edges))


def _refuse(path: Path, field: str, expected: str, found: str) -> ArtifactError:
    return ArtifactError(
        where=path.name, field=field, expected=expected, found=found, fix="Train from the start, into another folder."
    )
