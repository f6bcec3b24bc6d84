"""Gaps filled and noise taken out, in recordings of any length and rate; what was seen is not touched by filling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from kinetrace.models.corrector.groups import PARTNER
from kinetrace.models.corrector.network import WINDOW, Corrector
from kinetrace.models.corrector.window_frame import WindowFrame, window_frame
from kinetrace.models.corrector.working_rate import averaged, between, spread_out, working_rate

HOP: Final = 8
"""Frames between windows that fill: a gap is looked at from several, and the answers are averaged."""
WIDE_HOP: Final = 20
"""Frames between windows that clean."""
WANDER: Final = 12
"""Frames by which a gap's middle is off a window's at most, as in training; at a recording's ends it may be more."""
MARGIN: Final = 3
"""Visible frames that a gap needs on each side within a window."""
LONGEST: Final = 40
"""Frames at the working rate beyond which a gap is not filled: none longer was trained on."""
BATCH: Final = 64
_MIRROR: Final = (1.0, 1.0, -1.0)


class Repaired(NamedTuple):
    """A recording with samples given by the corrector.

    Attributes:
        positions: World [m]; samples that were not given are those that came in, bit for bit.
        expected: How far a given sample may be off: its expected distance from the truth [m]; 0 elsewhere.
        given: Which samples the corrector gave.
    """

    positions: Float[np.ndarray, "frames joints 3"]
    expected: Float[np.ndarray, "frames joints"]
    given: Bool[np.ndarray, "frames joints"]


class _Answer(NamedTuple):
    positions: Float[np.ndarray, "frames joints 3"]
    expected: Float[np.ndarray, "frames joints"]
    given: Bool[np.ndarray, "frames joints"]


def fill_gaps(
    corrector: Corrector,
    positions: Float[np.ndarray, "frames joints 3"],
    visible: Bool[np.ndarray, "frames joints"],
    wanted: Bool[np.ndarray, "frames joints"],
    fps: float,
) -> Repaired:
    """Fill hidden samples that lie between visible ones of the same joint.

    Args:
        corrector: Trained, in evaluation mode.
        positions: World, Y up [m]; hidden samples may hold anything.
        visible: Where they were seen.
        wanted: Hidden samples to give. Gaps without visible samples on both sides, or longer than 40 frames at the
            working rate (0.67 s at 60 Hz), are left.
        fps: Frame rate [Hz].
    """
    rate = working_rate(fps)
    shown = np.where(visible[..., None], positions, 0.0).astype(np.float64)
    asked = wanted & ~visible
    if rate.times > 1:
        work, seen = spread_out(shown, visible, rate.times)
        want = np.zeros(seen.shape, dtype=bool)
        want[:: rate.times] = asked
        for off in range(1, rate.times):  # the frames put in around a hidden one are hidden, too
            want[off :: rate.times] = (asked[:-1] | asked[1:]) & ~seen[off :: rate.times]
        answer = _over_windows(corrector, work, seen, want)
        found = _Answer(*(part[:: rate.times] for part in answer))
    else:
        thin = slice(None, None, rate.every)
        found = _finer(
            _over_windows(corrector, shown[thin], visible[thin], asked[thin]), shown, visible, asked, rate.every
        )
    given = found.given & asked
    out = positions.copy()
    out[given] = found.positions[given].astype(positions.dtype)
    return Repaired(out, np.where(given, found.expected, 0.0), given)


def denoise(
    corrector: Corrector,
    positions: Float[np.ndarray, "frames joints 3"],
    visible: Bool[np.ndarray, "frames joints"],
    fps: float,
) -> Repaired:
    """Take the noise out of every visible sample.

    Args:
        corrector: Trained, in evaluation mode.
        positions: World, Y up [m].
        visible: Where they were seen; other samples are left as they are.
        fps: Frame rate [Hz].
    """
    rate = working_rate(fps)
    shown = np.where(visible[..., None], positions, 0.0).astype(np.float64)
    thin = averaged(shown, visible, rate.every)[:: rate.every]
    frames = (len(thin) - 1) * rate.times + 1
    work, seen = np.zeros((frames, *thin.shape[1:])), np.zeros((frames, thin.shape[1]), dtype=bool)
    work[:: rate.times], seen[:: rate.times] = thin, visible[:: rate.every]
    answer = _over_windows(corrector, work, seen, seen, every_frame=rate.times > 1)
    if rate.times > 1:
        found = _Answer(*(part[:: rate.times] for part in answer))
    else:
        found = _finer(answer, np.zeros_like(shown), np.zeros_like(visible), visible, rate.every, beyond=rate.every)
    given = found.given & visible
    out = positions.copy()
    out[given] = found.positions[given].astype(positions.dtype)
    return Repaired(out, np.where(given, found.expected, 0.0), given)


def _finer(
    answer: _Answer,
    shown: Float[np.ndarray, "frames joints 3"],
    visible: Bool[np.ndarray, "frames joints"],
    asked: Bool[np.ndarray, "frames joints"],
    every: int,
    beyond: int = 0,
) -> _Answer:
    """Bring answers for every k-th frame to all frames: splines through them and the visible samples between.

    Args:
        answer: For every k-th frame.
        shown: All frames [m].
        visible: Where they are known and may be passed through.
        asked: What to give.
        every: k.
        beyond: Frames from an answer within which one is given where there is none on the other side.
    """
    if every == 1:
        return answer
    out, given, far = shown.copy(), np.zeros(visible.shape, dtype=bool), np.zeros(visible.shape)
    out[::every], far[::every] = np.where(answer.given[..., None], answer.positions, out[::every]), answer.expected
    given[::every] = answer.given
    for joint in range(visible.shape[1]):
        known = visible[:, joint] | given[:, joint]
        at = np.flatnonzero(known)
        if len(at) < 2:
            continue
        # nothing is given where the frame before or after it was not
        near = np.zeros(len(known), dtype=bool)
        place = np.searchsorted(at, np.arange(len(known)))
        inside = (place > 0) & (place < len(at))
        near[inside] = at[place[inside]] - at[place[inside] - 1] <= every
        away = np.abs(
            np.arange(len(known))[:, None] - np.stack((at[(place - 1).clip(0)], at[place.clip(0, len(at) - 1)]), 1)
        )
        near |= away.min(axis=1) <= beyond
        missing = asked[:, joint] & ~known & near
        if missing.any():
            out[missing, joint] = between(out[:, joint], known, missing)
            far[missing, joint] = np.interp(np.flatnonzero(missing), at, far[at, joint])
            given[missing, joint] = True
    return _Answer(out, far, given)


def _over_windows(
    corrector: Corrector,
    positions: Float[np.ndarray, "frames joints 3"],
    visible: Bool[np.ndarray, "frames joints"],
    wanted: Bool[np.ndarray, "frames joints"],
    every_frame: bool = False,
) -> _Answer:
    """Look at a recording at the working rate window by window, and average what they say of each wanted sample.

    Args:
        corrector: Trained.
        positions: World [m].
        visible: Where they are known.
        wanted: What to give.
        every_frame: Frames without anything were put in; they are given with the others.
    """
    total = np.zeros(positions.shape)
    expected, weight = np.zeros(wanted.shape), np.zeros(wanted.shape)
    hop = HOP if (wanted & ~visible).any() else WIDE_HOP
    for starts, asked in _batches(visible, wanted, every_frame, hop):
        rows = starts[:, None] + np.arange(asked.shape[1])
        said, far = _ask(corrector, positions[rows], visible[rows], asked)
        trust = _trust(asked)
        for n, row in enumerate(rows):
            total[row] += trust[n][..., None] * said[n]
            expected[row] += trust[n] * far[n]
            weight[row] += trust[n]
    given = weight > 0
    divisor = np.where(given, weight, 1.0)
    return _Answer(total / divisor[..., None], expected / divisor, given & wanted)


def _batches(
    visible: Bool[np.ndarray, "frames joints"], wanted: Bool[np.ndarray, "frames joints"], every_frame: bool, hop: int
) -> Iterator[tuple[Int[np.ndarray, "n"], Bool[np.ndarray, "n window joints"]]]:
    """Give the windows in which something can be given, and what."""
    frames = len(visible)
    size = min(WINDOW, frames)
    ends = _ends(visible)
    starts, asked = [], []
    for start in sorted({*range(0, frames - size + 1, hop), frames - size}):
        cut = slice(start, start + size)
        here = wanted[cut] & _fits(ends, start, size)
        if every_frame:
            here = here | ~visible[cut] & wanted[cut].any(axis=0)
        if here.any():
            starts.append(start)
            asked.append(here)
        if len(starts) == BATCH:
            yield np.array(starts), np.stack(asked)
            starts, asked = [], []
    if starts:
        yield np.array(starts), np.stack(asked)


def _ends(visible: Bool[np.ndarray, "frames joints"]) -> Int[np.ndarray, "frames joints 2"]:
    """Give each hidden sample the visible frames before and after its gap, −1 where there is none; a visible one itself."""
    frames = len(visible)
    at = np.arange(frames)[:, None]
    before = np.maximum.accumulate(np.where(visible, at, -1), axis=0)
    after = np.minimum.accumulate(np.where(visible, at, frames)[::-1], axis=0)[::-1]
    after = np.where(after == frames, -1, after)
    return np.stack((before, after), axis=-1)


def _fits(ends: Int[np.ndarray, "frames joints 2"], start: int, size: int) -> Bool[np.ndarray, "window joints"]:
    """Say which samples are visible, or in a gap that a window has whole and near its middle."""
    before, after = ends[start : start + size, :, 0], ends[start : start + size, :, 1]
    known = (before == after) & (before >= 0)
    at_first, at_last = start == 0, start + size == len(ends)
    first, last = start + (0 if at_first else MARGIN - 1), start + size - (1 if at_last else MARGIN)
    off = (before + after) / 2 - (start + (size - 1) / 2)
    near = ((off <= WANDER) | at_last) & ((off >= -WANDER) | at_first)
    inside = (before >= first) & (after >= 0) & (after <= last) & (after - before <= LONGEST + 1)
    return np.asarray(known | inside & near)


def _trust(asked: Bool[np.ndarray, "n window joints"]) -> Float[np.ndarray, "n window joints"]:
    """Weigh what a window says of a sample: most in its middle, least at its ends."""
    size = asked.shape[1]
    middle = (size - 1) / 2
    weight = 1.02 - np.abs(np.arange(size) - middle) / (middle + 1)
    return np.asarray(np.where(asked, weight[None, :, None] ** 2, 0.0))


@torch.no_grad()
def _ask(
    corrector: Corrector,
    positions: Float[np.ndarray, "n window joints 3"],
    visible: Bool[np.ndarray, "n window joints"],
    wanted: Bool[np.ndarray, "n window joints"],
) -> tuple[Float[np.ndarray, "n window joints 3"], Float[np.ndarray, "n window joints"]]:
    """Ask the corrector twice, once in a mirror, and give the mean of the answers in the world, and the larger doubt."""
    world, seen, want = (torch.from_numpy(np.ascontiguousarray(a)) for a in (positions, visible, wanted))
    frame: WindowFrame = window_frame(world, seen)
    inside = frame.enter(world).float()
    partner, sign = list(PARTNER), torch.tensor(_MIRROR)
    said = corrector(inside, seen, want)
    other = corrector(inside[:, :, partner] * sign, seen[:, :, partner], want[:, :, partner])
    mean: Tensor = (said.positions + other.positions[:, :, partner] * sign) / 2
    doubt = torch.maximum(said.expected, other.expected[:, :, partner]) * frame.stature[:, None, None]
    return frame.leave(mean.double()).numpy(), doubt.double().numpy()
