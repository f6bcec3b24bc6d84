"""Motions in the shape of the CMU prediction protocol, and a network small enough for a test."""

from __future__ import annotations

import numpy as np

from schemas.cmu_prediction import PredictionParams

TINY = PredictionParams(
    width=8, graph_layers=1, graph_terms=4, graph_dropout=0.1, time_layers=2, time_terms=4, time_features_every=2,
    rates=(1.0,), batch_size=4, steps=6,
)  # fmt: skip


def made_places(frames: int, seed: int = 0) -> np.ndarray:
    """Make joints that swing about fixed places, in the protocol's millimetres."""
    rng = np.random.default_rng(seed)
    t = np.arange(frames)[:, None, None] / 60.0
    middle, phase = rng.uniform(-800, 800, (38, 3)), rng.uniform(0, 2 * np.pi, (38, 3))
    return np.asarray(middle + 100.0 * np.sin(2 * np.pi * t + phase))
