"""Recordings at the rates that are trained, and every window of them as one row number in one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.interpolate import CubicSpline
from torch import Tensor

from kinetrace.models.pinn.joints import CHANNELS, JOINTS, LEFT_HIP, PELVIS, RIGHT_HIP, RIGID
from kinetrace.models.pinn.stencils import differentiate, whole_stencils
from kinetrace.models.pinn.window_frame import bridge, window_frame
from schemas.errors import ComputeError
from schemas.pinn import PinnConfig, PinnParams

FASTER = 1.05
"""A recording is not brought to a rate that is more than this times its own: there is nothing between its frames."""
SAME = 0.01
"""Rates that differ by less than this share are one."""
JERK_QUANTILE = 0.95
STATISTICS_WINDOWS = 4096


@dataclass(frozen=True)
class Recording:
    """One recording of one person.

    Attributes:
        name: As in its corpus.
        subject: Who.
        movement: What they do.
        positions: Of the 17 joints, world frame, Y up [m].
        present: Where they were recorded.
        fps: Frame rate [Hz].
    """

    name: str
    subject: str
    movement: str
    positions: Float[np.ndarray, "frames joints 3"]
    present: Bool[np.ndarray, "frames joints"]
    fps: float


@dataclass(frozen=True)
class WindowTable:
    """All recordings at all rates, end to end.

    Attributes:
        positions: Of every frame [m].
        present: Where joints were recorded.
        starts: First frame of every window, in the order of the rates.
        counts: Windows a rate.
        rates: Frame rates [Hz].
        window: Frames a window.
    """

    positions: Float[Tensor, "frames joints 3"]
    present: Bool[Tensor, "frames joints"]
    starts: Int[Tensor, "windows"]
    counts: tuple[int, ...]
    rates: tuple[float, ...]
    window: int

    def to(self, device: str) -> WindowTable:
        """Move the table to where the numbers are crunched."""
        return replace(
            self,
            positions=self.positions.to(device),
            present=self.present.to(device),
            starts=self.starts.to(device),
        )

    def take(self, windows: Int[Tensor, "n"]) -> tuple[Float[Tensor, "n w j 3"], Bool[Tensor, "n w j"]]:
        """Give the windows of these row numbers."""
        at = self.starts[windows, None] + torch.arange(self.window, device=self.starts.device)
        return self.positions[at], self.present[at]

    def rate_of(self, windows: Int[Tensor, "n"]) -> Int[Tensor, "n"]:
        """Give the rate's place in `rates` of every window."""
        ends = torch.tensor(self.counts, device=windows.device).cumsum(0)
        return torch.searchsorted(ends, windows, right=True)

    def draw(self, n: int, generator: torch.Generator) -> Int[Tensor, "n"]:
        """Draw windows: a rate that has any, each alike, then one of its windows."""
        counts = torch.tensor(self.counts, device=self.starts.device)
        begins = counts.cumsum(0) - counts
        used = torch.nonzero(counts)[:, 0]
        u = torch.rand((2, n), generator=generator, device=self.starts.device, dtype=torch.float64)
        rate = used[(u[0] * len(used)).long()]
        return begins[rate] + (u[1] * counts[rate]).long()


def resampled(recording: Recording, rate: float) -> Recording | None:
    """Bring a recording to another rate by cubic splines over its bridged frames.

    Args:
        recording: Any.
        rate: Wanted [Hz].

    Returns:
        The same movement; a sample is there where the recorded ones on both sides are. None: the recording is slower.
    """
    if rate > recording.fps * FASTER or len(recording.positions) < 2:
        return None
    if abs(rate / recording.fps - 1) < SAME:
        return recording
    frames = np.arange(len(recording.positions))
    at = np.arange(0, frames[-1] + 1e-9, recording.fps / rate)
    before = np.minimum(at.astype(int), len(frames) - 1)
    after = np.minimum(before + (at > before), len(frames) - 1)
    bridged = np.zeros(recording.positions.shape)
    for joint in np.flatnonzero(recording.present.any(axis=0)):
        seen = np.flatnonzero(recording.present[:, joint])
        for axis in range(3):
            bridged[:, joint, axis] = np.interp(frames, seen, recording.positions[seen, joint, axis])
    return Recording(
        recording.name, recording.subject, recording.movement,
        CubicSpline(frames, bridged)(at).astype(np.float32), recording.present[before] & recording.present[after], rate,
    )  # fmt: skip


def bone_std_mm(positions: Float[np.ndarray, "frames joints 3"], recording: Recording) -> float:
    """Give the mean over rigid bones of the spread of their length [mm], over frames that have both ends."""
    spreads = []
    for a, b in RIGID:
        both = recording.present[:, a] & recording.present[:, b]
        if both.any():
            spreads.append(np.linalg.norm(positions[both, a] - positions[both, b], axis=-1).std())
    return float(1000 * np.mean(spreads)) if spreads else 0.0


def window_table(recordings: Sequence[Recording], params: PinnParams) -> WindowTable:
    """Lay all recordings out at all rates and find their windows: those with hips and pelvis in every frame.

    Raises:
        ComputeError: No recording has such a window.
    """
    positions, present, starts, counts = [], [], [], []
    frames = 0
    for rate in params.rates_hz:
        found = 0
        for recording in recordings:
            at_rate = resampled(recording, rate)
            if at_rate is None or not len(begins := window_starts(at_rate, params.window)):
                continue
            short = max(0, params.window - len(at_rate.positions))
            pad = ((0, short), (0, 0))
            positions.append(torch.from_numpy(np.pad(at_rate.positions, (*pad, (0, 0))).astype(np.float32)))
            present.append(torch.from_numpy(np.pad(at_rate.present, pad)))
            starts.append(torch.from_numpy(frames + begins))
            frames, found = frames + len(positions[-1]), found + len(begins)
        counts.append(found)
    if not starts:
        longest = max((len(r.positions) for r in recordings), default=0)
        raise ComputeError(
            where="pinn training", field="recordings",
            expected=f"one with {params.window // 2} frames in a row at {min(params.rates_hz):g} Hz, hips and pelvis in each",
            found=f"{len(recordings)} recordings, none of them so; the longest has {longest} frames",
            fix="Give longer recordings, or a smaller window.",
        )  # fmt: skip
    return WindowTable(
        torch.cat(positions), torch.cat(present), torch.cat(starts), tuple(counts), params.rates_hz, params.window
    )


def window_starts(recording: Recording, window: int) -> Int[np.ndarray, "n"]:
    """Give the first frames of all windows that have hips and pelvis throughout.

    A recording between half a window and one is one window; the frames that it lacks are hidden ones.
    """
    whole = np.asarray(recording.present[:, [PELVIS, LEFT_HIP, RIGHT_HIP]].all(axis=1))
    span = min(window, max(len(whole), window // 2))
    if len(whole) < span:
        return np.zeros(0, dtype=np.int64)
    run = np.lib.stride_tricks.sliding_window_view(whole, span).all(axis=1)
    return np.flatnonzero(run).astype(np.int64)


def configuration(table: WindowTable, params: PinnParams) -> PinnConfig:
    """Measure what the encoder needs to know of clean motion: mean and spread of every channel, and how jerky people are.

    At most 4096 windows, evenly spaced, are looked at; v, a and j count where their stencils are whole.
    """
    at = torch.linspace(0, len(table.starts) - 1, min(STATISTICS_WINDOWS, len(table.starts))).round().long()
    positions, present = table.take(at)
    rate = table.rate_of(at)
    fps = torch.tensor(table.rates, dtype=torch.float32)[rate]
    frame = window_frame(positions, present)
    state = differentiate(bridge(frame.enter(positions), present, torch.zeros(len(JOINTS), 3)), fps).double()
    whole = whole_stencils(present)
    weight = whole.repeat_interleave(3, dim=-1).double()
    n = weight.sum(dim=(0, 1)).clamp_min(1)
    mean = (state * weight).sum(dim=(0, 1)) / n
    spread = ((((state - mean) ** 2) * weight).sum(dim=(0, 1)) / n).sqrt()
    jerk = torch.linalg.vector_norm(state[..., 9:], dim=-1)
    limits = [_quantile(jerk[rate == k][whole[rate == k][..., 3]]) for k in range(len(table.rates))]
    return PinnConfig(
        joints=JOINTS, channels=CHANNELS, params=params, jerk_limits=tuple(limits),
        mean=tuple(tuple(row) for row in mean.float().tolist()),
        spread=tuple(tuple(row) for row in spread.float().tolist()),
    )  # fmt: skip


def _quantile(jerk: Float[Tensor, "n"]) -> float:
    return float(np.quantile(jerk.numpy(), JERK_QUANTILE)) if len(jerk) else 0.0
