"""A recording of any length, cleaned: overlapping windows, faded into each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from kinetrace.models.pinn.weights import LoadedPinn
from schemas.errors import ComputeError

MIN_FRAMES = 2
WINDOWS_AT_ONCE = 64
OVERLAPPING = 2
"""Windows that tell of each frame."""


class Reconstruction(NamedTuple):
    """A cleaned recording and what the encoder says of each frame."""

    positions: Float[np.ndarray, "frames joints 3"]
    tokens: Float[np.ndarray, "frames joints width"]


@torch.no_grad()
def reconstruct(
    loaded: LoadedPinn,
    positions: Float[np.ndarray, "frames joints 3"],
    visible: Bool[np.ndarray, "frames joints"],
    fps: float,
) -> Reconstruction:
    """Clean a recording, looking both ways in time.

    Windows of the training length overlap by half and are weighed by a raised cosine, so that a frame is told mostly
    by the windows that hold it in their middle. A recording below one window is one window.

    Args:
        loaded: The encoder.
        positions: World positions of the 17 joints [m].
        visible: Where they are known.
        fps: Frame rate [Hz].

    Returns:
        World positions [m], also of the hidden samples, and the tokens.

    Raises:
        ComputeError: Below two frames there is no motion.
    """
    frames = len(positions)
    if frames < MIN_FRAMES:
        raise ComputeError(
            where="pinn", field="frames", expected=f"at least {MIN_FRAMES}", found=str(frames),
            fix="Give a longer recording.",
        )  # fmt: skip
    p, seen = torch.from_numpy(positions.astype(np.float32)), torch.from_numpy(visible)
    length = min(loaded.config.params.window, frames)
    starts = torch.unique(torch.tensor([*range(0, frames - length, max(1, length // OVERLAPPING)), frames - length]))
    fade = torch.hann_window(length, periodic=False).clamp_min(1e-3)
    total, where = torch.zeros(frames), torch.zeros_like(p)
    tokens = torch.zeros(frames, p.shape[1], loaded.config.params.width)
    for some in starts.split(WINDOWS_AT_ONCE):
        at = some[:, None] + torch.arange(length)
        world, said = _encode(loaded, p[at], seen[at], fps)
        weight = fade.repeat(len(some))
        total.index_add_(0, at.flatten(), weight)
        where.index_add_(0, at.flatten(), world.flatten(0, 1) * weight[:, None, None])
        tokens.index_add_(0, at.flatten(), said.flatten(0, 1) * weight[:, None, None])
    share = total[:, None, None]
    return Reconstruction((where / share).numpy(), (tokens / share).numpy())


def _encode(
    loaded: LoadedPinn,
    p: Float[Tensor, "batch frames joints 3"],
    seen: Bool[Tensor, "batch frames joints"],
    fps: float,
) -> tuple[Float[Tensor, "batch frames joints 3"], Float[Tensor, "batch frames joints width"]]:
    rate = torch.full((len(p),), fps)
    state, frame = loaded.network.look(p, seen, rate)
    encoded = loaded.network(state, seen, rate)
    return frame.leave(encoded.s_hat[..., :3]), encoded.token_feat
