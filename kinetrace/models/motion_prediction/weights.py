"""Weights and their card on disk; those that travel with the project, held against their digest before they are used."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import torch
from safetensors.torch import save
from torch import Tensor

from kinetrace.models.motion_prediction.network import MotionPredictor
from kinetrace.models.weights_file import checked_bytes, filled, tensors_in
from kinetrace.store.documents import read_json
from schemas.cmu_prediction import PredictionCard, PredictionParams
from schemas.errors import ArtifactError

SHIPPED: Final = Path(__file__).resolve().parents[1] / "weights"
WEIGHTS: Final = "cmu_prediction.safetensors"
CARD: Final = "cmu_prediction.json"
LARGEST_BYTES: Final = 8_000_000


def to_safetensors(network: MotionPredictor) -> bytes:
    """Write the weights; the bytes depend on nothing but their values."""
    return save({name: weight.detach().cpu().contiguous() for name, weight in network.state_dict().items()})


def read_predictor(folder: Path = SHIPPED) -> tuple[MotionPredictor, PredictionCard]:
    """Read the weights in a folder, in evaluation mode, and their card.

    Args:
        folder: With both files, as `kinetrace train cmu-prediction` writes them; default: those of the project.

    Raises:
        ArtifactError: A file is missing, the digest differs from the card's, or the weights are not of this network.
    """
    try:
        card = read_json(folder / CARD, PredictionCard)
    except ArtifactError as error:
        raise _refuse(error.field, error.expected, error.found, CARD) from None
    data = checked_bytes(folder / WEIGHTS, card.weights_sha256, LARGEST_BYTES, _refuse)
    weights = tensors_in(data, _refuse)
    return with_weights(weights, card.params), card


def with_weights(weights: dict[str, Tensor], params: PredictionParams) -> MotionPredictor:
    """Build the network and give it weights, in evaluation mode.

    Raises:
        ArtifactError: A name, shape or dtype of another network, or a weight that is not finite.
    """
    with torch.random.fork_rng(devices=[]):
        network = MotionPredictor(params)
    return filled(network, weights, _refuse)


def _refuse(field: str, expected: str, found: str, where: str = WEIGHTS) -> ArtifactError:
    return ArtifactError(
        where=where, field=field, expected=expected, found=found,
        fix="Fetch the project's files again, or train anew: kinetrace train cmu-prediction.",
    )  # fmt: skip
