"""A page that plays what an encoder was shown, what it made of it and what was recorded, one over the other."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Bool, Float
from jinja2 import Environment, PackageLoader, StrictUndefined

from kinetrace.motion.filters import bridged
from kinetrace.motion.skeletons import BONES, INDEX
from kinetrace.report.palette import BAD, MIDDLE, MODELS
from kinetrace.report.stick_figures import bend, trace

SHOWN_S = 12.0
"""Longest stretch that is played [s]."""
SHOWN_COLOUR, CLEANED_COLOUR, RECORDED_COLOUR = BAD, MODELS["model"], MIDDLE


def reconstruction_html(
    title: str,
    fps: float,
    shown: Float[np.ndarray, "frames joints 3"],
    visible: Bool[np.ndarray, "frames joints"],
    cleaned: Float[np.ndarray, "frames joints 3"],
    recorded: Float[np.ndarray, "frames joints 3"],
    facts: tuple[tuple[str, str], ...],
) -> str:
    """Make one self-contained HTML page; it asks nothing of the network and is the same bytes for the same input.

    Args:
        title: Heading, as plain text.
        fps: Frame rate [Hz].
        shown: Input, the first joints of BODY21, world frame, Y up [m].
        visible: Where the input is known; other samples are not drawn.
        cleaned: Reconstruction [m].
        recorded: What was recorded [m].
        facts: Name and value of what stands above the figure.

    Returns:
        HTML text, UTF-8.
    """
    stop = min(len(shown), int(SHOWN_S * fps))
    cut = slice(0, stop)
    joints = shown.shape[1]
    data: dict[str, Any] = {
        "fps": fps,
        "bones": [[a, b] for a, b in BONES if max(a, b) < joints],
        "layers": [
            {"name": "recorded", "colour": RECORDED_COLOUR, "width": 5, "points": _packed(recorded[cut], None)},
            {"name": "input", "colour": SHOWN_COLOUR, "width": 1.5, "points": _packed(shown[cut], visible[cut])},
            {"name": "reconstruction", "colour": CLEANED_COLOUR, "width": 3, "points": _packed(cleaned[cut], None)},
        ],
    }
    environment = Environment(loader=PackageLoader("kinetrace.report"), autoescape=True, undefined=StrictUndefined)
    page = environment.get_template("reconstruction.html.j2")
    return page.render(
        title=title,
        lead="What the encoder was shown, what it made of it, and what was recorded.",
        curves="Three curves",
        facts=facts,
        data=data,
        traces=_traces(_bridged(shown[cut], visible[cut]), cleaned[cut], recorded[cut]),
    )


def _packed(positions: Float[np.ndarray, "frames joints 3"], visible: Bool[np.ndarray, "frames joints"] | None) -> Any:
    """Give millimetres from the recording's first floor point as whole numbers; null where not known."""
    whole = np.round(1000 * positions.astype(np.float64)).astype(int).tolist()
    if visible is not None:
        for row, seen in zip(whole, visible.tolist(), strict=True):
            row[:] = [point if there else None for point, there in zip(row, seen, strict=True)]
    return whole


def _bridged(
    shown: Float[np.ndarray, "frames joints 3"], visible: Bool[np.ndarray, "frames joints"]
) -> Float[np.ndarray, "frames joints 3"]:
    return np.stack([bridged(shown[:, j], visible[:, j]) for j in range(shown.shape[1])], axis=1)


def _traces(
    shown: Float[np.ndarray, "frames joints 3"],
    cleaned: Float[np.ndarray, "frames joints 3"],
    recorded: Float[np.ndarray, "frames joints 3"],
) -> list[tuple[str, str]]:
    """Draw knee flexion and the height of the right wrist of all three; hidden input is a straight line."""
    motions = ((shown, SHOWN_COLOUR, False), (recorded, RECORDED_COLOUR, False), (cleaned, CLEANED_COLOUR, False))
    wrist = INDEX["r_wrist"]
    return [
        ("Right knee flexion", trace([(bend(p, "r"), colour, dashed) for p, colour, dashed in motions], "°")),
        ("Left knee flexion", trace([(bend(p, "l"), colour, dashed) for p, colour, dashed in motions], "°")),
        ("Right wrist height", trace([(100 * p[:, wrist, 1], colour, dashed) for p, colour, dashed in motions], " cm")),
    ]
