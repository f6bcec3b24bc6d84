"""The windows that training draws from: every training file at several speeds, between its frames, and in a mirror."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from kinetrace.models.cmu_protocol import FRAMES_IN, PREDICTED, WINDOW
from kinetrace.models.motion_prediction.forecast import UNIT
from kinetrace.models.motion_prediction.mirror import mirrored
from kinetrace.training.motion_prediction.resampling import resampled
from schemas.cmu_prediction import PredictionParams
from schemas.errors import ComputeError

SHIFTS = (0.0, 0.5)
"""Frames; the half reads between the frames that the protocol keeps."""
Places = Float[np.ndarray, "_ 38 3"]


@dataclass(frozen=True)
class WindowTable:
    """Frames of all motions in one row, and where windows may begin.

    Attributes:
        frames: The 25 predicted joints, in thousandths of the protocol's scale.
        starts: First frames of windows, action after action.
        first: Where each action begins in `starts`.
        counts: Its windows.
        shares: How often it is drawn; sums to 1.
    """

    frames: Float[Tensor, "frames 75"]
    starts: Int[Tensor, "windows"]
    first: Int[Tensor, "actions"]
    counts: Int[Tensor, "actions"]
    shares: Float[Tensor, "actions"]

    def draw(
        self, params: PredictionParams, generator: torch.Generator
    ) -> tuple[Float[Tensor, "windows 10 75"], Float[Tensor, "windows 25 75"]]:
        """Draw windows, play some backwards, scale each by a number of its own, and give what is seen and what follows."""
        size, scale = params.batch_size, params.scale_range
        action = torch.multinomial(self.shares, size, True, generator=generator)
        place = (torch.rand(size, generator=generator) * self.counts[action]).long().clamp(max=self.counts[action] - 1)
        windows = self.frames[self.starts[self.first[action] + place][:, None] + torch.arange(WINDOW)]
        backwards = torch.rand(size, 1, 1, generator=generator) < params.reversed_share
        windows = torch.where(backwards, windows.flip(1), windows)
        windows = windows * (1 + scale * (2 * torch.rand(size, 1, 1, generator=generator) - 1))
        return windows[:, :FRAMES_IN], windows[:, FRAMES_IN:]


def window_table(files: Mapping[str, Sequence[Places]], params: PredictionParams) -> WindowTable:
    """Lay out the training files.

    Args:
        files: Action to its files as `protocol_places` gives them, root held.
        params: Speeds, and how actions are balanced.

    Raises:
        ComputeError: No file is as long as a window.
    """
    rows: list[Float[np.ndarray, "_ 75"]] = []
    starts: list[Int[np.ndarray, "_"]] = []
    counts: list[int] = []
    length = 0
    for action in sorted(files):
        before = sum(len(s) for s in starts)
        for motion in _variants(files[action], params.rates):
            rows.append((motion[:, list(PREDICTED)] / UNIT).reshape(len(motion), -1).astype(np.float32))
            starts.append(length + np.arange(len(motion) - WINDOW + 1))
            length += len(motion)
        counts.append(sum(len(s) for s in starts) - before)
    if not length:
        raise ComputeError(
            where="prediction training", field="files", expected=f"a file of at least {WINDOW} frames", found="none",
            fix="Give the archive with its training files.",
        )  # fmt: skip
    number = torch.tensor(counts)
    weight = torch.where(number > 0, number.double() ** params.balance, 0.0)
    return WindowTable(
        torch.from_numpy(np.concatenate(rows)), torch.from_numpy(np.concatenate(starts)),
        number.cumsum(0) - number, number, weight / weight.sum(),
    )  # fmt: skip


def _variants(files: Sequence[Places], rates: Sequence[float]) -> Iterator[Places]:
    """Give every file at every speed and shift, then in a mirror, where it is as long as a window."""
    for places in files:
        if len(places) < WINDOW:
            continue
        for rate in rates:
            for shift in SHIFTS:
                motion = resampled(places, rate, shift)
                if len(motion) >= WINDOW:
                    yield motion
                    yield mirrored(motion)
