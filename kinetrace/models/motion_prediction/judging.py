"""How far predictions of a set of files are off, action by action."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from jaxtyping import Float

from kinetrace.models.cmu_protocol import FRAMES_IN, WINDOW, Future, Windows, errors, windows

Places = Float[np.ndarray, "_ 38 3"]


def errors_by_action(
    predict: Callable[[Windows], Future], files: Mapping[str, Sequence[Places]]
) -> dict[str, Float[np.ndarray, "25"]]:
    """Give the mean distance at each of the 25 frames, over every window of an action's files.

    Args:
        predict: Gives the 38 joints of 25 frames for windows of 35, of which it may read the first ten.
        files: Action to files; actions whose files are all shorter than a window are left out.
    """
    stretches = {
        action: np.concatenate([windows(places) for places in takes])
        for action, takes in files.items()
        if any(len(places) >= WINDOW for places in takes)
    }
    return {action: errors(predict(some), some[:, FRAMES_IN:]) for action, some in sorted(stretches.items())}
