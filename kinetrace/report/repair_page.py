"""A page that plays a recording, the same with samples hidden, and what the corrector filled in, one over the other."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Bool, Float
from jinja2 import Environment, PackageLoader, StrictUndefined

from kinetrace.motion.filters import bridged
from kinetrace.motion.skeletons import BODY21, BONES
from kinetrace.report.palette import BAD, MIDDLE, MODELS
from kinetrace.report.stick_figures import trace

SHOWN_S = 12.0
"""Longest stretch that is played [s]."""
MOST_CURVES = 6


def repair_html(
    title: str,
    fps: float,
    recorded: Float[np.ndarray, "frames joints 3"],
    there: Bool[np.ndarray, "frames joints"],
    hidden: Bool[np.ndarray, "frames joints"],
    repaired: Float[np.ndarray, "frames joints 3"],
    facts: tuple[tuple[str, str], ...],
) -> str:
    """Make one self-contained HTML page; it asks nothing of the network and is the same bytes for the same input.

    Args:
        title: Heading, as plain text.
        fps: Frame rate [Hz].
        recorded: BODY21, Y up [m].
        there: Where it was recorded; other samples are not drawn.
        hidden: What was hidden; at least one sample.
        repaired: The recording with the hidden samples filled [m].
        facts: Name and value of what stands above the figure.

    Returns:
        HTML text, UTF-8.
    """
    cut = _stretch(hidden, fps)
    recorded, there, hidden, repaired = recorded[cut], there[cut], hidden[cut], repaired[cut]
    data: dict[str, Any] = {
        "fps": fps,
        "bones": [list(bone) for bone in BONES],
        "layers": [
            {"name": "recorded", "colour": MIDDLE, "width": 5, "points": _packed(recorded, there)},
            {"name": "hidden from the corrector", "colour": BAD, "width": 4, "points": _packed(recorded, hidden)},
            {"name": "repaired", "colour": MODELS["model"], "width": 2.5, "points": _packed(repaired, there)},
        ],
    }
    environment = Environment(loader=PackageLoader("kinetrace.report"), autoescape=True, undefined=StrictUndefined)
    page = environment.get_template("reconstruction.html.j2")
    return page.render(
        title=title, facts=facts, data=data, traces=_curves(recorded, there, hidden, repaired),
        lead="What was recorded, what of it was hidden, and what the corrector filled in.",
        curves="Joints that were hidden: recorded, bridged by a straight line, repaired",
    )  # fmt: skip


def _stretch(hidden: Bool[np.ndarray, "frames joints"], fps: float) -> slice:
    """Give at most 12 s of the recording with what was hidden in the middle."""
    at = np.flatnonzero(hidden.any(axis=1))
    frames = int(SHOWN_S * fps)
    start = max(0, min((int(at[0]) + int(at[-1])) // 2 - frames // 2, len(hidden) - frames))
    return slice(start, start + frames)


def _packed(positions: Float[np.ndarray, "frames joints 3"], drawn: Bool[np.ndarray, "frames joints"]) -> Any:
    whole = np.round(1000 * positions.astype(np.float64)).astype(int).tolist()
    return [
        [point if shown else None for point, shown in zip(row, marks, strict=True)]
        for row, marks in zip(whole, drawn.tolist(), strict=True)
    ]


def _curves(
    recorded: Float[np.ndarray, "frames joints 3"],
    there: Bool[np.ndarray, "frames joints"],
    hidden: Bool[np.ndarray, "frames joints"],
    repaired: Float[np.ndarray, "frames joints 3"],
) -> list[tuple[str, str]]:
    """Draw the height of the first hidden joints."""
    out = []
    for joint in np.flatnonzero(hidden.any(axis=0))[:MOST_CURVES].tolist():
        line = bridged(recorded[:, joint], there[:, joint] & ~hidden[:, joint])
        series = [
            (100.0 * points[:, 1].astype(np.float64), colour, dashed)
            for points, colour, dashed in (
                (line, BAD, True), (recorded[:, joint], MIDDLE, False), (repaired[:, joint], MODELS["model"], False),
            )
        ]  # fmt: skip
        out.append((f"{BODY21[joint].replace('_', ' ')}, height", trace(series, " cm")))
    return out
