"""Stick figures and small traces as SVG of numbers and fixed words only: drawn without scripts, so that they also print."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float, UInt8

from kinetrace.motion.skeletons import BODY21, BONES, INDEX
from kinetrace.report.palette import LEFT, MIDDLE, RIGHT
from kinetrace.report.series import thinning

HEIGHT_M: Final = 2.0
"""Height of the drawn window [m]."""
Pose = Float[np.ndarray, "joints 3"]


def filmstrip(
    positions: Float[np.ndarray, "frames joints 3"], validity: UInt8[np.ndarray, "frames joints"], poses: int = 10
) -> str:
    """Draw evenly spaced poses with a known pelvis side by side, seen from the right, inferred bones thin.

    Args:
        positions: World frame [m].
        validity: 0 missing, 1 inferred, 2 measured.
        poses: How many.

    Returns:
        An SVG element.
    """
    width, height = 92.0, 170.0
    scale = height / HEIGHT_M
    parts = [_line(0.0, height - 4, poses * width, height - 4, "ground", 1.0)]
    standing = np.flatnonzero(validity[:, INDEX["pelvis"]] > 0)
    frames = (
        standing[np.unique(np.linspace(0, len(standing) - 1, poses).round().astype(int))] if len(standing) else standing
    )
    for slot, frame in enumerate(frames.tolist()):
        origin = (slot + 0.5) * width - scale * float(positions[frame, INDEX["pelvis"], 0])
        parts.extend(_bones(positions[frame], validity[frame], origin, height - 4, scale, "", 1.0))
    return _svg("filmstrip", poses * width, height, parts)


def comparison(
    recorded: Float[np.ndarray, "steps joints 3"],
    planned: Float[np.ndarray, "steps joints 3"],
    validity: UInt8[np.ndarray, " joints"],
) -> str:
    """Draw a planned motion over the recorded one at its start, middle and end, seen from the right.

    Args:
        recorded: As recorded [m].
        planned: As planned [m].
        validity: Per joint.

    Returns:
        An SVG element; the recorded pose is grey.
    """
    width, height = 94.0, 150.0
    scale = height / HEIGHT_M
    last = len(recorded) - 1
    parts = [_line(0.0, height - 4, 3 * width, height - 4, "ground", 1.0)]
    for slot, step in enumerate((0, last // 2, last)):
        origin = (slot + 0.5) * width - scale * float(recorded[step, INDEX["pelvis"], 0])
        parts.extend(_bones(recorded[step], validity, origin, height - 4, scale, MIDDLE, 0.55))
        parts.extend(_bones(planned[step], validity, origin, height - 4, scale, "", 1.0))
    return _svg("comparison", 3 * width, height, parts)


def trace(series: list[tuple[Float[np.ndarray, "_"], str, bool]], units: str) -> str:
    """Draw a few curves over a common range, with the range written beside them.

    Args:
        series: (values, colour, dashed) of each curve.
        units: Written after the figures.

    Returns:
        An SVG element.
    """
    width, height, left = 282.0, 54.0, 52.0
    every = np.concatenate([values for values, _, _ in series])
    low, high = float(every.min()), float(every.max())
    room = max(high - low, 1e-9)
    parts = [_text(left - 6, 12.0, f"{high:.0f}{units}"), _text(left - 6, height - 4, f"{low:.0f}{units}")]
    for values, colour, dashed in series:
        thin = values[thinning(len(values), 80)]
        x = np.linspace(left, width - 2, len(thin))
        y = 4 + (height - 10) * (1.0 - (thin - low) / room)
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
        dash = ' stroke-dasharray="3 3"' if dashed else ""
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>')
    return _svg("trace", width, height, parts)


def knee_traces(recorded: Float[np.ndarray, "steps joints 3"], planned: Float[np.ndarray, "steps joints 3"]) -> str:
    """Draw left and right knee flexion of a variant [deg]; dashed = as recorded."""
    series = []
    for prefix, colour in (("l", LEFT), ("r", RIGHT)):
        series.append((bend(recorded, prefix), colour, True))
        series.append((bend(planned, prefix), colour, False))
    return trace(series, "°")


def pelvis_traces(recorded: Float[np.ndarray, "steps joints 3"], planned: Float[np.ndarray, "steps joints 3"]) -> str:
    """Draw the pelvis height of a variant [cm]; dashed = as recorded."""
    column = INDEX["pelvis"]
    return trace([(100 * recorded[:, column, 1], MIDDLE, True), (100 * planned[:, column, 1], "#6a3fd1", False)], " cm")


def bend(motion: Float[np.ndarray, "steps joints 3"], prefix: str) -> Float[np.ndarray, " steps"]:
    """Give the angle between thigh and shank, 0 when the leg is straight [deg].

    Args:
        motion: World frame [m].
        prefix: `l` or `r`.

    Returns:
        One angle a step.
    """
    hip, knee, ankle = (motion[:, INDEX[f"{prefix}_{part}"]].astype(np.float64) for part in ("hip", "knee", "ankle"))
    thigh, shank = knee - hip, ankle - knee
    sine = np.linalg.norm(np.cross(thigh, shank), axis=1)
    return np.asarray(np.degrees(np.arctan2(sine, (thigh * shank).sum(axis=1))))


def _bones(
    pose: Pose,
    validity: UInt8[np.ndarray, " joints"],
    origin: float,
    floor: float,
    scale: float,
    colour: str,
    opacity: float,
) -> list[str]:
    lines = []
    for near, far in sorted(BONES, key=lambda bone: _depth(bone[1])):
        mark = int(min(validity[near], validity[far]))
        if mark == 0:
            continue
        a, b = pose[near], pose[far]
        lines.append(_line(
            origin + scale * float(a[0]), floor - scale * float(a[1]), origin + scale * float(b[0]), floor - scale * float(b[1]),
            colour or _side(far), opacity * (1.0 if mark == 2 else 0.55), 2.6 if mark == 2 else 1.6,
        ))  # fmt: skip
    return lines


def _depth(column: int) -> int:
    """Left behind, right in front, as seen from the right."""
    return {"l_": 0, "r_": 2}.get(BODY21[column][:2], 1)


def _side(column: int) -> str:
    name = BODY21[column]
    return LEFT if name.startswith("l_") else RIGHT if name.startswith("r_") else MIDDLE


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, opacity: float, width: float = 1.0) -> str:
    ink = 'class="ground"' if colour == "ground" else f'stroke="{colour}" stroke-opacity="{opacity:.2f}"'
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} {ink} stroke-width="{width:.1f}" stroke-linecap="round"/>'


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="end" class="tick">{words}</text>'


def _svg(kind: str, width: float, height: float, parts: list[str]) -> str:
    body = "".join(parts)
    return f'<svg class="{kind}" viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-hidden="true">{body}</svg>'
