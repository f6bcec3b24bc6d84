import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.physics.low_pass import (
    BY_MOVEMENT,
    LEAST_HZ,
    MAX_NOISE_ACCELERATION,
    choose_low_pass,
    noise_cutoff,
    noise_density,
)


def hips(sigma_m, fps=100.0, seconds=20.0):
    t = np.arange(round(fps * seconds)) / fps
    path = np.stack([1.2 * t, 0.03 * np.sin(2 * np.pi * 1.0 * t), 0.02 * np.sin(2 * np.pi * 1.8 * t)], axis=1)
    return path + sigma_m * np.random.default_rng(0).normal(size=path.shape)


@pytest.mark.parametrize("movement", list(BY_MOVEMENT))
def test_a_clean_recording_gets_its_movements_cutoff(movement):
    assert choose_low_pass(hips(1e-5), 100.0, movement, 30.0).cutoff_hz == BY_MOVEMENT[movement]


def test_the_ceiling_that_the_user_sets_holds():
    assert choose_low_pass(hips(1e-5), 100.0, "gait", 4.0).cutoff_hz == 4.0


def test_white_noise_is_measured_by_its_density():
    assert noise_density(hips(0.004), 100.0) == pytest.approx(0.004**2 / 50.0, rel=0.15)


def test_at_the_cutoff_for_its_noise_the_acceleration_is_what_was_bearable():
    frequency = np.linspace(0.0, noise_cutoff(1e-6), 20001)
    variance = np.trapezoid((2 * np.pi * frequency) ** 4 * 1e-6, frequency)
    assert np.sqrt(variance) == pytest.approx(MAX_NOISE_ACCELERATION, rel=1e-3)


@given(st.floats(1e-4, 0.05))
def test_more_noise_never_means_a_higher_cutoff(sigma):
    less, more = (choose_low_pass(hips(s, seconds=5.0), 100.0, "gait", 6.0).cutoff_hz for s in (sigma, 1.5 * sigma))
    assert LEAST_HZ <= more <= less <= BY_MOVEMENT["gait"]


def test_a_rate_that_leaves_no_band_to_look_at_changes_nothing():
    assert noise_density(hips(0.01, fps=15.0), 15.0) == 0.0
    assert choose_low_pass(hips(0.01, fps=15.0), 15.0, "gait", 6.0).cutoff_hz == BY_MOVEMENT["gait"]


def test_the_reason_says_what_was_done():
    assert choose_low_pass(hips(1e-5), 100.0, "sit_to_stand", 30.0).reason == "6 Hz for sit-to-stand"
    assert "of noise at the hips" in choose_low_pass(hips(0.005), 100.0, "gait", 6.0).reason


def test_a_recording_without_an_upper_body_is_filtered_harder():
    choice = choose_low_pass(hips(1e-5), 100.0, "gait", 6.0, trunk_seen=False)
    assert choice.cutoff_hz == 4.0
    assert choice.reason == "4 Hz for gait without an upper body"


def test_the_reason_names_the_movement_unless_somebody_set_a_lower_cut_off():
    still = np.zeros((300, 3))
    assert choose_low_pass(still, 100.0, "sit_to_stand", 6.0).reason == "6 Hz for sit-to-stand"
    assert choose_low_pass(still, 100.0, "sit_to_stand", 4.5).reason == "4.5 Hz as set"
