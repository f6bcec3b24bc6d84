"""Weights and their card on disk; those that travel with the project, held against their digest before they are used."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from kinetrace.models.corrector.network import Corrector
from kinetrace.store.documents import read_json
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.plain_file import read_plain
from schemas.corrector import CorrectorCard, CorrectorParams
from schemas.errors import ArtifactError

SHIPPED: Final = Path(__file__).resolve().parents[1] / "weights"
WEIGHTS: Final = "corrector.safetensors"
CARD: Final = "corrector.json"
LARGEST_BYTES: Final = 8_000_000


def to_safetensors(network: Corrector) -> bytes:
    """Write the weights in half precision; the bytes depend on nothing but their values."""
    return save({name: weight.detach().cpu().half().contiguous() for name, weight in network.state_dict().items()})


def read_corrector(folder: Path = SHIPPED) -> tuple[Corrector, CorrectorCard]:
    """Read the weights in a folder, in evaluation mode, and their card.

    Args:
        folder: With both files, as `kinetrace train corrector` writes them; default: those of the project.

    Raises:
        ArtifactError: A file is missing, the digest differs from the card's, or the weights are not of this network.
    """
    try:
        card = read_json(folder / CARD, CorrectorCard)
    except ArtifactError as error:
        raise _refuse(error.field, error.expected, error.found, CARD) from None
    try:
        data = read_plain(folder / WEIGHTS, LARGEST_BYTES)
    except FormatError as error:
        raise _refuse(error.field, error.expected, error.found) from None
    digest = hashlib.sha256(data).hexdigest()
    if digest != card.weights_sha256:
        raise _refuse("content", f"sha256 {card.weights_sha256[:12]}…, as its card says", f"{digest[:12]}…")
    try:
        weights = load(data)
    except SafetensorError as error:
        raise _refuse("file", "a safetensors file", str(error).split("\n")[0][:120]) from None
    if odd := [name for name, weight in weights.items() if weight.dtype != torch.float16]:
        raise _refuse(odd[0][:60], "half precision", str(weights[odd[0]].dtype))
    return with_weights({name: weight.float() for name, weight in weights.items()}, card.params), card


def with_weights(weights: dict[str, Tensor], params: CorrectorParams) -> Corrector:
    """Build the network and give it weights, in evaluation mode.

    Raises:
        ArtifactError: A name, shape or dtype of another network, or a weight that is not finite.
    """
    with torch.random.fork_rng(devices=[]):
        network = Corrector(params)
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
        fix="Fetch the project's files again, or train anew: kinetrace train corrector.",
    )  # fmt: skip
