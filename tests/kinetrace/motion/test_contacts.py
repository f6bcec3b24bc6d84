"""Contacts against feet whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from kinetrace.motion.contacts import (
    SOLE,
    UNKNOWN,
    bridge_flights,
    bridge_unknown,
    feet_in_contact,
    schmitt,
    standing_foot,
    touch_margins,
    without_short,
)
from kinetrace.motion.derivatives import offline_state
from kinetrace.motion.drift import position_drift
from kinetrace.motion.filters import design_low_pass, filter_positions
from kinetrace.motion.skeletons import INDEX
from schemas.physical_state import ContactParams


def contacts(
    made, max_speed: float = 0.86, ground: float = 0.0, validity: np.ndarray | None = None, drift: float = 0.0
) -> np.ndarray:
    validity = made.validity if validity is None else validity
    velocity = offline_state(made.positions, validity, made.fps).state[..., 3:6] - [ground, 0.0, 0.0]
    speed = np.linalg.norm(velocity, axis=-1)
    standing = tuple(
        standing_foot(made.positions[:, list(q)], speed[:, list(q)], (validity[:, list(q)] > 0).all(axis=1))
        for q in SOLE.values()
    )
    margins = touch_margins(made.positions, velocity, validity, standing, max_speed, ContactParams(), drift)
    return feet_in_contact(margins, validity, made.fps, ContactParams(), always_one=True)


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


def wandering(walk, sigma_m: float):
    """The walk with every joint wandering slowly (0.5 Hz) on its own, filtered as stage 2 does."""
    chance = np.random.default_rng(0)
    t = np.arange(len(walk.positions))[:, None, None] / walk.fps
    phase = chance.uniform(0.0, 2.0 * np.pi, (1, *walk.positions.shape[1:]))
    walk.positions[:] += sigma_m * np.sqrt(2.0) * np.sin(2.0 * np.pi * 0.5 * t + phase)
    walk.positions[:] = filter_positions(walk.positions, walk.validity, design_low_pass(walk.fps, 6.0)).positions
    return walk


def test_slow_drift_of_the_source_is_seen_and_speed_then_decides(make_walk):
    walk = wandering(make_walk(), 0.02)
    drift = position_drift(walk.positions, walk.validity)
    assert 0.01 < drift < 0.03
    assert agreement(contacts(walk, drift=drift), walk.contact) > 0.9
    assert agreement(contacts(walk), walk.contact) < agreement(contacts(walk, drift=drift), walk.contact)


def test_a_heel_that_still_falls_has_not_landed():
    positions, velocity = np.zeros((10, 21, 3)), np.zeros((10, 21, 3))
    velocity[:, :, 1] = -0.2
    standing = (standing_foot(np.zeros((1, 2, 3)), np.zeros((1, 2)), np.zeros(1, dtype=bool)),) * 2
    seen = np.full((10, 21), 2, dtype=np.uint8)
    strike, hold = touch_margins(positions, velocity, seen, standing, 1.0, ContactParams())[0, 0]
    assert strike == pytest.approx(-1.0)
    assert hold > 0.0


def test_a_walker_never_flies_but_a_jumper_does():
    seen = np.array([[1, 0], [0, 0], [0, 0], [0, 1]], dtype=np.uint8)
    margin = np.array([[0.5, -1.0], [-0.1, -0.4], [-0.4, -0.1], [-1.0, 0.5]])
    walked, jumped = seen.copy(), seen.copy()
    bridge_flights(walked, margin, 2)
    bridge_flights(jumped, margin, 1)
    assert walked.tolist() == [[1, 0], [1, 0], [0, 1], [0, 1]]
    assert np.array_equal(jumped, seen)


def test_a_moment_unseen_is_filled_only_between_two_alike():
    foot = np.array([1, 2, 1, 2, 0, 2, 2, 2, 0, 2], dtype=np.uint8)
    both = np.stack([foot, foot], axis=1)
    bridge_unknown(both, 2)
    assert both[:, 0].tolist() == [1, 1, 1, 2, 0, 2, 2, 2, 0, 2]


@pytest.mark.parametrize(("at_start", "first"), [(-0.2, 0), (-1.0, 3)])
def test_a_stance_under_way_when_the_recording_begins_has_no_strike_in_it_but_a_landing_has(at_start, first):
    margins = np.full((12, 2, 2), -1.0)
    margins[:3, 0] = [at_start, 0.3]
    margins[3:9, 0] = 0.5
    found = feet_in_contact(margins, np.full((12, 21), 2, dtype=np.uint8), 60.0, ContactParams())
    assert np.flatnonzero(found[:, 0] == 1).tolist() == list(range(first, 9))


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
