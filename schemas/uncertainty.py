"""What a forecast is worth: the card of shipped uncertainty, and what stage 6 says of one capture's."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from schemas.base import Array, ArrayTable, Sha256, Strict


class UncertaintyCard(Strict):
    """`uncertainty.json`: what the expected errors were learnt from and the radii were calibrated on."""

    sha256: Sha256 = Field(description="of uncertainty.safetensors")
    world_model: Sha256 = Field(description="of the weights whose errors these are")
    joints: tuple[str, ...] = Field(min_length=1)
    horizons_s: tuple[float, ...] = Field(min_length=1)
    levels: tuple[float, ...] = Field(min_length=1)
    learnt_recordings: int = Field(ge=1)
    calibrated_recordings: int = Field(ge=1)
    corpus: str
    sources: tuple[str, ...]
    seed: int


class UncertaintyArrays(ArrayTable):
    """`uncertainty.npz`: how far off each joint's forecast is likely to be; a radius in metres is expected × radius.

    No horizons: the model's uncertainty is not known, and `training.json` says why.
    """

    horizons_s: Annotated[np.ndarray[Any, Any], Array("float64", ("horizons",))]
    levels: Annotated[np.ndarray[Any, Any], Array("float64", ("levels",))]
    expected: Annotated[np.ndarray[Any, Any], Array("float32", ("anchors", "horizons", "joints"))]  # [m]
    radius: Annotated[np.ndarray[Any, Any], Array("float32", ("levels", "horizons", "joints"))]  # in expected errors


class HorizonUncertainty(Strict):
    """Mean over anchors and joints at one horizon."""

    horizon_s: float
    expected_mm: float = Field(description="geometric mean of the error to come")
    radius_80_mm: float
    radius_90_mm: float
    radius_95_mm: float
    judged_anchors: int = Field(description="held-out anchors whose truth is known")
    held_out_coverage_90: float | None = Field(
        description="share of held-out joints inside of the shipped radii; None: none could be judged"
    )


class PhaseUncertainty(Strict):
    """Mean over the anchors of one phase of one side, a third of a second ahead."""

    side: Literal["left", "right"]
    phase: str
    anchors: int
    expected_mm: float
    mc_dropout_mm: float = Field(description="spread of the dropout passes, as in the seed")
    judged_anchors: int
    error_mm: float | None = Field(description="mean error of held-out anchors; None: none could be judged")


class AsymmetryUncertainty(Strict):
    """Whether uncertainty rises where left and right differ: Spearman's correlation over anchors of this capture."""

    anchors: int
    low_mm: float = Field(description="10th percentile of the distance of a pose from its mirror image")
    high_mm: float = Field(description="90th percentile")
    expected_rho: float | None
    mc_dropout_rho: float | None


class Uncertainty(Strict):
    """The uncertainty of one capture's model."""

    source: Sha256 = Field(description="of uncertainty.safetensors")
    calibration: str = Field(description="what the radii were calibrated on, and where they need not hold")
    factors: tuple[float, ...] | None = Field(
        description="of the shipped radii, a level each, found on this capture's held-out part; None: too short for that"
    )
    ahead_s: float = Field(description="horizon of phases and asymmetry")
    horizons: tuple[HorizonUncertainty, ...]
    phases: tuple[PhaseUncertainty, ...]
    asymmetry: AsymmetryUncertainty | None
