"""Forecasts that need no network; a model that does not beat them has learnt nothing."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, Int

from kinetrace.models.features import feature_map
from kinetrace.models.heading import from_heading, to_heading
from kinetrace.models.standardiser import fit_standardiser

Array = np.ndarray

DAMPING_TIMES_S = tuple(float(t) for t in np.geomspace(0.02, 2.0, 25))
RIDGE_PENALTIES = (0.1, 1.0, 10.0, 100.0, 1000.0)
VALIDATION_PART = 5
"""The last 1/5 of the training pairs chooses the penalty; then all of them are used."""


def constant_velocity(states: Float[Array, "anchors joints 9"], ahead_s: float) -> Float[Array, "anchors joints 3"]:
    """Give p + v dt [m]; with `ahead_s` 0 the zero-velocity forecast."""
    moved: Array = states[..., :3] + states[..., 3:6] * ahead_s
    return moved


def damped_velocity(
    states: Float[Array, "anchors joints 9"], ahead_s: float, damping_s: float
) -> Float[Array, "anchors joints 3"]:
    """Give p + v T (1 - exp(-dt / T)): a velocity that dies away with time constant T [m]."""
    moved: Array = states[..., :3] + states[..., 3:6] * damping_s * (1 - np.exp(-ahead_s / damping_s))
    return moved


def fit_damping(
    states: Float[Array, "anchors joints 9"], start: Int[Array, "pairs"], horizon: int, fps: float
) -> float:
    """Choose the time constant [s] with the least error on training pairs at one horizon.

    Args:
        states: All anchors' causal states.
        start: Training anchors that have a training anchor `horizon` later.
        horizon: Frames ahead.
        fps: Anchors a second.
    """
    now, truth = states[start], states[start + horizon, :, :3]
    errors = [mean_distance(damped_velocity(now, horizon / fps, t), truth) for t in DAMPING_TIMES_S]
    return DAMPING_TIMES_S[int(np.argmin(errors))]


def ridge_forecast(
    states: Float[Array, "anchors joints 9"],
    joints: tuple[str, ...],
    frame: Literal["heading", "world"],
    start: Int[Array, "pairs"],
    anchors: Int[Array, "anchors_asked"],
    horizon: int,
) -> Float[Array, "anchors_asked joints 3"]:
    """Forecast by ridge regression from the model's own input to where every joint moves.

    The movement is expressed in the anchor's heading frame where the input is, else in the world.

    Args:
        states: All anchors' causal states.
        joints: Their names.
        frame: Of the features that are the input.
        start: Training anchors that have a training anchor `horizon` later.
        anchors: Anchors to forecast from.
        horizon: Frames ahead.

    Returns:
        World positions [m].
    """
    view = feature_map(frame, joints)
    every = torch.from_numpy(states.astype(np.float64))
    yaw = view.yaw(every)
    turn = yaw[:, None].expand(-1, len(joints))
    x = view.extract(every)
    rows, wanted = torch.from_numpy(start), torch.from_numpy(anchors)
    x = fit_standardiser(x[rows], view.spread_floor).apply(x)
    moved = every[rows + horizon, :, :3] - every[rows, :, :3]
    y = to_heading(moved, turn[rows]).flatten(1)
    weights = _ridge(x[rows], y, _choose_penalty(x[rows], y))
    forecast = (y.mean(dim=0) + x[wanted] @ weights).reshape(len(anchors), len(joints), 3)
    placed: Array = (every[wanted, :, :3] + from_heading(forecast, turn[wanted])).numpy()
    return placed


def mean_distance(guess: Float[Array, "*n 3"], truth: Float[Array, "*n 3"]) -> float:
    """Give the mean distance of joints from where they were, in the guess's unit."""
    return float(np.sqrt(((guess - truth) ** 2).sum(axis=-1)).mean())


def _choose_penalty(x: torch.Tensor, y: torch.Tensor) -> float:
    cut = len(x) - max(1, len(x) // VALIDATION_PART)
    errors = [
        float((y[:cut].mean(dim=0) + x[cut:] @ _ridge(x[:cut], y[:cut], penalty) - y[cut:]).square().sum())
        for penalty in RIDGE_PENALTIES
    ]
    return RIDGE_PENALTIES[int(np.argmin(errors))]


def _ridge(x: torch.Tensor, y: torch.Tensor, penalty: float) -> torch.Tensor:
    gram = x.T @ x + penalty * torch.eye(x.shape[1], dtype=x.dtype)
    weights: torch.Tensor = torch.linalg.solve(gram, x.T @ (y - y.mean(dim=0)))
    return weights
