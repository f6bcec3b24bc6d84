from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.robotics.time_grid import fit_grid
from schemas.errors import CaptureError


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([30.0, 60.0, 100.0, 120.0, 59.94]), st.floats(0, 9000), st.integers(0, 2**31), st.floats(0.0, 0.2),
    st.integers(20, 200),
)  # fmt: skip
def test_dropped_frames_and_jitter_leave_every_sample_in_its_slot(
    rate: float, start: float, seed: int, jitter: float, frames: int
) -> None:
    rng = np.random.default_rng(seed)
    slots = np.flatnonzero(rng.random(frames) < 0.9)
    slots = np.union1d(slots, [0, 1, 2, frames - 1])
    late = rng.uniform(-jitter, jitter, len(slots)) / rate
    late[[0, -1]] = 0.0
    grid = fit_grid(start + slots / rate + late, rate, "x")
    np.testing.assert_array_equal(grid.slots, slots)
    assert grid.frames == frames and grid.fps == rate
    spread = grid.spread(np.ones((len(slots), 3)))
    np.testing.assert_array_equal(np.isfinite(spread[:, 0]), np.isin(np.arange(frames), slots))


def test_times_rounded_to_a_millisecond_give_the_declared_rate() -> None:
    grid = fit_grid(np.round(np.arange(300) / 60.0, 3), 60.0, "x")
    assert grid.fps == 60.0 and grid.frames == 300 and grid.remarks == ()
    assert grid.jitter_s.max() <= 0.001


def test_the_time_column_wins_over_the_header() -> None:
    grid = fit_grid(np.arange(100) / 100.0 + 5.0, 200.0, "x")
    assert grid.fps == 100.0 and grid.start_s == pytest.approx(5.0)
    assert "DataRate says 200 Hz; the time column says 100 Hz" in grid.remarks[0]


def test_two_samples_in_one_slot_become_one_and_it_is_said() -> None:
    time = np.insert(np.arange(50) / 50.0, 10, 0.1801)
    grid = fit_grid(time, None, "x")
    assert grid.frames == 50 and len(grid.slots) == 50
    assert "1 samples closer than half a frame" in grid.remarks[0]


def test_a_pause_is_refused_before_the_grid_is_made() -> None:
    with pytest.raises(CaptureError, match=r"1e.09 s without a sample after 0.98 s"):
        fit_grid(np.append(np.arange(99) / 100.0, 1e9), None, "x")


@pytest.mark.parametrize("step", [1.0, 1e-6])
def test_a_rate_that_is_no_movement_recordings_is_refused(step: float) -> None:
    with pytest.raises(CaptureError, match=r"5 to 20000 frames a second"):
        fit_grid(np.arange(100) * step, None, "x")


def test_one_pose_is_a_grid_of_one_frame() -> None:
    grid = fit_grid(np.array([3.5]), 100.0, "x")
    assert (grid.frames, grid.fps, grid.start_s, grid.remarks) == (1, 100.0, 3.5, ())
    assert grid.spread(np.ones((1, 2, 3))).tolist() == np.ones((1, 2, 3)).tolist()
