"""A network's weights in a safetensors file: held against a digest, then against the network, before they are used."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor, nn

from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.plain_file import read_plain
from schemas.errors import ArtifactError

Refuse = Callable[[str, str, str], ArtifactError]
"""Makes the error of a field, what was expected and what was found; the caller knows the file and what would mend it."""
Network = TypeVar("Network", bound=nn.Module)


def checked_bytes(path: Path, sha256: str, most: int, refuse: Refuse) -> bytes:
    """Read a file of weights and hold it against the digest of its card.

    Args:
        path: The file.
        sha256: What its card says.
        most: Larger files are not read [bytes].
        refuse: Makes the error.

    Raises:
        ArtifactError: No such file, too large, or other bytes than the card's.
    """
    try:
        data = read_plain(path, most)
    except FormatError as error:
        raise refuse(error.field, error.expected, error.found) from None
    digest = hashlib.sha256(data).hexdigest()
    if digest != sha256:
        raise refuse("content", f"sha256 {sha256[:12]}…, as its card says", f"{digest[:12]}…")
    return data


def tensors_in(data: bytes, refuse: Refuse) -> dict[str, Tensor]:
    """Read the tensors of a safetensors file.

    Raises:
        ArtifactError: Not such a file.
    """
    try:
        return load(data)
    except SafetensorError as error:
        raise refuse("file", "a safetensors file", str(error).split("\n")[0][:120]) from None


def in_single_precision(weights: dict[str, Tensor], refuse: Refuse) -> dict[str, Tensor]:
    """Give weights that were kept in 16 bits as 32-bit numbers.

    Raises:
        ArtifactError: One is not of 16 bits.
    """
    if odd := [name for name, weight in weights.items() if weight.dtype != torch.float16]:
        raise refuse(odd[0][:60], "half precision", str(weights[odd[0]].dtype))
    return {name: weight.float() for name, weight in weights.items()}


def filled(network: Network, weights: dict[str, Tensor], refuse: Refuse) -> Network:
    """Give a network its weights, in evaluation mode.

    Raises:
        ArtifactError: A name, shape or dtype of another network, or a weight that is not finite.
    """
    want = network.state_dict()
    if set(weights) != set(want):
        odd = sorted(set(weights) ^ set(want))[0]
        raise refuse("weights", f"{len(want)} tensors", f"{len(weights)}; {odd[:60]} is on one side only")
    for name, tensor in want.items():
        value = weights[name]
        if value.shape != tensor.shape or value.dtype != tensor.dtype:
            raise refuse(name, f"{tuple(tensor.shape)} {tensor.dtype}", f"{tuple(value.shape)} {value.dtype}")
        if not bool(torch.isfinite(value).all()):
            raise refuse(name, "finite weights", "NaN or infinity")
    network.load_state_dict(weights)
    return network.eval()
