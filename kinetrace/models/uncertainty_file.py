"""Uncertainty on disk: safetensors and a card, held against each other before anything is used."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from kinetrace.models.expected_error import HIDDEN, ExpectedError
from kinetrace.models.layers import SkipNet
from kinetrace.models.uncertainty import ForecastUncertainty
from kinetrace.store.documents import read_json
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.plain_file import read_plain
from schemas.errors import ArtifactError
from schemas.uncertainty import UncertaintyCard

SHIPPED: Final = Path(__file__).resolve().parent / "weights"
WEIGHTS: Final = "uncertainty.safetensors"
CARD: Final = "uncertainty.json"
LARGEST_BYTES: Final = 8_000_000
MOST: Final = 64
"""Joints or horizons in a card: it decides how large a network is built."""


def to_safetensors(expected: ExpectedError, radius: np.ndarray) -> bytes:
    """Write network, standardisation and radii; the bytes depend on nothing but their values."""
    parts = {f"network.{name}": value for name, value in expected.network.state_dict().items()}
    parts |= {"mean": expected.mean, "scale": expected.scale, "usual": expected.usual}
    parts["radius"] = torch.from_numpy(radius.astype(np.float32))
    return save({name: value.detach().cpu().contiguous() for name, value in parts.items()})


def read_uncertainty(world_model: str, folder: Path = SHIPPED) -> ForecastUncertainty | None:
    """Read the uncertainty of a world model's forecasts.

    Args:
        world_model: Digest of the weights that it must be about.
        folder: With both files, as `kinetrace train uncertainty` writes them; default: those of the project.

    Returns:
        The uncertainty; None where the folder has none.

    Raises:
        ArtifactError: One file without the other, a digest that differs, tensors of another shape, or the uncertainty of
            other weights.
    """
    if not (folder / CARD).is_file() and not (folder / WEIGHTS).is_file():
        return None
    try:
        card = read_json(folder / CARD, UncertaintyCard)
    except ArtifactError as error:
        raise _refuse(CARD, error.field, error.expected, error.found) from None
    if card.world_model != world_model:
        raise _refuse(CARD, "world_model", f"of the weights {world_model[:12]}…", f"{card.world_model[:12]}…")
    if max(len(card.joints), len(card.horizons_s), len(card.levels)) > MOST:
        raise _refuse(CARD, "joints", f"at most {MOST} joints, horizons and levels", f"{len(card.joints)}")
    try:
        data = read_plain(folder / WEIGHTS, LARGEST_BYTES)
    except FormatError as error:
        raise _refuse(WEIGHTS, error.field, error.expected, error.found) from None
    digest = hashlib.sha256(data).hexdigest()
    if digest != card.sha256:
        raise _refuse(WEIGHTS, "content", f"sha256 {card.sha256[:12]}…, as its card says", f"{digest[:12]}…")
    try:
        tensors = load(data)
    except SafetensorError as error:
        raise _refuse(WEIGHTS, "file", "a safetensors file", str(error).split("\n")[0][:120]) from None
    return _built(card, tensors)


def _built(card: UncertaintyCard, tensors: dict[str, Tensor]) -> ForecastUncertainty:
    joints, horizons = len(card.joints), len(card.horizons_s)
    columns, outputs = joints * horizons + joints, joints * horizons
    with torch.random.fork_rng(devices=[]):
        network = SkipNet(columns, HIDDEN, outputs, nn.Linear)
    want = {f"network.{name}": value.shape for name, value in network.state_dict().items()}
    want |= {"mean": torch.Size([columns]), "scale": torch.Size([columns]), "usual": torch.Size([outputs])}
    want["radius"] = torch.Size([len(card.levels), horizons, joints])
    if set(want) != set(tensors):
        odd = sorted(set(want) ^ set(tensors))[0]
        raise _refuse(WEIGHTS, "tensors", f"{len(want)} tensors", f"{len(tensors)}; {odd[:60]} is on one side only")
    for name, shape in want.items():
        value = tensors[name]
        if value.shape != shape or value.dtype != torch.float32:
            raise _refuse(WEIGHTS, name, f"{tuple(shape)} float32", f"{tuple(value.shape)} {value.dtype}")
        if not bool(torch.isfinite(value).all()):
            raise _refuse(WEIGHTS, name, "finite numbers", "NaN or infinity")
    network.load_state_dict({name: tensors[f"network.{name}"] for name in network.state_dict()})
    expected = ExpectedError(tensors["mean"], tensors["scale"], tensors["usual"], network.eval())
    radius = tensors["radius"].double().numpy()
    return ForecastUncertainty(card.joints, card.horizons_s, card.levels, expected, radius, card.sha256)


def _refuse(where: str, field: str, expected: str, found: str) -> ArtifactError:
    return ArtifactError(
        where=where, field=field, expected=expected, found=found,
        fix="Install Kinetrace again, or make it anew: kinetrace train uncertainty.",
    )  # fmt: skip
