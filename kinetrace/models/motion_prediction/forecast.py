"""From windows of the protocol to their predicted future."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.cmu_protocol import FRAMES_IN, FRAMES_OUT, PREDICTED, PUBLISHED_SCALE, Future, Windows, completed
from kinetrace.models.motion_prediction.mirror import mirrored_coordinates
from kinetrace.models.motion_prediction.network import MotionPredictor

UNIT = 1000.0
"""The protocol's millimetres in one unit of the network."""
_AT_ONCE = 256


def forecast(network: MotionPredictor, stretches: Windows, scale: float = PUBLISHED_SCALE) -> Future:
    """Predict the future of windows; the mean of what the network says of them and of their mirror images.

    Only the first ten frames of a window are read.

    Args:
        network: In evaluation mode, on the CPU.
        stretches: Windows as `cmu_protocol.windows` gives them.
        scale: What a CMU unit is worth in them; the network was trained at the published 70.
    """
    unit = UNIT * scale / PUBLISHED_SCALE
    given = stretches[:, :FRAMES_IN, list(PREDICTED)].reshape(len(stretches), FRAMES_IN, 3 * len(PREDICTED)) / unit
    seen = torch.from_numpy(given.astype(np.float32))
    answers = [_both_sides(network, seen[k : k + _AT_ONCE]) for k in range(0, max(1, len(seen)), _AT_ONCE)]
    moved = torch.cat(answers).numpy().astype(np.float64) * unit
    return completed(moved.reshape(-1, FRAMES_OUT, len(PREDICTED), 3), stretches[:, FRAMES_IN - 1])


@torch.no_grad()
def _both_sides(network: MotionPredictor, given: Float[Tensor, "windows 10 75"]) -> Float[Tensor, "windows 25 75"]:
    straight: Tensor = network(given)
    turned: Tensor = network(mirrored_coordinates(given))
    return (straight + mirrored_coordinates(turned)) / 2
