"""Left and right that were exchanged are put back, and nothing else is touched."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adapters.videopose3d.side_repair import ARMS, LEGS, exchanged, put_back

FRAMES, HEIGHT = 120, 400.0
TIME = np.arange(FRAMES) / 30.0
CLEAR = np.ones((FRAMES, 33))


def walker(noise: float = 1.5, seed: int = 0) -> np.ndarray:
    """A walker from the side: legs and arms pass each other twice a stride [px]."""
    points = np.zeros((FRAMES, 33, 2))
    points[:, :, 0] = (150.0 * TIME)[:, None]
    for pairs, lengths, phase in ((LEGS, (45, 95, 92, 105), 0.0), (ARMS, (25, 45, 52, 54, 50), np.pi)):
        for (left, right), length in zip(pairs, lengths, strict=True):
            for side, turn in ((left, phase), (right, phase + np.pi)):
                angle = 0.45 * np.sin(2 * np.pi * TIME + turn)
                points[:, side] += np.stack((length * np.sin(angle), length * np.cos(angle)), axis=1)
    return points + np.random.default_rng(seed).normal(0.0, noise, points.shape)


def swapped(points: np.ndarray, frames: slice | list[int], pairs: tuple[tuple[int, int], ...] = LEGS) -> np.ndarray:
    out = points.copy()
    for left, right in pairs:
        out[frames, left], out[frames, right] = points[frames, right], points[frames, left]
    return out


def apart(points: np.ndarray) -> np.ndarray:
    """Frames in which the ankles are far enough from each other that their names mean something."""
    return np.linalg.norm(points[:, 27] - points[:, 28], axis=1) > 0.1 * HEIGHT


@settings(max_examples=25, deadline=None)
@given(start=st.integers(5, 90), length=st.integers(1, 20), seed=st.integers(0, 50))
def test_an_exchange_that_begins_and_ends_with_legs_apart_is_found(start: int, length: int, seed: int) -> None:
    good = walker(seed=seed)
    far, end = apart(good), start + length
    assume(far[start - 1 : start + 1].all() and far[end - 1 : end + 1].all())  # in a passage an end leaves no trace
    truth = np.zeros(FRAMES, dtype=bool)
    truth[start : start + length] = True
    found = exchanged(swapped(good, slice(start, start + length)), CLEAR, LEGS, HEIGHT)
    assert ((found != truth) & apart(good)).sum() <= 1


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), noise=st.floats(0.0, 4.0))
def test_a_good_recording_is_left_alone(seed: int, noise: float) -> None:
    good = walker(noise, seed)
    points, _, remarks = put_back(good, np.ones((FRAMES, 33)), HEIGHT)
    assert np.array_equal(points, good) and remarks == ()


def test_visibility_goes_with_the_limb_and_the_frames_are_counted() -> None:
    good = walker()
    visibility = np.ones((FRAMES, 33))
    visibility[:, [left for left, _ in LEGS]] = 0.7
    crossed = visibility.copy()
    crossed[20:23] = np.where(np.isin(np.arange(33), [left for left, _ in LEGS]), 1.0, crossed[20:23])
    crossed[20:23] = np.where(np.isin(np.arange(33), [right for _, right in LEGS]), 0.7, crossed[20:23])
    points, seen, remarks = put_back(swapped(good, slice(20, 23)), crossed, HEIGHT)
    assert np.array_equal(points, good) and np.array_equal(seen, visibility)
    assert remarks == ("left and right legs were exchanged in 3 frames: put back",)


def test_arms_and_legs_are_looked_at_apart() -> None:
    good = walker()
    points, _, remarks = put_back(swapped(good, slice(68, 72), ARMS), np.ones((FRAMES, 33)), HEIGHT)
    assert np.array_equal(points, good) and "arms" in remarks[0] and len(remarks) == 1


def test_an_exchange_throughout_is_taken_as_said() -> None:
    mirrored = swapped(walker(), slice(0, FRAMES))
    assert not exchanged(mirrored, CLEAR, LEGS, HEIGHT).any()


@pytest.mark.parametrize("gap", [5, 20])
def test_gaps_are_bridged_when_short_and_not_invented(gap: int) -> None:
    good = walker()
    good[60 : 60 + gap] = np.nan
    points, _, _ = put_back(good, np.ones((FRAMES, 33)), HEIGHT)
    assert np.array_equal(points, good, equal_nan=True)


def test_legs_that_are_only_guessed_at_say_nothing_about_their_names() -> None:
    hidden = CLEAR.copy()
    hidden[40:60, 26:33:2] = 0.2
    wild = swapped(walker(), [46, 47, 51, 52, 53])
    assert exchanged(wild, CLEAR, LEGS, HEIGHT).any() and not exchanged(wild, hidden, LEGS, HEIGHT).any()
