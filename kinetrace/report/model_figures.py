"""Figures of the replay's scores, the world model and the executed variants."""

from __future__ import annotations

from html import escape
from typing import Any, Final

import numpy as np

from kinetrace.report.palette import BAD, GOOD, MIDDLE, MODELS, phase_colour
from kinetrace.report.series import numbers, thinning
from schemas.sim_execution import OutcomeArrays, Outcomes
from schemas.sim_replay import SUB_SCORES, ReplayArrays
from schemas.world_model import EmbeddingArrays, Training

Figure = dict[str, Any]
MARGIN: Final = {"l": 64, "r": 16, "t": 16, "b": 52}
LEGEND: Final = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}


def score_figure(replay: ReplayArrays) -> Figure:
    """Show where in time each of the ten sub-scores falls."""
    thin = thinning(len(replay.time), 400)
    rows = list(reversed(range(len(SUB_SCORES))))
    return {
        "data": [{
            "type": "heatmap", "x": numbers(replay.time[thin], 3), "y": [SUB_SCORES[i].replace("_", " ") for i in rows],
            "z": [numbers(replay.scores[thin, i], 2) for i in rows], "zmin": 0, "zmax": 1, "xgap": 0, "ygap": 2,
            "colorscale": [[0, BAD], [0.5, "#e7b955"], [1, GOOD]], "colorbar": {"title": {"text": "score"}, "thickness": 10},
            "hovertemplate": "%{y}<br>%{x:.2f} s: %{z:.2f}<extra></extra>",
        }],
        "layout": {"height": 320, "xaxis": {"title": {"text": "Time [s]"}}, "margin": {**MARGIN, "l": 150}},
    }  # fmt: skip


def horizon_figure(training: Training) -> Figure:
    """Draw the held-out error against the horizon, model and baselines, in mm."""
    seconds = [round(row.horizon_s, 4) for row in training.held_out]
    series = {
        "model": [row.model_mm for row in training.held_out],
        "zero velocity": [row.zero_velocity_mm for row in training.held_out],
        "constant velocity": [row.constant_velocity_mm for row in training.held_out],
        "damped velocity": [row.damped_velocity_mm for row in training.held_out],
        "ridge": [row.ridge_mm for row in training.held_out],
    }
    data = [
        {
            "type": "scatter", "mode": "lines+markers", "name": name, "x": seconds, "y": [round(v, 2) for v in values],
            "line": {"color": MODELS[name], **({"width": 3.5} if name == "model" else {"width": 1.8, "dash": "dot"})},
            "marker": {"size": 8 if name == "model" else 6}, "hovertemplate": "%{y:.1f} mm",
        }
        for name, values in series.items()
    ]  # fmt: skip
    return {
        "data": data,
        "layout": {
            "height": 360, "hovermode": "x unified", "margin": MARGIN, "legend": LEGEND,
            "xaxis": {"title": {"text": "How far ahead [s]"}, "rangemode": "tozero"},
            "yaxis": {"title": {"text": "Mean joint error [mm]"}, "rangemode": "tozero"},
        },
    }  # fmt: skip


def loss_figure(training: Training) -> Figure:
    """Draw the training loss over equal stretches of training."""
    share = [
        round(training.steps * (i + 1) / max(1, len(training.loss_curve))) for i in range(len(training.loss_curve))
    ]
    low, high = min(training.loss_curve, default=0.0), max(training.loss_curve, default=0.0)
    ticks = [digit * 10.0**power for power in range(-8, 9) for digit in (1, 2, 5) if low <= digit * 10.0**power <= high]
    log = {"type": "log", **({"tickvals": ticks} if len(ticks) > 1 else {})} if low > 0.0 else {}
    return {
        "data": [{
            "type": "scatter", "mode": "lines", "x": share, "y": [float(f"{v:.5g}") for v in training.loss_curve],
            "line": {"color": MODELS["model"], "width": 2}, "hovertemplate": "step %{x}: %{y:.4g}<extra></extra>",
        }],
        "layout": {
            "height": 300, "margin": MARGIN, "showlegend": False, "xaxis": {"title": {"text": "Training step"}},
            "yaxis": {"title": {"text": "Loss"}, **log},
        },
    }  # fmt: skip


def latent_figure(embeddings: EmbeddingArrays, phase_names: tuple[str, ...]) -> Figure:
    """Draw the latent map (first two principal directions), coloured by the left side's phase; held-out anchors are rings."""
    data: list[Figure] = [{
        "type": "scatter", "mode": "lines", "showlegend": False, "hoverinfo": "skip", "line": {"color": MIDDLE, "width": 1},
        "x": numbers(embeddings.map2d[:, 0], 4), "y": numbers(embeddings.map2d[:, 1], 4), "opacity": 0.35,
    }]  # fmt: skip
    for index in sorted({int(v) for v in np.unique(embeddings.phases[:, 0])}):
        name = escape(phase_names[index]) if index < len(phase_names) else f"phase {index}"
        for held_out in (False, True):
            chosen = (embeddings.phases[:, 0] == index) & ((embeddings.part == 1) == held_out)
            if not chosen.any():
                continue
            data.append({
                "type": "scatter", "mode": "markers", "name": f"{name}, held out" if held_out else name,
                "x": numbers(embeddings.map2d[chosen, 0], 4), "y": numbers(embeddings.map2d[chosen, 1], 4),
                "customdata": numbers(embeddings.time[chosen], 2), "hovertemplate": "%{customdata:.2f} s",
                "marker": {"color": phase_colour(index, phase_names), "size": 8, "line": {"width": 1.6 if held_out else 0},
                           "symbol": "circle-open" if held_out else "circle"},
            })  # fmt: skip
    axis = {"showticklabels": False, "zeroline": False}
    return {
        "data": data,
        "layout": {
            "height": 380, "margin": {**MARGIN, "l": 40}, "legend": LEGEND,
            "xaxis": {"title": {"text": "first principal direction"}, **axis},
            "yaxis": {"title": {"text": "second"}, "scaleanchor": "x", **axis},
        },
    }  # fmt: skip


def assistance_figure(outcomes: Outcomes, arrays: OutcomeArrays) -> Figure:
    """Draw how much a helping hand at the pelvis each executed motion needed, over time."""
    success = {outcome.variant: outcome.success for outcome in outcomes.outcomes}
    data = []
    for row, variant in enumerate(arrays.variant.tolist()):
        recorded = variant < 0
        colour = MIDDLE if recorded else GOOD if success.get(variant, False) else BAD
        data.append({
            "type": "scatter", "mode": "lines", "name": "as recorded" if recorded else f"variant {variant}",
            "x": numbers(arrays.time[row] - arrays.time[row, 0], 3), "y": numbers(100.0 * arrays.root_force[row], 1),
            "line": {"color": colour, "width": 3 if recorded else 1.6, "dash": "dash" if recorded else "solid"},
            "hovertemplate": "%{y:.0f} % BW",
        })  # fmt: skip
    return {
        "data": data,
        "layout": {
            "height": 320, "margin": MARGIN, "hovermode": "closest", "legend": LEGEND,
            "xaxis": {"title": {"text": "Time since the variant began [s]"}},
            "yaxis": {"title": {"text": "Root assistance [% body weight]"}, "rangemode": "tozero"},
        },
    }  # fmt: skip
