"""Which training files are held out to choose by; the test files choose nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

Places = Float[np.ndarray, "_ 38 3"]


def divided(
    files: Mapping[str, Sequence[Places]],
) -> tuple[dict[str, tuple[Places, ...]], dict[str, tuple[Places, ...]]]:
    """Hold out one file an action, the middle one by length; an action with one file is trained on alone.

    Returns:
        What is trained on, and what is chosen by.
    """
    training: dict[str, tuple[Places, ...]] = {}
    chosen_by: dict[str, tuple[Places, ...]] = {}
    for action in sorted(files):
        takes = files[action]
        if len(takes) > 1:
            middle = sorted(range(len(takes)), key=lambda k: len(takes[k]))[len(takes) // 2]
            chosen_by[action] = (takes[middle],)
            training[action] = tuple(one for k, one in enumerate(takes) if k != middle)
        else:
            training[action] = tuple(takes)
    return training, chosen_by
