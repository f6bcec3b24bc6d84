"""Zero-lag Butterworth low-pass over the gap-free runs of a motion, with the cut-off corrected for the second pass."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Float, UInt8
from scipy import signal

from schemas.errors import ParamsError


@lru_cache(maxsize=64)
def _sections(order: int, cutoff_hz: float, fps: float) -> Float[np.ndarray, "sections 6"]:
    """Design one pass, once for all recordings of a frame rate."""
    return np.asarray(signal.butter(order, cutoff_hz, fs=fps, output="sos"))


@dataclass(frozen=True)
class LowPass:
    """A zero-lag Butterworth filter as designed for one frame rate.

    Attributes:
        fps: Frame rate [Hz].
        cutoff_hz: Frequency at which both passes together give half the power [Hz] (a peer-compatible design: each pass).
        design_cutoff_hz: Cut-off that one pass is designed with [Hz].
        order: Order of one pass.
    """

    fps: float
    cutoff_hz: float
    design_cutoff_hz: float
    order: int

    @property
    def sections(self) -> Float[np.ndarray, "sections 6"]:
        """Second-order sections of one pass."""
        return _sections(self.order, self.design_cutoff_hz, self.fps).copy()

    @property
    def min_frames(self) -> int:
        """Shortest run that can be filtered: scipy's own padding for this order, plus one frame."""
        return 3 * (2 * len(self.sections) + 1) + 1

    @property
    def pad_frames(self) -> int:
        """Frames of odd extension at each end: one period of the cut-off, by when the filter's transient has died."""
        return max(self.min_frames - 1, math.ceil(self.fps / self.cutoff_hz))


@dataclass(frozen=True)
class FilteredMotion:
    """Filtered positions, and what the filter could not touch.

    Attributes:
        positions: Filtered where the run was long enough, else raw; 0 where missing [m].
        gap_free_runs: Runs met, summed over joints.
        runs_too_short: Runs left raw, summed over joints.
    """

    positions: Float[np.ndarray, "frames joints 3"]
    gap_free_runs: int
    runs_too_short: int


def design_low_pass(fps: float, cutoff_hz: float, order: int = 2, *, peer_compatible: bool = False) -> LowPass:
    """Design a Butterworth pass so that the filter run forward and back has its half-power point at the cut-off.

    Each pass attenuates, so two passes of a filter designed at f are 3 dB down below f. With the analogue frequency
    Ω = tan(π f / fps), the design point is Ω / C, C = (√2 − 1)^(1/2n) (Winter 2009, Biomechanics and Motor Control of
    Human Movement, §3.4.4.2; the correction belongs on the tan-warped frequency: Robertson & Dowling 2003).

    Args:
        fps: Frame rate [Hz].
        cutoff_hz: Wanted cut-off of the whole [Hz].
        order: Order of one pass.
        peer_compatible: Leave the correction out, as many packages do.

    Raises:
        ParamsError: The cut-off is not below half the frame rate.
    """
    if cutoff_hz >= fps / 2.0:
        raise ParamsError(
            where="physical_state.filter",
            field="cutoff_hz",
            expected=f"below half the frame rate ({fps / 2.0:g} Hz)",
            found=f"{cutoff_hz:g} Hz at {fps:g} frames a second",
            fix=f"Set cutoff_hz below {fps / 2.0:g} (for a capture, in params.yaml), or record faster.",
        )
    if peer_compatible:
        return LowPass(fps, cutoff_hz, cutoff_hz, order)
    dual_pass = (math.sqrt(2.0) - 1.0) ** (1.0 / (2 * order))
    warped = math.tan(math.pi * cutoff_hz / fps) / dual_pass
    return LowPass(fps, cutoff_hz, fps / math.pi * math.atan(warped), order)


def gap_free_runs(valid: Bool[np.ndarray, "frames"]) -> list[tuple[int, int]]:
    """Give the stretches without a gap as (first frame, frame after the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], valid, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def joints_alike(valid: Bool[np.ndarray, "frames joints"]) -> list[tuple[list[int], list[tuple[int, int]]]]:
    """Group the joints that are present in the same frames, so that they can be worked on together.

    Returns:
        One (joint columns, gap-free runs) for each pattern of presence, in a fixed order.
    """
    alike: dict[bytes, list[int]] = {}
    for joint, column in enumerate(valid.T):
        alike.setdefault(column.tobytes(), []).append(joint)
    return [(joints, gap_free_runs(valid[:, joints[0]])) for joints in alike.values()]


def bridged(
    values: Float[np.ndarray, "frames axes"], seen: Bool[np.ndarray, "frames"]
) -> Float[np.ndarray, "frames axes"]:
    """Interpolate linearly over frames that were not seen; before the first and after the last the value holds."""
    if not seen.any():
        return np.zeros(values.shape)
    frames = np.arange(len(values))
    return np.stack([np.interp(frames, frames[seen], column[seen]) for column in values.T], axis=1)


def smooth(values: Float[np.ndarray, "frames *rest"], low_pass: LowPass) -> Float[np.ndarray, "frames *rest"]:
    """Filter one gap-free run forward and back along its first axis.

    Args:
        values: At least `low_pass.min_frames` frames.
        low_pass: The designed filter.
    """
    pad = min(low_pass.pad_frames, values.shape[0] - 1)
    return np.asarray(signal.sosfiltfilt(low_pass.sections, values, axis=0, padtype="odd", padlen=pad))


def filter_positions(
    positions: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    low_pass: LowPass,
) -> FilteredMotion:
    """Filter every gap-free run of every joint alone, never across a gap.

    Args:
        positions: Joint positions [m].
        validity: 0 missing, 1 inferred, 2 measured.
        low_pass: The designed filter.

    Returns:
        The filtered motion; runs shorter than `low_pass.min_frames` are left raw and counted.
    """
    present = validity > 0
    out = np.where(present[..., None], positions, 0.0).astype(np.float64)
    met = short = 0
    for joints, runs in joints_alike(present):
        met += len(runs) * len(joints)
        for start, stop in runs:
            if stop - start < low_pass.min_frames:
                short += len(joints)
                continue
            out[start:stop, joints] = smooth(out[start:stop, joints], low_pass)
    return FilteredMotion(out, met, short)
