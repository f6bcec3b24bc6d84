"""Which way up a film is: from the person in it, where nobody knows and the file may be wrong."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

_UP = np.array([[0.0, -1.0], [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
"""Where up is in the stored picture, if so many counter-clockwise quarter turns show it upright (x right, y down)."""
CLEAR = 0.5
"""The trunk must point this much more the other way before the file's own word is set aside: people also bend and lie."""


def quarter_turns(points: Float[np.ndarray, "seen 33 2"], said: int) -> int:
    """Give the counter-clockwise quarter turns that show a person upright.

    Args:
        points: Landmarks [px of the stored film].
        said: What the file says.
    """
    trunk = points[:, (11, 12)].mean(axis=1) - points[:, (23, 24)].mean(axis=1)
    along = trunk / np.maximum(np.linalg.norm(trunk, axis=1, keepdims=True), 1e-9)
    agreement = np.nanmean(along @ _UP.T, axis=0)
    best = int(np.argmax(agreement))
    return best if agreement[best] > agreement[said % 4] + CLEAR else said % 4
