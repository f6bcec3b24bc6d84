import numpy as np
import pytest

from kinetrace.physics.seat import find_seat
from schemas.alignment import SeatPlane

FPS = 60.0


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
    found = find_seat(sit_to_stand(), FPS, 0.08, "sit_to_stand", None)
    assert found.source == "motion"
    assert found.seat.center[2] == pytest.approx(0.42, abs=1e-3)
    assert (found.weights[:120] == 1).all()
    assert (found.weights[-120:] == 0).all()


def test_the_seat_lets_go_as_the_hips_rise():
    weights = find_seat(sit_to_stand(), FPS, 0.08, "sit_to_stand", None).weights
    assert (np.diff(weights) <= 1e-12).all()
    assert (weights[sit_to_stand()[:, 2] > 0.54] == 0).all()


def test_a_squat_has_no_seat():
    assert find_seat(sit_to_stand(), FPS, 0.08, "squat", None).source == "none"


def test_a_scanned_seat_counts_in_any_movement_but_only_under_the_hips():
    here = find_seat(sit_to_stand(), FPS, 0.08, "other", plane())
    away = find_seat(sit_to_stand(), FPS, 0.08, "other", plane(x=2.0))
    assert here.source == away.source == "scan"
    assert here.weights[0] == 1.0
    assert (away.weights == 0).all()


def test_walking_past_a_chair_is_not_sitting():
    hips = sit_to_stand(0.9, 0.92)
    assert (find_seat(hips, FPS, 0.08, "gait", plane()).weights == 0).all()
