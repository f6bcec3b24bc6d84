"""Left and right labels that change places: found, put back, and nothing found where nothing changed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.formats.trc import parse_trc
from adapters.robotics.from_markers import NamedFile, body_from_markers
from adapters.robotics.side_swaps import exchanged

Make = Callable[..., dict[str, np.ndarray]]
FPS = 60.0


def _tracks(frames: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """Two feet that pass each other, 0.2 m apart, once a second."""
    phase = 2.0 * np.pi * np.arange(frames) / FPS
    swing = 0.35 * np.sin(phase)
    zero = np.zeros(frames)
    return np.column_stack((swing, zero, zero + 0.1)), np.column_stack((-swing, zero, zero - 0.1))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 118), st.integers(1, 50))
def test_any_stretch_of_exchanged_labels_is_found(start: int, length: int) -> None:
    right, left = _tracks()
    wrong = np.zeros(len(right), dtype=bool)
    wrong[start : start + length] = True
    mixed = np.where(wrong[:, None], left, right), np.where(wrong[:, None], right, left)
    assert np.array_equal(exchanged(*mixed, FPS), wrong)


@pytest.mark.parametrize("fps_of", [1, 2])
def test_feet_that_pass_are_not_exchanged(fps_of: int) -> None:
    right, left = (track[::fps_of] for track in _tracks())
    assert not exchanged(right, left, FPS / fps_of).any()


def test_hands_that_cross_in_full_swing_are_not_exchanged() -> None:
    across = np.linspace(-0.5, 0.5, 31)[:, None] * (1.0, 0.0, 0.0)  # 1 m/s at 30 Hz, through the same point
    assert not exchanged(across, -across, 30.0).any()


def test_nothing_is_said_over_a_long_gap() -> None:
    right, left = _tracks()
    mixed = right.copy(), left.copy()
    mixed[0][40:80], mixed[1][40:80] = np.nan, np.nan
    mixed[0][80:], mixed[1][80:] = left[80:], right[80:]
    assert not exchanged(*mixed, FPS).any()


def test_two_markers_that_were_never_seen_together_have_no_say() -> None:
    right, left = _tracks()
    right[::2], left[1::2] = np.nan, np.nan
    assert not exchanged(right, left, FPS).any()


def test_a_recording_is_put_right_and_says_so(walker: np.ndarray, keypoints: Make, trc: Callable[..., str]) -> None:
    markers = keypoints(walker)
    good, _, _ = body_from_markers(NamedFile(parse_trc(trc(markers), "m"), "m"), None, None, "unknown")
    markers["RAnkle"][30:41], markers["LAnkle"][30:41] = (
        markers["LAnkle"][30:41].copy(),
        markers["RAnkle"][30:41].copy(),
    )
    body, made, _ = body_from_markers(NamedFile(parse_trc(trc(markers), "m"), "m"), None, None, "unknown")
    assert np.array_equal(body.get("r_ankle"), good.get("r_ankle")) and np.array_equal(
        body.get("l_ankle"), good.get("l_ankle")
    )
    assert made.remarks == ("RAnkle and LAnkle were exchanged in 11 frames: put back",)
    assert np.flatnonzero(made.ghosts).tolist() == list(range(30, 41))
