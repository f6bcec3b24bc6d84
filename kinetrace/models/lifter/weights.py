"""The lifter's weights and their card; held against their digest before they are used."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from kinetrace.models.lifter.features import TABLE
from kinetrace.models.lifter.network import LifterNetwork
from kinetrace.store.documents import read_json
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.plain_file import read_plain
from schemas.errors import ArtifactError
from schemas.lifter import LifterCard, LifterParams

SHIPPED: Final = Path(__file__).resolve().parents[1] / "weights"
WEIGHTS: Final = "lifter.safetensors"
CARD: Final = "lifter.json"
LARGEST_BYTES: Final = 8_000_000


@dataclass(frozen=True)
class Lifter:
    """A trained network in evaluation mode, and its card."""

    network: LifterNetwork
    card: LifterCard


def to_safetensors(network: LifterNetwork) -> bytes:
    """Write the weights as 16-bit numbers; the bytes depend on nothing but their values."""
    state = network.state_dict()
    return save({name: weight.detach().cpu().half().contiguous() for name, weight in state.items()})


def read_lifter(folder: Path = SHIPPED) -> Lifter:
    """Read the weights in a folder and their card.

    Args:
        folder: With both files, as `kinetrace train lifter` writes them; default: those of the project.

    Raises:
        ArtifactError: A file is missing, the digest differs from the card's, or the weights are of another network or
            of another table of inputs.
    """
    try:
        card = read_json(folder / CARD, LifterCard)
    except ArtifactError as error:
        raise _refuse(error.field, error.expected, error.found, CARD) from None
    if card.features != TABLE:
        raise _refuse("features", TABLE, card.features[:120], CARD)
    try:
        data = read_plain(folder / WEIGHTS, LARGEST_BYTES)
    except FormatError as error:
        raise _refuse(error.field, error.expected, error.found) from None
    digest = hashlib.sha256(data).hexdigest()
    if digest != card.weights_sha256:
        raise _refuse("content", f"sha256 {card.weights_sha256[:12]}…, as its card says", f"{digest[:12]}…")
    return Lifter(from_safetensors(data, card.params), card)


@lru_cache(maxsize=1)
def shipped_lifter() -> Lifter:
    """Give the project's own lifter; read once.

    Raises:
        ArtifactError: As `read_lifter`.
    """
    return read_lifter()


def from_safetensors(data: bytes, params: LifterParams) -> LifterNetwork:
    """Build the network from written weights, in evaluation mode.

    Raises:
        ArtifactError: Not safetensors, or of another network.
    """
    try:
        weights = load(data)
    except SafetensorError as error:
        raise _refuse("file", "a safetensors file", str(error).split("\n")[0][:120]) from None
    return with_weights({name: weight.float() for name, weight in weights.items()}, params)


def with_weights(weights: dict[str, Tensor], params: LifterParams) -> LifterNetwork:
    """Build the network and give it weights, in evaluation mode.

    Raises:
        ArtifactError: A name, shape or dtype of another network, or a weight that is not finite.
    """
    with torch.random.fork_rng(devices=[]):
        network = LifterNetwork(params)
    want = network.state_dict()
    if set(weights) != set(want):
        odd = sorted(set(weights) ^ set(want))[0]
        raise _refuse("weights", f"{len(want)} tensors", f"{len(weights)}; {odd[:60]} is on one side only")
    for name, tensor in want.items():
        value = weights[name]
        if value.shape != tensor.shape or value.dtype != tensor.dtype:
            raise _refuse(name, f"{tuple(tensor.shape)} {tensor.dtype}", f"{tuple(value.shape)} {value.dtype}")
        if not bool(torch.isfinite(value).all()):
            raise _refuse(name, "finite weights", "NaN or infinity")
    network.load_state_dict(weights)
    return network.eval()


def _refuse(field: str, expected: str, found: str, where: str = WEIGHTS) -> ArtifactError:
    return ArtifactError(
        where=where, field=field, expected=expected, found=found,
        fix="Fetch the project's files again, or train anew: kinetrace train lifter.",
    )  # fmt: skip
