"""Forecasts without a network, fitted on the very recordings that a pooled model was trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from kinetrace.models.baselines import DAMPING_TIMES_S
from kinetrace.models.features import View
from kinetrace.models.heading import from_heading, to_heading
from kinetrace.models.standardiser import Standardiser, fit_standardiser
from kinetrace.training.world_model.pool import Pool
from kinetrace.training.world_model.table import reach_within

Array = np.ndarray
PENALTY = 100.0
"""Beside 200 000 rows it is hardly felt; 1 to 10 000 give the same to three digits."""

DAMPING_EVERY = 10
"""Every tenth anchor is enough to choose one time constant."""


@dataclass(frozen=True)
class PooledBaselines:
    """A ridge regression and a damping time for every horizon.

    Attributes:
        view: What the model sees, and so the ridge.
        standardiser: Of its columns.
        ridge: Weights and offset a horizon, to movements in the heading frame.
        damping_s: Time constants [s].
        fps: Anchors a second.
    """

    view: View
    standardiser: Standardiser
    ridge: dict[int, tuple[torch.Tensor, torch.Tensor]]
    damping_s: dict[int, float]
    fps: float

    def moved_ridge(self, states: Float[Array, "anchors joints 9"], horizon: int) -> Float[Array, "anchors joints 3"]:
        """Forecast how far every joint goes [m], world frame."""
        now = torch.from_numpy(states).double()
        weights, offset = self.ridge[horizon]
        forecast = (self.standardiser.apply(self.view.extract(now)) @ weights + offset).reshape(len(now), -1, 3)
        turn = self.view.yaw(now)[:, None].expand(-1, forecast.shape[1])
        found: Array = from_heading(forecast, turn).numpy()
        return found

    def moved_damped(self, states: Float[Array, "anchors joints 9"], horizon: int) -> Float[Array, "anchors joints 3"]:
        """Forecast how far every joint goes while its velocity dies away [m]."""
        t = self.damping_s[horizon]
        found: Array = states[..., 3:6] * t * (1 - np.exp(-horizon / self.fps / t))
        return found


def fit_pooled(data: Pool, view: View, horizons: tuple[int, ...]) -> PooledBaselines:
    """Fit them, mirror images included, on the anchors from which every horizon can be reached.

    Args:
        data: What the model was trained on.
        view: What it sees.
        horizons: Frames ahead.
    """
    rows = torch.nonzero(reach_within(data.stretch) >= max(horizons))[:, 0]
    now = data.states[rows].double()
    features, yaw = view.extract(now), view.yaw(now)[:, None].expand(-1, now.shape[1])
    standardiser = fit_standardiser(features, view.spread_floor)
    x = standardiser.apply(features)
    gram = x.T @ x + PENALTY * torch.eye(x.shape[1], dtype=x.dtype)
    ridge, damping = {}, {}
    for horizon in horizons:
        moved = data.states[rows + horizon, :, :3].double() - now[..., :3]
        y = to_heading(moved, yaw).flatten(1)
        ridge[horizon] = (torch.linalg.solve(gram, x.T @ (y - y.mean(dim=0))), y.mean(dim=0))
        damping[horizon] = _damping(now[::DAMPING_EVERY], moved[::DAMPING_EVERY], horizon / data.fps)
    return PooledBaselines(view, standardiser, ridge, damping, data.fps)


def _damping(now: torch.Tensor, moved: torch.Tensor, ahead_s: float) -> float:
    reach = [t * (1 - np.exp(-ahead_s / t)) for t in DAMPING_TIMES_S]
    errors = [float((now[..., 3:6] * r - moved).norm(dim=-1).mean()) for r in reach]
    return DAMPING_TIMES_S[int(np.argmin(errors))]
