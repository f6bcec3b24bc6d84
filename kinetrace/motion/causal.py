"""The causal state: what could be known at time t, for everything that forecasts."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Bool, Float, UInt8, UInt32
from scipy import ndimage

from kinetrace.motion.filters import LowPass, design_low_pass, smooth
from schemas.errors import ComputeError
from schemas.motion import Reason, Validity

# A sample counts as "at" an anchor when it is this much later at most; uniform time grids round at about 1e-15 s.
TIME_TOLERANCE_S: Final = 1e-9
# Newest samples that set the trend: 0.12 s at 6 Hz. Longer lags more (1.9 mm at 0.17 s in walking), shorter follows
# jitter (gain on acceleration's white noise doubles at 0.08 s).
TREND_PERIODS: Final = 0.72
MIN_TREND_FRAMES: Final = 4  # one more than a parabola needs


def causal_weights(low_pass: LowPass, window: int) -> Float[np.ndarray, "3 window"]:
    """Give the weights by which a prefix becomes p, v and a at its last frame.

    The prefix is carried on by the parabola through its newest samples, filtered forward and back on its own, and
    differenced backwards: v = (3p − 4p₋ + p₋₂) f / 2 and a = (p − 2p₋ + p₋₂) f². All of it is linear, so it is one
    row of weights each. The usual odd extension would pivot on the last sample and so give it back unfiltered, at
    every frequency; an even or constant one bends the trend (14 and 7 mm of lag in walking). The parabola keeps
    steady acceleration exactly, and at 100 Hz halves what lies above 15 Hz (1.0 mm of error in walking).

    Args:
        low_pass: The designed filter.
        window: Frames in the prefix.
    """
    f = low_pass.fps
    newest = min(window, max(MIN_TREND_FRAMES, round(TREND_PERIODS * f / low_pass.cutoff_hz)))
    past, ahead = np.arange(1 - newest, 1) / f, np.arange(1, 2 * low_pass.pad_frames + 1) / f
    trend = np.zeros((len(ahead), window))
    trend[:, -newest:] = np.vander(ahead, 3) @ np.linalg.pinv(np.vander(past, 3))
    last = smooth(np.concatenate((np.eye(window), trend)), low_pass)[window - 3 : window]
    stencils = np.array([[0.0, 0.0, 1.0], [f / 2.0, -2.0 * f, 1.5 * f], [f * f, -2.0 * f * f, f * f]])
    return np.asarray(stencils @ last)


def bridge_past(
    values: Float[np.ndarray, "frames joints 3"], present: Bool[np.ndarray, "frames joints"]
) -> Float[np.ndarray, "frames joints 3"]:
    """Fill every gap by a straight line between its two sides; before the first sample and after the last, by that sample.

    To a frame at which the joint is there, every earlier gap is wholly past, so the line knows nothing of its future.
    Holding the last value through a gap instead would end it with a leap, and the leap would read as velocity.
    """
    frames = np.arange(len(present))
    filled = np.zeros(values.shape)
    for joint in np.flatnonzero(present.any(axis=0)):
        at = np.flatnonzero(present[:, joint])
        for axis in range(3):
            filled[:, joint, axis] = np.interp(frames, at, values[at, joint, axis])
    return filled


def without_bridged(
    validity: UInt8[np.ndarray, "frames joints"], reasons: UInt32[np.ndarray, "frames"]
) -> UInt8[np.ndarray, "frames joints"]:
    """Mark samples that were interpolated across a gap as missing: the far side of the gap lies in their future.

    A joint that is inferred in every frame (a heel from the ankle and shank) looks at no other frame and stays.

    Args:
        validity: 0 missing, 1 inferred, 2 measured.
        reasons: Reason codes of each frame.
    """
    bridged_frame = np.asarray((reasons & np.uint32(Reason.GAP_FILLED)) > 0)
    measured = np.asarray(validity == Validity.MEASURED)
    bridged = (validity == Validity.INFERRED) & bridged_frame[:, None] & measured.any(axis=0)
    return np.where(bridged, np.uint8(Validity.MISSING), validity)


def causal_frames(
    positions: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    fps: float,
    cutoff_hz: float,
    prefix_s: float,
) -> Float[np.ndarray, "frames joints 9"]:
    """Give p, v, a at every frame from that frame and earlier ones alone.

    Args:
        positions: Unfiltered joint positions [m].
        validity: 0 missing; a frame without the joint has the position and velocity of the last frame with it.
        fps: Frame rate [Hz].
        cutoff_hz: Cut-off of the prefix's own zero-lag filter [Hz].
        prefix_s: Length of the prefix that is filtered [s]; a recording that is younger is extended by its first frame.

    Returns:
        p, v, a [m, m/s, m/s²]; 0 before a joint's first sample.
    """
    low_pass = design_low_pass(fps, cutoff_hz)
    window = max(low_pass.min_frames, round(prefix_s * fps) + 1)
    present = validity > 0
    past = bridge_past(positions, present)
    anchor = past[:1]  # the weights of p sum to one: working about the start keeps far-away worlds exact
    parts = [
        ndimage.correlate1d(past - anchor, row, axis=0, mode="nearest", origin=(window - 1) // 2)
        for row in causal_weights(low_pass, window)
    ]
    parts[0] = parts[0] + anchor
    latest = np.maximum.accumulate(np.arange(len(present))[:, None] * present, axis=0)
    states = np.take_along_axis(np.concatenate(parts, axis=-1), latest[..., None], axis=0)
    states[..., 6:9] *= present[..., None]
    seen = np.logical_or.accumulate(present, axis=0)
    return np.where(seen[..., None], states, 0.0)


def causal_states(
    positions: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    fps: float,
    anchor_times: Float[np.ndarray, "anchors"],
    cutoff_hz: float,
    prefix_s: float,
) -> tuple[Float[np.ndarray, "anchors joints 9"], Bool[np.ndarray, "anchors joints"]]:
    """Give p, v, a at the anchor times from samples at or before each anchor alone.

    The last sample's own v and a carry it to the anchor (less than one frame). The prefix's low-pass is what damps
    aliasing on a slower anchor grid; a filter that may not look ahead cannot remove it. Samples that stage 0
    interpolated across a gap know the future: hand in `without_bridged(validity, reasons)`.

    Args:
        positions: Unfiltered joint positions at a uniform rate, first frame at 0 s [m].
        validity: 0 missing, 1 inferred, 2 measured.
        fps: Frame rate [Hz].
        anchor_times: Wanted times [s], inside the recording.
        cutoff_hz: Cut-off of the prefix's filter [Hz].
        prefix_s: Length of the prefix [s].

    Returns:
        The states [m, m/s, m/s²], and whether the joint is there in the last sample (False: held from the past, or
        never seen and 0).

    Raises:
        ComputeError: An anchor lies before the first sample or a frame or more after the last.
    """
    last = np.floor((anchor_times + TIME_TOLERANCE_S) * fps).astype(np.int64)
    if len(last) and (last.min() < 0 or last.max() >= len(positions)):
        raise ComputeError(
            where="causal states",
            field="anchor_times",
            expected=f"times from 0 to {(len(positions) - 1) / fps:g} s",
            found=f"{float(anchor_times.min()):g} to {float(anchor_times.max()):g} s",
            fix="Take anchors inside the recording.",
        )
    states = causal_frames(positions, validity, fps, cutoff_hz, prefix_s)[last]
    present = (validity > 0)[last]
    ahead = np.maximum(anchor_times - last / fps, 0.0)[:, None, None]
    p, v, a = states[..., 0:3], states[..., 3:6], states[..., 6:9]
    moved = np.concatenate((p + v * ahead + a * (ahead**2 / 2.0), v + a * ahead, a), axis=-1)
    return moved, present
