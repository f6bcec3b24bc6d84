"""The lifter's weights and their card; held against their digest before they are used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import save
from torch import Tensor

from kinetrace.models.lifter.features import TABLE
from kinetrace.models.lifter.network import LifterNetwork
from kinetrace.models.weights_file import checked_bytes, filled, in_single_precision, tensors_in
from kinetrace.store.documents import read_json
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
    data = checked_bytes(folder / WEIGHTS, card.weights_sha256, LARGEST_BYTES, _refuse)
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
    weights = in_single_precision(tensors_in(data, _refuse), _refuse)
    return with_weights(weights, params)


def with_weights(weights: dict[str, Tensor], params: LifterParams) -> LifterNetwork:
    """Build the network and give it weights, in evaluation mode.

    Raises:
        ArtifactError: A name, shape or dtype of another network, or a weight that is not finite.
    """
    with torch.random.fork_rng(devices=[]):
        network = LifterNetwork(params)
    return filled(network, weights, _refuse)


def _refuse(field: str, expected: str, found: str, where: str = WEIGHTS) -> ArtifactError:
    return ArtifactError(
        where=where, field=field, expected=expected, found=found,
        fix="Fetch the project's files again, or train anew: kinetrace train lifter.",
    )  # fmt: skip
