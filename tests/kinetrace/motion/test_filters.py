"""Laws, a hand-computed case and refusals of the zero-lag filter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from kinetrace.motion.filters import bridged, design_low_pass, filter_positions, gap_free_runs, smooth
from schemas.errors import ParamsError


@given(st.floats(25.0, 240.0), st.floats(0.02, 0.45), st.integers(1, 4))
@settings(max_examples=50, deadline=None)
def test_two_passes_together_are_three_decibels_down_exactly_at_the_cutoff(fps, share, order):
    low_pass = design_low_pass(fps, share * fps, order)
    sos = signal.butter(order, low_pass.design_cutoff_hz, fs=fps, output="sos")
    _, one_pass = signal.sosfreqz(sos, [share * fps], fs=fps)
    assert abs(one_pass[0]) ** 2 == pytest.approx(np.sqrt(0.5), rel=1e-6)


def test_a_peer_compatible_filter_cuts_at_487_hundredths_of_a_hertz_when_asked_for_six():
    low_pass = design_low_pass(60.0, 6.0, peer_compatible=True)
    frequency = np.linspace(4.0, 6.0, 2001)
    _, one_pass = signal.sosfreqz(low_pass.sections, frequency, fs=60.0)
    half_power = frequency[np.argmin(np.abs(np.abs(one_pass) ** 2 - np.sqrt(0.5)))]
    assert half_power == pytest.approx(4.87, abs=0.01)


def test_the_correction_for_order_two_is_winters_0_802_on_the_warped_frequency():
    low_pass = design_low_pass(60.0, 6.0)
    ratio = np.tan(np.pi * 6.0 / 60.0) / np.tan(np.pi * low_pass.design_cutoff_hz / 60.0)
    assert ratio == pytest.approx(0.8022, abs=5e-5)


def test_a_slow_sine_passes_without_lag():
    t = np.arange(400) / 100.0
    slow = np.sin(2 * np.pi * t)[:, None]
    kept = smooth(slow, design_low_pass(100.0, 6.0))
    assert np.abs(kept - slow)[20:-20].max() < 1e-3


def test_the_filter_never_reaches_across_a_gap():
    rng = np.random.default_rng(0)
    positions = rng.normal(size=(90, 2, 3))
    validity = np.full((90, 2), 2, dtype=np.uint8)
    validity[40:45, 0] = 0
    low_pass = design_low_pass(60.0, 6.0)
    before = filter_positions(positions, validity, low_pass).positions
    positions[45:, 0] += 5.0
    after = filter_positions(positions, validity, low_pass).positions
    assert np.array_equal(before[:40], after[:40])
    assert np.all(after[40:45, 0] == 0.0)


def test_a_run_too_short_to_filter_is_reported_and_left_raw():
    rng = np.random.default_rng(1)
    positions = rng.normal(size=(60, 1, 3))
    validity = np.full((60, 1), 2, dtype=np.uint8)
    validity[5] = 0
    done = filter_positions(positions, validity, design_low_pass(60.0, 6.0))
    assert (done.gap_free_runs, done.runs_too_short) == (2, 1)
    assert np.array_equal(done.positions[:5], positions[:5])
    assert not np.allclose(done.positions[6:], positions[6:])


def test_gap_free_runs_of_a_hand_written_mask():
    assert gap_free_runs(np.array([1, 1, 0, 1, 0, 0, 1], dtype=bool)) == [(0, 2), (3, 4), (6, 7)]
    assert gap_free_runs(np.zeros(3, dtype=bool)) == []


def test_bridging_interpolates_inside_and_holds_outside():
    values = np.array([[9.0], [1.0], [9.0], [3.0], [9.0]])
    seen = np.array([False, True, False, True, False])
    assert bridged(values, seen)[:, 0].tolist() == [1.0, 1.0, 2.0, 3.0, 3.0]


def test_a_cutoff_at_half_the_frame_rate_is_refused():
    with pytest.raises(ParamsError, match=r"cutoff_hz: expected below half the frame rate \(5 Hz\), found 6 Hz"):
        design_low_pass(10.0, 6.0)
