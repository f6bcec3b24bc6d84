"""The guess of the movement on made bodies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.motion.centre_of_mass import centre_of_mass
from kinetrace.motion.derivatives import offline_state
from kinetrace.motion.locomotion import progress
from kinetrace.motion.movement import MovementFeatures, above, guess_movement, movement_features


def guess(made):
    velocity = offline_state(made.positions, made.validity, made.fps).state[..., 3:6]
    found = progress(made.positions, velocity, made.validity, made.fps)
    com = centre_of_mass(made.positions, made.validity, "unknown", 0.82)
    return guess_movement(
        movement_features(
            made.positions, made.validity, com.position, com.valid, found.heading, found.steady_speed, 0.82
        )
    )


@pytest.mark.parametrize("belt", [False, True])
def test_walking_is_gait_over_ground_and_on_a_belt(make_walk, belt):
    name, confidence = guess(make_walk(belt=belt))
    assert name == "gait"
    assert confidence > 0.8


def test_squats_sit_to_stands_and_standing_are_told_apart(make_squats, make_sit_to_stands, standing):
    assert guess(make_squats())[0] == "squat"
    assert guess(make_sit_to_stands())[0] == "sit_to_stand"
    assert guess(standing)[0] == "balance"


def test_someone_carried_across_the_room_is_doing_none_of_them(standing):
    standing.positions[:, :, 0] += 2.0 * np.linspace(0, 1, 120)[:, None]
    assert guess(standing)[0] == "other"


@given(st.tuples(*[st.floats(-1, 3)] * 6))
def test_the_confidence_is_a_share_and_a_named_movement_is_likelier_than_not(values):
    name, confidence = guess_movement(MovementFeatures(*values))
    assert 0.0 <= confidence <= 1.0
    assert name == "other" or confidence > 0.5


def test_a_seat_is_where_the_mass_is_behind_the_heels():
    sunk = {"step": 0.0, "sink": 0.5, "foot_shift": 0.0, "both_shift": 0.0, "speed": 0.0}
    assert guess_movement(MovementFeatures(behind_heels=0.03, **sunk))[0] == "sit_to_stand"
    assert guess_movement(MovementFeatures(behind_heels=-0.03, **sunk))[0] == "squat"
    assert guess_movement(MovementFeatures(behind_heels=0.0, **sunk))[0] == "other"


def test_a_value_on_its_threshold_is_an_even_bet():
    assert above(0.25, 0.25) == 0.5
    assert above(0.0, 0.25) == 0.0
    assert above(9.0, 0.25) == 1.0
