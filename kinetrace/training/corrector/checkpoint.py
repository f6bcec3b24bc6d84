"""A training that was interrupted, as bytes, and back: weights, their running average, optimiser, step and losses."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from jaxtyping import Float
from pydantic import ValidationError
from torch import Tensor

from kinetrace.models.corrector.network import Corrector
from kinetrace.models.corrector.weights import with_weights
from kinetrace.store.safe_io.checkpoint import read_checkpoint
from kinetrace.store.safe_io.format_error import FormatError
from schemas.corrector import CorrectorParams
from schemas.errors import ArtifactError

KEYS = frozenset({"network", "average", "optimiser", "params", "data_sha256", "step", "losses"})
MOMENTS = ("step", "exp_avg", "exp_avg_sq")


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

    network: Corrector
    average: Corrector
    optimiser: torch.optim.AdamW
    params: CorrectorParams
    data_sha256: str
    step: int
    losses: list[float]


def fresh(
    params: CorrectorParams, covariance: Float[Tensor, "joints joints"], data_sha256: str, device: str
) -> Progress:
    """Give a training that has not begun; weights from torch's own source of chance.

    Args:
        params: What is trained.
        covariance: How joints leave their splines together.
        data_sha256: Digest of the window table.
        device: Where it will be trained.
    """
    network = Corrector(params)
    network.covariance.copy_(covariance)
    network = network.to(device)
    return Progress(network, copy.deepcopy(network).eval(), optimiser_of(network, params), params, data_sha256, 0, [])


def optimiser_of(network: Corrector, params: CorrectorParams) -> torch.optim.AdamW:
    """Give AdamW over the weights; biases and scales do not decay."""
    groups = [
        {"params": [w for w in network.parameters() if w.ndim > 1], "weight_decay": params.weight_decay},
        {"params": [w for w in network.parameters() if w.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=params.learning_rate, betas=(0.9, 0.98), fused=True)


def to_bytes(progress: Progress) -> bytes:
    """Write a training as it stands."""
    buffer = io.BytesIO()
    state = progress.optimiser.state_dict()["state"]
    torch.save(
        {
            "network": _tensors(progress.network.state_dict().items()),
            "average": _tensors(progress.average.state_dict().items()),
            "optimiser": _tensors((f"{k}.{name}", state[k][name]) for k in state for name in MOMENTS),
            "params": progress.params.model_dump_json(),
            "data_sha256": progress.data_sha256,
            "step": progress.step,
            "losses": torch.tensor(progress.losses, dtype=torch.float64),
        },
        buffer,
    )
    return buffer.getvalue()


def from_file(path: Path, device: str = "cpu") -> Progress:
    """Read a training that was interrupted.

    Raises:
        ArtifactError: Not such a file, or weights that do not fit.
    """
    found = _load(path)
    try:
        params = CorrectorParams.model_validate_json(found["params"])
        network, average = (with_weights(dict(found[part]), params).to(device) for part in ("network", "average"))
        step, losses = int(found["step"]), found["losses"].tolist()
    except (ValidationError, TypeError, ValueError, AttributeError) as error:
        raise _refuse(path, "contents", "a training of the corrector", str(error).split("\n")[0][:120]) from None
    if len(losses) != step:
        raise _refuse(path, "losses", f"{step}, one a step", f"{len(losses)}")
    optimiser = optimiser_of(network, params)
    _restore(path, optimiser, found["optimiser"])
    return Progress(network, average, optimiser, params, str(found["data_sha256"]), step, losses)


def _restore(path: Path, optimiser: torch.optim.AdamW, moments: Any) -> None:
    weights = [w for group in optimiser.param_groups for w in group["params"]]
    want = {f"{k}.{n}": () if n == "step" else tuple(w.shape) for k, w in enumerate(weights) for n in MOMENTS}
    if not isinstance(moments, dict) or set(moments) != set(want):
        raise _refuse(path, "optimiser", f"{len(want)} tensors", "others")
    for name, shape in want.items():
        value = moments[name]
        if not isinstance(value, Tensor) or tuple(value.shape) != shape or not bool(value.isfinite().all()):
            raise _refuse(path, f"optimiser.{name}", f"finite numbers of shape {shape}", "something else")
    state = {k: {n: moments[f"{k}.{n}"] for n in MOMENTS} for k in range(len(weights))}
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})


def _load(path: Path) -> dict[str, Any]:
    try:
        found = torch.load(io.BytesIO(read_checkpoint(path)), map_location="cpu", weights_only=True)
    except FormatError as error:
        raise _refuse(path, error.field, error.expected, error.found) from None
    except (OSError, RuntimeError, ValueError, EOFError, KeyError, UnpicklingError) as error:
        raise _refuse(path, "file", "a torch archive of tensors and plain values", str(error).split("\n")[0]) from None
    if not isinstance(found, dict) or set(found) != KEYS:
        raise _refuse(path, "keys", ", ".join(sorted(KEYS)), "others")
    return found


def _tensors(items: Iterable[tuple[str, Tensor]]) -> dict[str, Tensor]:
    return {name: value.detach().cpu().contiguous() for name, value in items}


def _refuse(path: Path, field: str, expected: str, found: str) -> ArtifactError:
    return ArtifactError(
        where=path.name, field=field, expected=expected, found=found, fix="Train from the start, into another folder."
    )
