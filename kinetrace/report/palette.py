"""The colours of the report: the same for left, right, good and bad wherever they stand, and apart for the colour-blind."""

from __future__ import annotations

from typing import Final

LEFT: Final = "#2f6fde"
RIGHT: Final = "#e0782b"
MIDDLE: Final = "#7b8796"
GOOD: Final = "#1f8a5b"
BAD: Final = "#c8374a"
DOUBTFUL: Final = "#c58a12"

PHASES: Final = ("#4fae9a", "#c9a8e0", "#d9c24f", "#d4728c", "#8a97a8", "#8fae5a", "#8e6fc4", "#b58863")
"""One colour a phase, by its place in the capture's phase names; none of them is near left or right."""

MODELS: Final = {
    "model": "#6a3fd1",
    "zero velocity": "#9aa5b4",
    "constant velocity": "#d98f3a",
    "damped velocity": "#3f9d8f",
    "ridge": "#c4577b",
}
"""One colour a forecaster."""


LIT: Final = {LEFT: (8, 66, 232), RIGHT: (240, 74, 2), MIDDLE: (96, 108, 126)}
"""The same three as given to the 3D viewer, whose film-like tone mapping pales whatever is lit."""


def phase_colour(index: int, names: tuple[str, ...]) -> str:
    """Give the colour of a phase by its place in the names; an unknown phase is grey, and beyond the list colours repeat."""
    return MIDDLE if index < len(names) and names[index] == "unknown" else PHASES[index % len(PHASES)]
