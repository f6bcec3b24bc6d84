"""Tokens of the present moment: what a forecast may use, from the frames up to it alone."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from kinetrace.models.pinn.encoder import PinnEncoder
from kinetrace.models.pinn.joints import JOINTS
from kinetrace.models.pinn.weights import LoadedPinn

Pool = Literal["mean", "joints"]
ROWS_AT_ONCE = 64
"""Windows encoded together: what a laptop's memory holds at full size."""


def causal_windows(
    positions: Float[Tensor, "frames joints 3"],
    present: Bool[Tensor, "frames joints"],
    rows: Int[Tensor, "n"],
    window: int,
) -> tuple[Float[Tensor, "n window joints 3"], Bool[Tensor, "n window joints"]]:
    """Give for each row the frames that end with it; a recording that is younger is extended by its first frame.

    Args:
        positions: World positions [m].
        present: Where they are known.
        rows: The last frame of each window.
        window: Frames a window.
    """
    back = torch.arange(1 - window, 1, device=rows.device)
    at = (rows[:, None] + back).clamp_min(0)
    return positions[at], present[at]


def window_features(
    network: PinnEncoder,
    positions: Float[Tensor, "n window joints 3"],
    present: Bool[Tensor, "n window joints"],
    fps: Float[Tensor, "n"],
    pool: Pool,
) -> Float[Tensor, "n features"]:
    """Give the tokens of each window's last frame; gradients flow, so that the encoder can be tuned further.

    Args:
        network: The encoder.
        positions: World positions of the 17 joints [m].
        present: Where they are known.
        fps: Frame rate of each window [Hz].
        pool: `mean` of the joints that are there (width numbers), or all `joints` side by side (17 · width).
    """
    state, _ = network.look(positions, present, fps)
    last: Tensor = network(state, present, fps).token_feat[:, -1]
    if pool == "joints":
        return last.flatten(1)
    weight = present[:, -1, :, None].to(last.dtype)
    mean: Tensor = (last * weight).sum(dim=1) / weight.sum(dim=1).clamp_min(1)
    return mean


@torch.no_grad()
def pinn_features(
    loaded: LoadedPinn,
    positions: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    fps: float,
    pool: Pool = "mean",
) -> Float[np.ndarray, "frames features"]:
    """Describe every frame by the window that ends with it; nothing after a frame changes its row.

    Args:
        loaded: The encoder.
        positions: World positions, BODY21 or its first 17 [m].
        validity: 0 missing, 1 inferred, 2 measured.
        fps: Frame rate [Hz].
        pool: As in `window_features`.
    """
    p = torch.from_numpy(np.ascontiguousarray(positions[:, : len(JOINTS)], dtype=np.float32))
    present = torch.from_numpy(validity[:, : len(JOINTS)] > 0)
    rows = []
    for some in torch.arange(len(p)).split(ROWS_AT_ONCE):  # type: ignore[no-untyped-call]
        window, seen = causal_windows(p, present, some, loaded.config.params.window)
        rate = torch.full((len(some),), fps)
        rows.append(window_features(loaded.network, window, seen, rate, pool))
    return torch.cat(rows).numpy()
