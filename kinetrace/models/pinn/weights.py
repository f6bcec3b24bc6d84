"""Slim weights: one safetensors file that holds the encoder and its configuration, and nothing that can act."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from kinetrace.models.pinn.encoder import PinnEncoder
from kinetrace.models.pinn.joints import CHANNELS, JOINTS
from kinetrace.store.documents import read_json
from kinetrace.store.safe_io.caps import CHECKPOINT_BYTES
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.json_text import load_json
from kinetrace.store.safe_io.plain_file import read_plain
from schemas.errors import ArtifactError
from schemas.pinn import PinnCard, PinnConfig

HEADER_DEPTH = 8


WEIGHTS, CARD = "pinn.safetensors", "pinn.json"


@dataclass(frozen=True)
class LoadedPinn:
    """A trained encoder, on the CPU, in evaluation mode."""

    network: PinnEncoder
    config: PinnConfig


def to_safetensors(network: PinnEncoder, config: PinnConfig) -> bytes:
    """Write the encoder without optimiser or history; the bytes depend on nothing but its contents."""
    weights = {name: w.detach().cpu().contiguous() for name, w in network.state_dict().items()}
    return save(weights, metadata={"config": config.model_dump_json()})


def read_weights(path: Path, sha256: str | None = None) -> LoadedPinn:
    """Read slim weights and hold them against their own configuration.

    Args:
        path: A `pinn.safetensors`.
        sha256: Its digest as the card says it, checked on the bytes that are then loaded; None: not checked.

    Raises:
        ArtifactError: Other bytes than the digest says, not such a file, weights of another feature table, or weights
            of another shape.
    """
    try:
        data = read_plain(path, CHECKPOINT_BYTES)
    except FormatError as error:
        raise _refuse(path, error.field, error.expected, error.found) from None
    if sha256 is not None and (found := hashlib.sha256(data).hexdigest()) != sha256:
        raise _refuse(path, "content", f"sha256 {sha256[:12]}…, as its card says", f"{found[:12]}…")
    try:
        weights = load(data)
        header = load_json(data[8 : 8 + int.from_bytes(data[:8], "little")].decode(), HEADER_DEPTH)
        config = PinnConfig.model_validate_json(header["__metadata__"]["config"])
    except (SafetensorError, FormatError, ValidationError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise _refuse(path, "file", "PINN weights with their configuration", str(error).split("\n")[0][:120]) from None
    network = build(path.name, config)
    check_weights(path.name, network, weights)
    network.load_state_dict(weights)
    return LoadedPinn(network.eval(), config)


def read_pinn(folder: Path) -> tuple[LoadedPinn, PinnCard]:
    """Read what `kinetrace train pinn --out FOLDER` wrote: the weights, held against the digest in their card, and the card.

    Raises:
        ArtifactError: As `read_weights`, or the card is missing or not one.
    """
    card = read_json(folder / CARD, PinnCard)
    return read_weights(folder / WEIGHTS, card.weights_sha256), card


def build(where: str, config: PinnConfig) -> PinnEncoder:
    """Build the encoder that a configuration describes, with fresh weights.

    Raises:
        ArtifactError: The configuration is of another feature table.
    """
    if config.joints != JOINTS or config.channels != CHANNELS:
        ours, theirs = (f"{len(j)} joints × {len(c)} channels" for j, c in ((JOINTS, CHANNELS), _table(config)))
        raise _refuse(where, "feature table", f"{ours}, {JOINTS[0]} … {JOINTS[-1]}", f"{theirs}, another table")
    if {len(JOINTS)} != {len(config.mean), len(config.spread)}:
        raise _refuse(where, "mean and spread", f"{len(JOINTS)} rows", f"{len(config.mean)} and {len(config.spread)}")
    if {len(CHANNELS)} != {len(row) for row in (*config.mean, *config.spread)}:
        raise _refuse(where, "mean and spread", f"rows of {len(CHANNELS)}", "another length")
    return PinnEncoder(config)


def check_weights(where: str, network: PinnEncoder, weights: dict[str, Tensor]) -> None:
    """Refuse weights that are not those of this encoder.

    Raises:
        ArtifactError: Another name, shape or dtype, or a weight that is not finite.
    """
    want = network.state_dict()
    if set(weights) != set(want):
        odd = sorted(set(weights) ^ set(want))[0]
        raise _refuse(where, "weights", f"{len(want)} tensors", f"{len(weights)}; {odd[:60]} is on one side only")
    for name, tensor in want.items():
        value = weights[name]
        if value.shape != tensor.shape or value.dtype != tensor.dtype:
            found = f"{tuple(value.shape)} {value.dtype}"
            raise _refuse(where, f"weights.{name}", f"{tuple(tensor.shape)} {tensor.dtype}", found)
        if not bool(torch.isfinite(value).all()):
            raise _refuse(where, f"weights.{name}", "finite weights", "NaN or infinity")


def _table(config: PinnConfig) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return config.joints, config.channels


def _refuse(where: Path | str, field: str, expected: str, found: str) -> ArtifactError:
    name = where.name if isinstance(where, Path) else where
    return ArtifactError(
        where=name, field=field, expected=expected, found=found, fix="Train the encoder again: kinetrace train pinn."
    )
