"""A training of the lifter that was interrupted, as bytes, and back: weights, their average, optimiser, step and errors."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from pydantic import ValidationError
from torch import Tensor

from kinetrace.models.lifter.features import TABLE
from kinetrace.models.lifter.network import LifterNetwork
from kinetrace.models.lifter.weights import with_weights
from kinetrace.store.safe_io.checkpoint import read_checkpoint
from kinetrace.store.safe_io.format_error import FormatError
from schemas.errors import ArtifactError
from schemas.lifter import LifterParams

KEYS = frozenset({"network", "average", "optimiser", "params", "features", "data_sha256", "step", "errors"})
MOMENTS = ("step", "exp_avg", "exp_avg_sq")


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
    state = progress.optimiser.state_dict()["state"]
    torch.save(
        {
            "network": _tensors(progress.network.state_dict().items()),
            "average": _tensors(progress.average.state_dict().items()),
            "optimiser": _tensors((f"{k}.{name}", state[k][name]) for k in state for name in MOMENTS),
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
    found = _load(path)
    if found["features"] != TABLE:
        raise _refuse(path, "features", TABLE, str(found["features"])[:120])
    try:
        params = LifterParams.model_validate_json(found["params"])
        network, average = (with_weights(dict(found[part]), params).to(device) for part in ("network", "average"))
        step, errors = int(found["step"]), found["errors"].tolist()
    except (ValidationError, TypeError, ValueError, AttributeError) as error:
        raise _refuse(path, "contents", "a training of the lifter", str(error).split("\n")[0][:120]) from None
    if len(errors) != step:
        raise _refuse(path, "errors", f"{step}, one a step", f"{len(errors)}")
    optimiser = optimiser_of(network, params)
    _restore(path, optimiser, found["optimiser"])
    return Progress(network, average, optimiser, params, str(found["data_sha256"]), step, errors)


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
