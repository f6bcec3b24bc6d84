"""Tokens of the present moment: what a forecast may use, from the frames up to it alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from kinetrace.models.pinn.encoder import PinnEncoder
from kinetrace.models.pinn.joints import JOINTS
from kinetrace.models.pinn.weights import LoadedPinn

Pool = Literal["mean", "joints"]
CAUSAL_S = 0.8
"""What a description of the present looks back on [s]; less than a training window, and half of its cost at 30 Hz."""
ROWS_AT_ONCE = 64
"""Windows encoded together: what a laptop's memory holds at full size."""


def causal_frames(loaded: LoadedPinn, fps: float) -> int:
    """Give the frames of a window that ends with the present: 0.8 s, and not more than the encoder was trained on."""
    return max(2, min(loaded.config.params.window, round(CAUSAL_S * fps)))


def causal_windows(
    positions: Float[Tensor, "frames joints 3"],
    present: Bool[Tensor, "frames joints"],
    rows: Int[Tensor, "n"],
    first: Int[Tensor, "n"],
    window: int,
) -> tuple[Float[Tensor, "n window joints 3"], Bool[Tensor, "n window joints"]]:
    """Give for each row the frames that end with it; a stretch that is younger is extended by its first frame.

    Args:
        positions: World positions [m].
        present: Where they are known.
        rows: The last frame of each window.
        first: The first frame of the uninterrupted stretch that each row is in.
        window: Frames a window.
    """
    back = torch.arange(1 - window, 1, device=rows.device)
    at = torch.maximum(rows[:, None] + back, first[:, None])
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
    kept = slice(0, len(JOINTS))
    return _features(loaded, positions[:, kept], validity[:, kept] > 0, np.zeros(len(positions), np.int64), fps, pool)


def anchor_features(
    loaded: LoadedPinn,
    states: Float[np.ndarray, "anchors joints 9"],
    measured: UInt8[np.ndarray, "anchors joints"],
    time: Float[np.ndarray, "anchors"],
    joints: Sequence[str],
    fps: float,
    pool: Pool = "mean",
) -> Float[np.ndarray, "anchors features"]:
    """Describe every anchor of a dataset by the anchors up to it, never across one that is missing.

    Args:
        loaded: The encoder.
        states: Causal states [p v a] as stage 5 writes them; only positions are used.
        measured: 0 where a joint is held from the past: hidden from the encoder.
        time: Of the anchors [s].
        joints: Names of the states' joints; those of the 17 that are not among them are hidden.
        fps: Anchors a second.
        pool: As in `window_features`.
    """
    positions, present = np.zeros((len(states), len(JOINTS), 3), np.float32), np.zeros((len(states), len(JOINTS)), bool)
    for column, joint in enumerate(JOINTS):
        if joint in joints:
            positions[:, column] = states[:, joints.index(joint), :3]
            present[:, column] = measured[:, joints.index(joint)] > 0
    broken = np.diff(time, prepend=-np.inf) > 1.5 / fps
    first = np.maximum.accumulate(np.where(broken, np.arange(len(time)), 0))
    return _features(loaded, positions, present, first, fps, pool)


@torch.no_grad()
def _features(
    loaded: LoadedPinn,
    positions: Float[np.ndarray, "frames joints 3"],
    present: Bool[np.ndarray, "frames joints"],
    first: Int[np.ndarray, "frames"],
    fps: float,
    pool: Pool,
) -> Float[np.ndarray, "frames features"]:
    p, seen = torch.from_numpy(np.ascontiguousarray(positions, dtype=np.float32)), torch.from_numpy(np.asarray(present))
    begin, span = torch.from_numpy(first), causal_frames(loaded, fps)
    rows = []
    for some in torch.arange(len(p)).split(ROWS_AT_ONCE):  # type: ignore[no-untyped-call]
        window, there = causal_windows(p, seen, some, begin[some], span)
        rows.append(window_features(loaded.network, window, there, torch.full((len(some),), fps), pool))
    return torch.cat(rows).numpy()
