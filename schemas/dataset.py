"""Stage 5, dataset: parameters, `transitions.npz` and `dataset.json`."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field, model_validator

from schemas.base import Array, ArrayTable, Strict


class DatasetParams(Strict):
    """How causal states become transition pairs."""

    fps: float = Field(default=30.0, ge=5.0, le=120.0)
    cutoff_hz: float = Field(default=6.0, gt=0.0, le=30.0)
    prefix_s: float = Field(default=1.0, ge=0.2, le=10.0, description="how much of the past the causal filter sees [s]")
    held_out_fraction: float = Field(default=0.25, gt=0.0, lt=0.9, description="last part of the recording, by time")
    held_out_margin_s: float = Field(default=0.5, ge=0.5, le=5.0)
    max_horizon_frames: int | None = Field(default=None, ge=1, description="None: every horizon")

    @model_validator(mode="after")
    def _rate_carries_the_band(self) -> Self:
        if self.cutoff_hz >= self.fps / 2:
            raise ValueError(
                f"cutoff_hz must be below half of fps ({self.fps / 2:g} Hz), got {self.cutoff_hz:g}; above it anchors alias"
            )
        return self


class Part(IntEnum):
    """What an anchor is for."""

    TRAIN = 0
    HELD_OUT = 1
    MARGIN = 2


class TransitionArrays(ArrayTable):
    """`transitions.npz`: causal states once, and every pair by index. x = states flattened by the feature table."""

    time: Annotated[np.ndarray[Any, Any], Array("float64", ("anchors",))]
    states: Annotated[np.ndarray[Any, Any], Array("float32", ("anchors", "joints", 9))]  # causal p v a, aligned world
    measured: Annotated[np.ndarray[Any, Any], Array("uint8", ("anchors", "joints"))]  # 0 = held from the past
    part: Annotated[np.ndarray[Any, Any], Array("uint8", ("anchors",))]  # a Part; the margin is in no pair
    phases: Annotated[np.ndarray[Any, Any], Array("uint8", ("anchors", 2))]  # labels, not inputs
    contacts: Annotated[np.ndarray[Any, Any], Array("uint8", ("anchors", 2))]  # labels, not inputs
    train_pairs: Annotated[np.ndarray[Any, Any], Array("int32", ("train", 2))]  # (t, dh) in anchors
    held_out_pairs: Annotated[np.ndarray[Any, Any], Array("int32", ("held_out", 2))]


class Feature(Strict):
    """One column of x."""

    index: int
    joint: str
    quantity: str = Field(description="position, velocity or acceleration")
    axis: str
    units: str


class Dataset(Strict):
    """`dataset.json`."""

    fps: float
    native_fps: float
    anchors: int
    joints: tuple[str, ...]
    features: tuple[Feature, ...]
    train_pairs: int
    held_out_pairs: int
    horizons: dict[str, int] = Field(description="horizon in frames -> number of pairs, train and held out together")
    held_out_from_s: float
    gap_s: float = Field(description="time between the last training and the first held-out anchor")
    phase_names: tuple[str, ...]
    dropped_anchors: int
    notes: tuple[str, ...] = ()
