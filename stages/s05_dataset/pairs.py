"""Training and held-out parts, and every pair of anchors a horizon apart within one part."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float, Int32, UInt8

from schemas.dataset import DatasetParams, Part
from schemas.errors import CaptureError, ParamsError

MIN_TRAIN_ANCHORS = 8
"""Fewer make no more than a handful of horizons to learn from."""

MIN_HELD_OUT_ANCHORS = 2
"""One pair to be judged by."""

MAX_PAIRS = 20_000_000
"""160 MB of indices."""


def split_parts(time: Float[np.ndarray, "anchors"], params: DatasetParams) -> UInt8[np.ndarray, "anchors"]:
    """Give each anchor its part: the last stretch of time is held out, a margin before it belongs to nobody.

    Args:
        time: Moments of the anchors [s].
        params: Held-out fraction and margin.

    Returns:
        Part of each anchor.

    Raises:
        CaptureError: The recording is too short for both parts and the margin.
    """
    part = np.full(len(time), Part.MARGIN, dtype=np.uint8)
    held_out = math.ceil(params.held_out_fraction * len(time))
    if 0 < held_out < len(time):
        part[-held_out:] = Part.HELD_OUT
        train_until = time[-held_out] - params.held_out_margin_s + 1e-9
        part[(time <= train_until) & (part != Part.HELD_OUT)] = Part.TRAIN
    train = int(np.count_nonzero(part == Part.TRAIN))
    if train < MIN_TRAIN_ANCHORS or held_out < MIN_HELD_OUT_ANCHORS:
        margin = math.ceil(params.held_out_margin_s * params.fps)
        need = math.ceil((MIN_TRAIN_ANCHORS + margin) / (1 - params.held_out_fraction))
        need = max(need, math.ceil(MIN_HELD_OUT_ANCHORS / params.held_out_fraction))
        raise CaptureError(
            where="stage s05_dataset",
            field="duration",
            expected=f"about {need / params.fps:.1f} s with every joint in view ({need} anchors at {params.fps:g} Hz)",
            found=f"{len(time)} anchors: {train} to train on, {held_out} held out",
            fix="Record longer, or lower `dataset.held_out_fraction`.",
        )
    return part


def pairs_within(anchors: int, first: int, max_horizon: int | None) -> Int32[np.ndarray, "pairs 2"]:
    """List (t, dh) for every two anchors of one contiguous part, dh from 1 up, by anchor and then by horizon.

    Args:
        anchors: Length of the part.
        first: Index of its first anchor in the table.
        max_horizon: Largest dh; None: no bound.
    """
    top = anchors - 1 if max_horizon is None else max_horizon
    counts = np.minimum(np.arange(anchors - 1, -1, -1), top)
    t = np.repeat(np.arange(anchors), counts)
    dh = np.arange(len(t)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    return np.stack((t + first, dh), axis=1).astype(np.int32)


def make_pairs(
    part: UInt8[np.ndarray, "anchors"], params: DatasetParams
) -> tuple[Int32[np.ndarray, "train 2"], Int32[np.ndarray, "held_out 2"]]:
    """List the pairs of the training part and of the held-out part; none crosses.

    Raises:
        ParamsError: There would be more than `MAX_PAIRS`.
    """
    train, held_out = (np.flatnonzero(part == p) for p in (Part.TRAIN, Part.HELD_OUT))
    longest = params.max_horizon_frames
    asked = sum(_count(len(members), longest) for members in (train, held_out))
    if asked > MAX_PAIRS:
        raise ParamsError(
            where="params.yaml",
            field="dataset.max_horizon_frames",
            expected=f"at most {MAX_PAIRS} pairs",
            found=f"{asked} pairs of {len(train) + len(held_out)} anchors",
            fix=f"Set it to {MAX_PAIRS // (len(train) + len(held_out))} or less.",
        )
    one, other = (pairs_within(len(members), int(members[0]), longest) for members in (train, held_out))
    return one, other


def _count(anchors: int, longest: int | None) -> int:
    top = anchors - 1 if longest is None else min(longest, anchors - 1)
    return top * anchors - top * (top + 1) // 2
