"""What a training of the predictor is, and how one begins and is read back."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kinetrace.models.motion_prediction.network import MotionPredictor
from kinetrace.models.motion_prediction.weights import with_weights
from kinetrace.training import averaged
from schemas.cmu_prediction import PredictionParams

Progress = averaged.Progress[MotionPredictor, PredictionParams]
RECIPE: Final = averaged.Recipe("predictor", PredictionParams, with_weights, second_moment=0.98)


def fresh(params: PredictionParams, data_sha256: str) -> Progress:
    """Give a training that has not begun; weights from torch's own source of chance."""
    return averaged.begin(RECIPE, MotionPredictor(params), params, data_sha256)


def from_file(path: Path) -> Progress:
    """Read a training that was interrupted.

    Raises:
        ArtifactError: Not such a file, or weights that do not fit.
    """
    return averaged.from_file(RECIPE, path)
