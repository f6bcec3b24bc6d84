"""What a training of the corrector is, and how one begins and is read back."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jaxtyping import Float
from torch import Tensor

from kinetrace.models.corrector.network import Corrector
from kinetrace.models.corrector.weights import with_weights
from kinetrace.training import averaged
from schemas.corrector import CorrectorParams

Progress = averaged.Progress[Corrector, CorrectorParams]
RECIPE: Final = averaged.Recipe("corrector", CorrectorParams, with_weights, second_moment=0.98)


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
    return averaged.begin(RECIPE, network.to(device), params, data_sha256)


def from_file(path: Path, device: str = "cpu") -> Progress:
    """Read a training that was interrupted.

    Raises:
        ArtifactError: Not such a file, or weights that do not fit.
    """
    return averaged.from_file(RECIPE, path, device)
