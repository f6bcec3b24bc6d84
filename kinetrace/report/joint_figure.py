"""One figure of what the humanoid adds: net joint moments, and the angles out of the sagittal plane."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from jaxtyping import Float

from kinetrace.report.motion_figure import SIDES, Figure
from kinetrace.report.palette import MIDDLE
from kinetrace.report.series import numbers, thinning
from schemas.sim_replay import Replay, ReplayArrays

MOMENTS: Final = (
    ("hip_flexion", "Hip extension moment"), ("knee_flexion", "Knee extension moment"),
    ("ankle_flexion", "Plantarflexion moment"),
)  # fmt: skip
"""Degree of freedom and title; the moment is shown against flexion, as gait laboratories plot it."""
SCREENING: Final = (("hip_adduction", "Hip adduction"), ("hip_rotation", "Hip internal rotation"))
ROW_HEIGHT: Final = 170


def joint_figure(replay: Replay, arrays: ReplayArrays) -> Figure:
    """Build the figure.

    Args:
        replay: Names of the degrees of freedom and of the angles.
        arrays: Joint torque [N m / kg] and angles [rad].

    Returns:
        A plotly figure as plain data: `data` and `layout`.
    """
    thin = thinning(len(arrays.time))
    time = numbers(arrays.time[thin], 4)
    rows: list[tuple[str, list[Figure]]] = []
    names = [column.name for column in replay.joint_angles]
    for dof, title in MOMENTS:
        curves = []
        for prefix, _, _ in SIDES:
            moment = -arrays.torque[thin, replay.humanoid.joint_names.index(f"{prefix}_{dof}")].astype(np.float64)
            curves.append(numbers(moment, 3, arrays.joint_angles_valid[thin, names.index(f"{dof}_{prefix}")] > 0))
        rows.append((f"{title}<br>[N·m/kg]", _pair(time, curves, "%{y:.2f} N·m/kg")))
    for angle, title in SCREENING:
        columns = [names.index(f"{angle}_{prefix}") for prefix, _, _ in SIDES]
        rows.append(
            (f"{title} [°]<br>screening", _pair(time, [_degrees(arrays, c, thin) for c in columns], "%{y:.1f}°"))
        )
    trunk = _degrees(arrays, names.index("trunk_bending"), thin)
    rows.append(("Trunk to the right [°]<br>screening", [_line(time, trunk, "trunk", MIDDLE, "%{y:.1f}°")]))
    return _stacked(rows)


def _degrees(arrays: ReplayArrays, column: int, thin: slice) -> list[float | None]:
    known = arrays.joint_angles_valid[thin, column] > 0
    degrees: Float[np.ndarray, "shown"] = np.degrees(arrays.joint_angles[thin, column].astype(np.float64))
    return numbers(degrees, 1, known)


def _pair(time: list[float | None], curves: list[list[float | None]], hover: str) -> list[Figure]:
    return [_line(time, y, side, colour, hover) for y, (_, side, colour) in zip(curves, SIDES, strict=True)]


def _line(x: list[float | None], y: list[float | None], name: str, colour: str, hover: str) -> Figure:
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, "line": {"color": colour, "width": 2},
        "hovertemplate": hover,
    }  # fmt: skip


def _stacked(rows: list[tuple[str, list[Figure]]]) -> Figure:
    """Put rows of curves over one time axis."""
    data: list[Figure] = []
    axes: dict[str, Any] = {}
    share = 1.0 / len(rows)
    for index, (title, curves) in enumerate(rows):
        number = "" if index == 0 else str(index + 1)
        top = 1.0 - index * share
        axes[f"yaxis{number}"] = {
            "domain": [round(max(top - share + 0.03, 0.0), 4), round(top, 4)], "title": {"text": title}, "zeroline": True,
        }  # fmt: skip
        data.extend({**curve, "yaxis": f"y{number}"} for curve in curves)
    return {
        "data": data,
        "layout": {
            "height": ROW_HEIGHT * len(rows), "hovermode": "x unified", "showlegend": False,
            "xaxis": {"title": {"text": "Time [s]"}, "anchor": f"y{len(rows)}"},
            "margin": {"l": 92, "r": 16, "t": 12, "b": 48}, **axes,
        },
    }  # fmt: skip
