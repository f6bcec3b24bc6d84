"""What a world model is worth on the held-out part, beside forecasts that need no network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from kinetrace.models.baselines import (
    constant_velocity,
    damped_velocity,
    fit_damping,
    mean_distance,
    ridge_forecast,
)
from kinetrace.models.determinism import reproducible
from kinetrace.models.inference import LoadedModel
from schemas.dataset import Part, TransitionArrays
from schemas.world_model import HorizonMetrics

Array = np.ndarray

DECODING = "x_t + D(z_pred) - D(z_t)"
MIN_ANCHORS = 3
"""Fewer anchors at a horizon say nothing about it."""

NORMAL_90 = 1.6448536269514722
"""Half width of the central 90 % of a normal distribution, in standard deviations."""


@dataclass(frozen=True)
class Evaluation:
    """Held-out figures, and what could not be judged."""

    held_out: tuple[HorizonMetrics, ...]
    notes: tuple[str, ...]


def horizons_that_fit(part: np.ndarray, horizons: tuple[int, ...]) -> tuple[int, ...]:
    """Choose the horizons that both parts are long enough for, with `MIN_ANCHORS` anchors left at the longest."""
    shortest = min(int(np.count_nonzero(part == p)) for p in (Part.TRAIN, Part.HELD_OUT))
    return tuple(sorted({h for h in horizons if h + MIN_ANCHORS <= shortest}))


def evaluate(model: LoadedModel, table: TransitionArrays) -> Evaluation:
    """Judge a model on the held-out part: every horizon from the same anchors, every baseline with the same input.

    The truth is the causal position at the horizon, as stored in the dataset. Frames between are forecast too,
    because the root's way is integrated frame by frame. MC-dropout: a 90 % interval of every coordinate by mean and
    standard deviation of the passes.

    Args:
        model: A trained model.
        table: The dataset it was trained on.

    Returns:
        Figures a horizon; horizons that do not fit are left out and named in a note.
    """
    params = model.config.params
    fitting = horizons_that_fit(table.part, params.horizons)
    left_out = [h for h in sorted(set(params.horizons)) if h not in fitting]
    notes = (f"held-out part too short to judge horizons {left_out} [frames]",) if left_out else ()
    if not fitting:
        return Evaluation((), notes)
    anchors = np.flatnonzero(table.part == Part.HELD_OUT)[: -fitting[-1]]
    with reproducible(params.seed, "cpu"):
        path = model.forecast(table.states[anchors], fitting[-1])
        passes = dropout_passes(model, table.states[anchors], fitting[-1])
        rows = tuple(_at_horizon(model, table, anchors, h, path[:, h - 1], passes[:, :, h - 1]) for h in fitting)
    return Evaluation(rows, notes)


def dropout_passes(
    model: LoadedModel, states: Float[Array, "anchors joints 9"], steps: int
) -> Float[Array, "passes anchors steps joints 3"]:
    """Forecast several times with dropout left on, as often as the parameters say; chance is torch's, as seeded."""
    model.network.train()
    passes = [model.forecast(states, steps) for _ in range(model.config.params.mc_passes)]
    model.network.eval()
    return np.stack(passes)


def interval_90(
    passes: Float[Array, "passes anchors joints 3"], truth: Float[Array, "anchors joints 3"]
) -> tuple[float, float]:
    """Give the share of coordinates inside their 90 % interval and the mean width of the intervals.

    Args:
        passes: Forecasts [m].
        truth: What came [m].

    Returns:
        Coverage (0 to 1) and mean width [m].
    """
    half = NORMAL_90 * passes.std(axis=0, ddof=1)
    inside = np.abs(truth - passes.mean(axis=0)) <= half
    return float(inside.mean()), float(2 * half.mean())


def skill_over_copy(model: LoadedModel, now: Array, ahead: Array, dt_s: float) -> float | None:
    """Give 1 - |z_pred - z|^2 / |z_t - z|^2, with z and the copied z_t from the target encoder; None: nothing moves."""
    predicted = model.predict(model.encode(now), np.full(len(now), dt_s, dtype=np.float32)).astype(np.float64)
    target, copied = (model.encode_target(s).astype(np.float64) for s in (ahead, now))
    moved = float(((copied - target) ** 2).sum())
    return None if moved <= 0 else 1 - float(((predicted - target) ** 2).sum()) / moved


def _at_horizon(
    model: LoadedModel,
    table: TransitionArrays,
    anchors: Int[Array, "anchors"],
    horizon: int,
    forecast: Float[Array, "anchors joints 3"],
    passes: Float[Array, "passes anchors joints 3"],
) -> HorizonMetrics:
    states = table.states.astype(np.float64)
    now, truth, ahead_s = states[anchors], states[anchors + horizon, :, :3], horizon / model.fps
    start = np.flatnonzero(table.part == Part.TRAIN)[:-horizon]
    damping = fit_damping(states, start, horizon, model.fps)
    ridge = ridge_forecast(states, model.joints, model.config.params.arm.frame, start, anchors, horizon)
    coverage, width = interval_90(passes.astype(np.float64), truth)
    return HorizonMetrics(
        horizon_frames=horizon,
        horizon_s=ahead_s,
        anchors=len(anchors),
        skill_over_copy=skill_over_copy(model, table.states[anchors], table.states[anchors + horizon], ahead_s),
        model_mm=1000 * mean_distance(forecast.astype(np.float64), truth),
        zero_velocity_mm=1000 * mean_distance(constant_velocity(now, 0.0), truth),
        constant_velocity_mm=1000 * mean_distance(constant_velocity(now, ahead_s), truth),
        damped_velocity_mm=1000 * mean_distance(damped_velocity(now, ahead_s, damping), truth),
        ridge_mm=1000 * mean_distance(ridge, truth),
        mc_coverage_90=coverage,
        mc_width_90_mm=1000 * width,
    )
