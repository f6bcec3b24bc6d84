"""What a training of the lifter is, and how one begins and is read back."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kinetrace.models.lifter.features import TABLE
from kinetrace.models.lifter.network import LifterNetwork
from kinetrace.models.lifter.weights import with_weights
from kinetrace.training import averaged
from schemas.lifter import LifterParams

Progress = averaged.Progress[LifterNetwork, LifterParams]
RECIPE: Final = averaged.Recipe("lifter", LifterParams, with_weights, second_moment=0.99, features=TABLE)


def fresh(params: LifterParams, data_sha256: str, device: str = "cpu") -> Progress:
    """Give a training that has not begun; weights from torch's own source of chance."""
    return averaged.begin(RECIPE, LifterNetwork(params).to(device), params, data_sha256)


def from_file(path: Path, device: str = "cpu") -> Progress:
    """Read a training that was interrupted.

    Raises:
        ArtifactError: Not such a file, of another table of inputs, or weights that do not fit.
    """
    return averaged.from_file(RECIPE, path, device)
