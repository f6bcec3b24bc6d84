"""One figure of the whole recording: ground force, stance, phases and joint angles over the same time axis."""

from __future__ import annotations

from html import escape
from typing import Any, Final

import numpy as np

from kinetrace.report.palette import LEFT, MIDDLE, RIGHT, phase_colour
from kinetrace.report.series import intervals, numbers, thinning
from schemas.physical_state import ANGLES, PhysicalState, PhysicalStateArrays
from schemas.sim_replay import ReplayArrays

Figure = dict[str, Any]
ANGLE_ROWS: Final = (("hip", "Hip flexion [°]"), ("knee", "Knee flexion [°]"), ("ankle", "Ankle dorsiflexion [°]"))
SIDES: Final = (("l", "left", LEFT), ("r", "right", RIGHT))
STRIP_ROWS: Final = ("right phase", "left phase", "right stance", "left stance")


def motion_figure(state: PhysicalState, arrays: PhysicalStateArrays, replay: ReplayArrays | None) -> Figure:
    """Build the figure; without a replay the force row is left out.

    Args:
        state: Phase names.
        arrays: Angles, contacts and phases.
        replay: Ground force, if stage 4 ran.

    Returns:
        A plotly figure as plain data: `data` and `layout`.
    """
    rows = (
        ["strip", *[name for name, _ in ANGLE_ROWS]]
        if replay is None
        else ["force", "strip", *[n for n, _ in ANGLE_ROWS]]
    )
    axis_of = {name: "y" if i == 0 else f"y{i + 1}" for i, name in enumerate(rows)}
    data = [
        *(_force(replay, axis_of["force"]) if replay is not None else []),
        *_strips(state, arrays, axis_of["strip"]),
    ]
    for name, _ in ANGLE_ROWS:
        data.extend(_angle(arrays, name, axis_of[name]))
    last = axis_of[rows[-1]]
    layout: Figure = {
        "height": 210 * len(rows), "hovermode": "x unified", "barmode": "overlay", "bargap": 0.25,
        "showlegend": False,
        "xaxis": {"title": {"text": "Time [s]"}, "anchor": last, "range": [0.0, round(float(arrays.time[-1]), 3)]},
        "margin": {"l": 92, "r": 16, "t": 12, "b": 48},
    }  # fmt: skip
    titles = {"force": "Vertical force [% BW]", **dict(ANGLE_ROWS)}
    for name, (low, high) in _domains(rows).items():
        axis: Figure = {"domain": [low, high], "title": {"text": titles.get(name, "")}, "zeroline": True}
        if name == "strip":
            axis.update(
                {"categoryorder": "array", "categoryarray": list(STRIP_ROWS), "showgrid": False, "fixedrange": True}
            )
        layout["yaxis" + axis_of[name][1:]] = axis
    layout["shapes"] = _bands(arrays, state.phase_names, [axis_of[name] for name, _ in ANGLE_ROWS])
    return {"data": data, "layout": layout}


def _domains(rows: list[str]) -> dict[str, tuple[float, float]]:
    """Share the height: a strip is two thirds of a curve's row; 3 % between rows."""
    weight = {name: 0.66 if name == "strip" else 1.0 for name in rows}
    unit = (1.0 - 0.035 * (len(rows) - 1)) / sum(weight.values())
    top, found = 1.0, {}
    for name in rows:
        low = top - unit * weight[name]
        found[name] = (round(max(low, 0.0), 4), round(top, 4))
        top = low - 0.035
    return found


def seat_bears(replay: ReplayArrays | None) -> bool:
    """Say whether a seat carries anything in this recording."""
    return replay is not None and bool((replay.seat_force[:, 1] > 0.0).any())


def _force(replay: ReplayArrays, axis: str) -> list[Figure]:
    thin = thinning(len(replay.time))
    curves = [(side, colour, replay.grf[thin, column, 1]) for column, (_, side, colour) in enumerate(SIDES)]
    if seat_bears(replay):
        curves.append(("seat", MIDDLE, replay.seat_force[thin, 1]))
    return [
        {
            "type": "scatter", "mode": "lines", "name": name, "yaxis": axis, "line": {"color": colour, "width": 2},
            "x": numbers(replay.time[thin], 4), "y": numbers(100.0 * force, 1), "hovertemplate": "%{y:.0f} % BW",
        }
        for name, colour, force in curves
    ]  # fmt: skip


def _angle(arrays: PhysicalStateArrays, joint: str, axis: str) -> list[Figure]:
    thin = thinning(len(arrays.time))
    traces = []
    for prefix, side, colour in SIDES:
        column = ANGLES.index(f"{joint}_{prefix}")
        known = arrays.angles_valid[thin, column] > 0
        traces.append({
            "type": "scatter", "mode": "lines", "name": side, "yaxis": axis,
            "x": numbers(arrays.time[thin], 4), "y": numbers(np.degrees(arrays.angles[thin, column]), 1, known),
            "line": {"color": colour, "width": 2}, "hovertemplate": f"{joint} %{{y:.1f}}°",
        })  # fmt: skip
    return traces


def _strips(state: PhysicalState, arrays: PhysicalStateArrays, axis: str) -> list[Figure]:
    traces: list[Figure] = []
    for column, (_, side, colour) in enumerate(SIDES):
        runs = intervals(arrays.contacts[:, column])
        traces.append(_bars(arrays, [r for r in runs if r[2] == 1], f"{side} stance", colour, axis, f"{side} stance"))
        traces.append(_bars(arrays, [r for r in runs if r[2] == 2], f"{side} stance", MIDDLE, axis, "contact unknown"))
    for index, name in enumerate(state.phase_names):
        for column, (_, side, _) in enumerate(SIDES):
            runs = [r for r in intervals(arrays.phases[:, column]) if r[2] == index]
            traces.append(
                _bars(arrays, runs, f"{side} phase", phase_colour(index, state.phase_names), axis, escape(name))
            )
    return traces


def _bars(
    arrays: PhysicalStateArrays, runs: list[tuple[int, int, Any]], row: str, colour: str, axis: str, name: str
) -> Figure:
    time = arrays.time
    step = float(time[1] - time[0]) if len(time) > 1 else 0.0
    return {
        "type": "bar", "orientation": "h", "name": name, "yaxis": axis,
        "y": [row] * len(runs), "base": [round(float(time[start]), 4) for start, _, _ in runs],
        "x": [round((end - start) * step, 4) for start, end, _ in runs],
        "marker": {"color": colour, "line": {"width": 0}}, "hovertemplate": f"{name}<extra></extra>",
    }  # fmt: skip


def _bands(arrays: PhysicalStateArrays, names: tuple[str, ...], axes: list[str]) -> list[Figure]:
    """Shade the angle rows where both sides are in the same phase all through; where they differ, the strips say it."""
    if not np.array_equal(arrays.phases[:, 0], arrays.phases[:, 1]):
        return []
    step = float(arrays.time[1] - arrays.time[0]) if len(arrays.time) > 1 else 0.0
    return [
        {
            "type": "rect", "xref": "x", "yref": f"{axis} domain", "y0": 0, "y1": 1, "line": {"width": 0}, "layer": "below",
            "x0": round(float(arrays.time[start]), 4), "x1": round(float(arrays.time[end - 1]) + step, 4),
            "fillcolor": phase_colour(index, names), "opacity": 0.12,
        }
        for start, end, index in intervals(arrays.phases[:, 0]) for axis in axes
    ]  # fmt: skip
