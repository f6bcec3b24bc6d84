"""Counting repetitions of made squats and sit-to-stands."""

from __future__ import annotations

import numpy as np
import pytest

from kinetrace.motion.kinematics import sagittal_angles
from kinetrace.motion.repetitions import levels, sit_to_stands, squats
from schemas.physical_state import ANGLES


def height_and_angles(made) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    angles, _ = sagittal_angles(made.positions, made.validity, (0.0, 0.0))
    knee = angles[:, [ANGLES.index("knee_l"), ANGLES.index("knee_r")]].mean(axis=1)
    return made.positions[:, 0, 1], knee, np.gradient(angles[:, ANGLES.index("trunk")]) * made.fps


@pytest.mark.parametrize("count", [1, 2, 5, 9])
@pytest.mark.parametrize("noise_m", [0.0, 0.004])
def test_every_squat_is_counted_once(make_squats, count, noise_m):
    made = make_squats(count=count)
    height, knee, _ = height_and_angles(made)
    height = height + noise_m * np.random.default_rng(0).normal(size=len(height))
    found = squats(height, knee, made.fps)
    assert len(found) == count
    for rep in found:
        assert rep.start_frame < rep.turn_frame < rep.end_frame
        assert height[rep.turn_frame] == height[rep.start_frame : rep.end_frame].min()


@pytest.mark.parametrize("count", [1, 5])
def test_every_rise_from_the_seat_is_counted_once(make_sit_to_stands, count):
    made = make_sit_to_stands(count=count)
    found = sit_to_stands(*height_and_angles(made), made.fps)
    assert len(found) == count
    for rep in found:
        assert rep.upright_frame is not None
        assert rep.start_frame <= rep.turn_frame < rep.upright_frame < rep.end_frame


def test_two_made_squats_are_where_they_were_made(make_squats):
    made = make_squats(count=2, fps=60.0)
    height, knee, _ = height_and_angles(made)
    found = squats(height, knee, 60.0)
    assert [rep.turn_frame for rep in found] == pytest.approx([90, 270], abs=1)
    assert all(45 <= rep.start_frame - 180 * k <= 66 for k, rep in enumerate(found))


def test_a_bow_with_straight_knees_is_no_squat(make_squats):
    made = make_squats()
    height, knee, _ = height_and_angles(made)
    assert squats(height, np.zeros_like(knee), made.fps) == ()


def test_standing_still_has_no_repetition():
    flat = np.full(200, 0.9)
    assert squats(flat, np.zeros(200), 60.0) == ()
    assert sit_to_stands(flat, np.zeros(200), np.zeros(200), 60.0) == ()


def test_a_squat_cut_off_by_the_end_is_not_counted(make_squats):
    made = make_squats(count=3)
    height, knee, _ = height_and_angles(made)
    cut = len(height) - 90
    assert len(squats(height[:cut], knee[:cut], made.fps)) == 2


def test_a_rise_that_falls_back_is_not_a_stand(make_sit_to_stands):
    made = make_sit_to_stands(count=3)
    height, knee, rate = height_and_angles(made)
    low = height.min()
    middle = slice(240, 480)
    height[middle] = low + 0.6 * (height[middle] - low)
    assert len(sit_to_stands(height, knee, rate, made.fps)) == 2


def test_levels_are_the_high_and_low_ends():
    level = levels(np.concatenate([np.full(50, 0.9), np.full(50, 0.5)]))
    assert (level.high, level.low) == (0.9, 0.5)
    assert level.span == pytest.approx(0.4)
