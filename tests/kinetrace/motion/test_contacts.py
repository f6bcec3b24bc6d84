"""Contacts against feet whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from kinetrace.motion.contacts import SOLE, UNKNOWN, feet_in_contact, schmitt, standing_foot, without_short
from kinetrace.motion.derivatives import offline_state
from kinetrace.motion.skeletons import INDEX
from schemas.physical_state import ContactParams


def contacts(made, max_speed: float = 0.86, ground: float = 0.0, validity: np.ndarray | None = None) -> np.ndarray:
    validity = made.validity if validity is None else validity
    velocity = offline_state(made.positions, validity, made.fps).state[..., 3:6] - [ground, 0.0, 0.0]
    speed = np.linalg.norm(velocity, axis=-1)
    standing = tuple(
        standing_foot(made.positions[:, list(q)], speed[:, list(q)], (validity[:, list(q)] > 0).all(axis=1))
        for q in SOLE.values()
    )
    return feet_in_contact(made.positions, velocity, validity, standing, max_speed, made.fps, ContactParams())


def agreement(found: np.ndarray, truth: np.ndarray) -> float:
    both = ((found == 1) & truth).sum()
    return 2 * both / (2 * both + ((found == 1) & ~truth).sum() + ((found != 1) & truth).sum())


@pytest.mark.parametrize("belt", [False, True])
def test_a_walks_contacts_are_found_over_ground_and_on_a_belt(make_walk, belt):
    walk = make_walk(belt=belt)
    found = contacts(walk, ground=-walk.speed if belt else 0.0)
    assert agreement(found, walk.contact) > 0.9  # the made swing starts and ends with a foot that hardly moves


def test_on_a_belt_without_its_speed_no_foot_seems_to_stand(make_walk):
    assert agreement(contacts(make_walk(belt=True)), make_walk().contact) < 0.3


def test_contacts_do_not_depend_on_how_high_the_markers_sit(make_walk):
    walk = make_walk()
    before = contacts(walk)
    walk.positions[:, SOLE["left"], 1] += 0.06
    assert np.array_equal(contacts(walk), before)


def test_a_low_toe_in_swing_is_no_contact_because_it_is_fast(make_walk):
    walk = make_walk()
    for side in SOLE.values():
        walk.positions[:, side[1], 1] = 0.02
    assert agreement(contacts(walk), walk.contact) > 0.9


def test_a_foot_that_is_not_seen_is_unknown_not_lifted(make_walk):
    walk = make_walk()
    validity = walk.validity
    validity[100:200, SOLE["right"]] = 0
    validity[300:320, INDEX["l_heel"]] = 0
    found = contacts(walk, validity=validity)
    assert (found[100:200, 1] == UNKNOWN).all()
    assert (found[100:200, 0] != UNKNOWN).all()
    assert (found[300:320, 0] != 0).all()


def test_the_calibration_of_a_standing_foot_is_its_height_and_pitch():
    sole = np.zeros((50, 2, 3))
    sole[:, 0], sole[:, 1] = [0.0, 0.01, 0.0], [0.2, 0.04, 0.0]
    foot = standing_foot(sole, np.zeros((50, 2)), np.ones(50, dtype=bool))
    assert (foot.heel_height, foot.toe_height, foot.frames_used) == (0.01, 0.04, 50)
    assert foot.pitch == pytest.approx(np.arctan(0.03 / 0.2))


def test_a_foot_that_never_stands_is_calibrated_on_its_low_points_and_says_so():
    sole = np.zeros((100, 2, 3))
    sole[:, :, 1] = np.linspace(0.0, 1.0, 100)[:, None]
    foot = standing_foot(sole, np.full((100, 2), 2.0), np.ones(100, dtype=bool))
    assert foot.frames_used == 0
    assert foot.heel_height == pytest.approx(0.05)


def test_hysteresis_holds_from_the_first_on_to_the_end_of_hold():
    on = np.array([0, 0, 1, 0, 0, 0, 0], dtype=bool)
    hold = np.array([0, 1, 1, 1, 0, 1, 0], dtype=bool)
    assert schmitt(on, hold).astype(int).tolist() == [0, 0, 1, 1, 0, 0, 0]


def test_short_gaps_close_and_short_contacts_go_but_the_ends_stay():
    mask = np.array([1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1], dtype=bool)
    kept = without_short(mask, 3).astype(int)
    assert kept.tolist() == [1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1]


def test_a_height_threshold_of_nothing_is_refused():
    with pytest.raises(ValueError, match="max_height_m"):
        ContactParams(max_height_m=0.0)
