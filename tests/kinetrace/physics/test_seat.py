import numpy as np
import pytest

from kinetrace.physics.seat import find_seat, overhang
from schemas.alignment import SeatPlane

FPS = 60.0
OVER_THE_FEET = np.full(300, -0.05)


def sit_to_stand(low=0.5, high=0.9):
    """Two seconds of sitting, a rise over a second, two of standing; hips over the origin."""
    t = np.clip((np.arange(300) / FPS - 2) / 1, 0, 1)
    hips = np.zeros((300, 3))
    hips[:, 2] = low + (high - low) * (10 * t**3 - 15 * t**4 + 6 * t**5)
    return hips


def plane(height=0.42, x=0.0):
    return SeatPlane(
        source="scan_plane", height_m=height, center=(x, height, 0.0), width_m=0.4, depth_m=0.4, yaw_rad=0.0
    )


def test_a_sit_to_stand_tells_where_its_seat_is():
    found = find_seat(sit_to_stand(), FPS, 0.08, "sit_to_stand", None, OVER_THE_FEET)
    assert found.source == "motion"
    assert found.seat.center[2] == pytest.approx(0.42, abs=1e-3)
    assert (found.weights[:120] == 1).all()
    assert (found.weights[-120:] == 0).all()


def test_the_seat_lets_go_as_the_hips_rise():
    weights = find_seat(sit_to_stand(), FPS, 0.08, "sit_to_stand", None, OVER_THE_FEET).weights
    assert (np.diff(weights) <= 1e-12).all()
    assert (weights[sit_to_stand()[:, 2] > 0.54] == 0).all()


def test_a_squat_has_no_seat():
    assert find_seat(sit_to_stand(), FPS, 0.08, "squat", None, OVER_THE_FEET).source == "none"


def test_a_scanned_seat_counts_in_any_movement_but_only_under_the_hips():
    here = find_seat(sit_to_stand(), FPS, 0.08, "other", plane(), OVER_THE_FEET)
    away = find_seat(sit_to_stand(), FPS, 0.08, "other", plane(x=2.0), OVER_THE_FEET)
    assert here.source == away.source == "scan"
    assert here.weights[0] == 1.0
    assert (away.weights == 0).all()


def test_walking_past_a_chair_is_not_sitting():
    hips = sit_to_stand(0.9, 0.92)
    assert (find_seat(hips, FPS, 0.08, "gait", plane(), OVER_THE_FEET).weights == 0).all()


def test_hips_at_rest_with_the_mass_behind_the_heels_sit_whatever_the_movement_is_called():
    hips = np.zeros((300, 3))
    hips[:, 2] = 0.5
    found = find_seat(hips, FPS, 0.08, "balance", None, np.full(300, 0.2))
    assert found.source == "motion"
    assert found.seat.center[2] == pytest.approx(0.42, abs=1e-3)
    assert (found.weights == 1).all()


def test_a_fall_backwards_is_no_seat():
    hips = np.zeros((300, 3))
    hips[:, 2] = np.linspace(0.9, 0.2, 300)
    assert find_seat(hips, FPS, 0.08, "other", None, np.full(300, 0.2)).source == "none"


def test_overhang_is_behind_both_heels():
    soles = np.zeros((2, 2, 6, 3))
    soles[..., :2, 0], soles[..., 2:4, 0], soles[..., 4:, 0] = -0.05, 0.12, 0.2
    soles[:, 1, :, 0] -= 0.3
    com = np.array([[0.0, 0.0, 1.0], [-0.45, 0.0, 0.6]])
    assert overhang(com, soles) == pytest.approx([-0.35, 0.1])


def test_somebody_told_to_rise_who_only_sits_is_carried_by_the_seat():
    hips = np.zeros((300, 3))
    hips[:, 2] = 0.5 + np.random.default_rng(0).normal(0.0, 0.0005, 300)
    found = find_seat(hips, FPS, 0.08, "sit_to_stand", None, np.full(300, 0.2))
    assert found.weights.min() > 0.95


def test_hips_ten_centimetres_over_a_known_seat_do_not_sit_on_it():
    floating = sit_to_stand()
    floating[:, 2] += 0.1
    assert (find_seat(floating, FPS, 0.08, "sit_to_stand", plane(), OVER_THE_FEET).weights == 0).all()
