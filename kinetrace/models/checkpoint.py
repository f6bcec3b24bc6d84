"""A trained world model as bytes, and back; nothing but tensors and plain values ever comes out of a file."""

from __future__ import annotations

import io
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from pydantic import ValidationError
from torch import Tensor

from kinetrace.models.features import feature_map
from kinetrace.models.world_model import PinnFront, WorldModel
from kinetrace.store.safe_io.checkpoint import read_checkpoint
from kinetrace.store.safe_io.format_error import FormatError
from schemas.errors import ArtifactError
from schemas.world_model import WorldModelConfig

PARTS = ("encoder", "predictor", "target_encoder", "decoder", "inverse")
MAX_JOINTS = 64
KEYS = frozenset({*(f"{part}_state_dict" for part in PARTS), "training_config", "loss_curve"})


def build_model(config: WorldModelConfig, models: int | None = None) -> WorldModel:
    """Build the networks that a configuration describes, with fresh weights; `models` of them with stacked weights."""
    posed = feature_map(config.params.arm.frame, config.joints).posed
    front = None if config.pinn is None else PinnFront(config.pinn, config.joints, config.params.pinn_frozen)
    return WorldModel(
        recipe=config.recipe,
        arm=config.params.arm,
        features=len(config.feature_names),
        latent=config.params.latent_dim,
        hidden=config.params.hidden_dim,
        dropout=config.params.dropout,
        fps=config.fps,
        actions=config.params.actions,
        posed=posed,
        models=models,
        pinn=front,
    )


def to_bytes(model: WorldModel, config: WorldModelConfig, loss_curve: tuple[float, ...]) -> bytes:
    """Write a model as a checkpoint whose bytes depend on nothing but its contents.

    Args:
        model: Trained networks, on any device.
        config: What they were trained with.
        loss_curve: Mean loss over equal stretches of training.

    Returns:
        A `torch.save` archive; it is written to memory because the archive would carry the name of a file.
    """
    weights = {
        f"{part}_state_dict": {k: v.detach().cpu().contiguous() for k, v in getattr(model, part).state_dict().items()}
        for part in PARTS
    }
    buffer = io.BytesIO()
    torch.save({**weights, "training_config": config.model_dump(), "loss_curve": list(loss_curve)}, buffer)
    return buffer.getvalue()


def from_file(path: Path, sha256: str | None = None) -> tuple[WorldModel, WorldModelConfig]:
    """Read a checkpoint and hold it against its own configuration.

    Args:
        path: A `checkpoint.pt`.
        sha256: Its digest in the manifest of the stage that wrote it, checked on the bytes that are then loaded; None
            for a file that no manifest speaks of.

    Returns:
        The networks on the CPU, in evaluation mode, and their configuration.

    Raises:
        ArtifactError: Other bytes than the digest says, not a checkpoint, a key is missing or unknown, or a weight has
            the wrong shape.
    """
    found = _load(path, sha256)
    if set(found) != KEYS:
        raise _refuse(path, "keys", ", ".join(sorted(KEYS)), ", ".join(sorted(map(str, found))))
    try:
        config = WorldModelConfig.model_validate(found["training_config"])
    except ValidationError as error:
        raise _refuse(path, "training_config", "a world model configuration", str(error)) from None
    if len(config.joints) > MAX_JOINTS:
        raise _refuse(path, "joints", f"at most {MAX_JOINTS}", f"{len(config.joints)}")
    names = feature_map(config.params.arm.frame, config.joints).names
    if not names == config.feature_names or not len(names) == len(config.feature_mean) == len(config.feature_scale):
        raise _refuse(path, "feature_names", f"{len(names)} features of recipe {config.recipe}", "another table")
    if len(config.latent_std) != config.params.latent_dim:
        raise _refuse(path, "latent_std", f"{config.params.latent_dim} values", f"{len(config.latent_std)}")
    with torch.device("meta"):  # shapes alone: a configuration may ask for more than the file holds
        shapes = build_model(config)
    for part in PARTS:
        _check_weights(path, part, getattr(shapes, part), found[f"{part}_state_dict"])
    model = build_model(config)
    for part in PARTS:
        getattr(model, part).load_state_dict(found[f"{part}_state_dict"])
    return model.eval(), config


def _load(path: Path, sha256: str | None) -> dict[str, Any]:
    try:
        found = torch.load(io.BytesIO(read_checkpoint(path, sha256)), map_location="cpu", weights_only=True)
    except FormatError as error:
        what = ("a checkpoint", "nothing") if error.rule == "missing" else (error.expected, error.found)
        raise _refuse(path, error.field if error.field == "content" else "file", *what) from None
    except (OSError, RuntimeError, ValueError, EOFError, KeyError) as error:
        raise _refuse(path, "file", "a torch archive of tensors and plain values", str(error).split("\n")[0]) from None
    except UnpicklingError:
        raise _refuse(path, "file", "tensors and plain values only", "an object of another kind") from None
    if not isinstance(found, dict):
        raise _refuse(path, "file", "a dictionary", type(found).__name__)
    return found


def _check_weights(path: Path, part: str, module: torch.nn.Module, state: object) -> None:
    want = module.state_dict()
    if not isinstance(state, dict) or set(state) != set(want):
        raise _refuse(path, f"{part}_state_dict", ", ".join(want), "other names")
    for name, tensor in want.items():
        value = state[name]
        if not isinstance(value, Tensor) or value.shape != tensor.shape or value.dtype != tensor.dtype:
            found = f"{tuple(value.shape)} {value.dtype}" if isinstance(value, Tensor) else type(value).__name__
            raise _refuse(path, f"{part}_state_dict.{name}", f"{tuple(tensor.shape)} {tensor.dtype}", found)
        if not bool(torch.isfinite(value).all()):
            raise _refuse(path, f"{part}_state_dict.{name}", "finite weights", "NaN or infinity")


def _refuse(path: Path, field: str, expected: str, found: str) -> ArtifactError:
    return ArtifactError(
        where=path.name, field=field, expected=expected, found=found, fix="Run stage s06_world_model again."
    )
