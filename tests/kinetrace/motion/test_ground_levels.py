"""Feet on stairs, on a box, in the air and on the floor."""

from __future__ import annotations

import numpy as np
import pytest

from kinetrace.motion.contacts import StandingFoot
from kinetrace.motion.ground_levels import held_up, off_the_floor, stands_alone
from kinetrace.motion.skeletons import INDEX

LEFT, RIGHT = ([INDEX[f"{s}_{j}"] for j in ("ankle", "heel", "toe")] for s in "lr")


def found(made, drift: float = 0.0) -> np.ndarray:
    velocity = np.gradient(made.positions, axis=0) * made.fps
    return off_the_floor(made.positions, velocity, made.validity, made.fps, drift)


def climbing(walk, rise: float):
    """The walk up a flight: each stance of each foot a step higher, the pelvis rising with them."""
    time = np.arange(len(walk.positions)) / walk.fps
    for side, lag in ((LEFT, 0.0), (RIGHT, 0.5)):
        cycle = time + lag
        up = np.floor(cycle) * 2.0 - 2.0 * lag + 2.0 * np.clip((cycle % 1.0 - 0.6) / 0.4, 0.0, 1.0)
        walk.positions[:, side, 1] += (rise * up)[:, None]
    walk.positions[:, INDEX["pelvis"], 1] += 2.0 * rise * time
    return walk


@pytest.mark.parametrize("rise", [0.12, 0.17])
def test_stairs_are_off_the_floor_from_the_second_step(make_walk, rise):
    off = found(climbing(make_walk(), rise))
    assert off[120:-100].all()


def test_a_level_walk_is_on_the_floor(make_walk):
    assert not found(make_walk()).any()


def test_a_foot_held_up_is_in_the_air_not_on_a_step(standing):
    standing.positions[:, LEFT, 1] += 0.2
    assert not found(standing).any()


def test_squats_and_sit_to_stands_stay_on_the_floor(make_squats, make_sit_to_stands):
    assert not found(make_squats()).any()
    assert not found(make_sit_to_stands()).any()


def test_who_steps_down_from_a_box_was_off_the_floor_and_then_is_not(standing):
    positions = np.concatenate([standing.positions + np.array([0.0, 0.3, 0.0]), standing.positions])
    off = found(type(standing)(positions, standing.fps))
    assert off[:110].all()
    assert not off[130:].any()


def test_what_a_drifting_source_shows_is_no_step(standing):
    positions = np.concatenate([standing.positions + np.array([0.0, 0.12, 0.0]), standing.positions])
    made = type(standing)(positions, standing.fps)
    assert found(made).any()
    assert not found(made, drift=0.02).any()


def test_without_feet_there_is_nothing_to_say(standing):
    nothing = np.zeros_like(standing.validity)
    assert not off_the_floor(standing.positions, np.zeros_like(standing.positions), nothing, 60.0, 0.0).any()


@pytest.mark.parametrize("order", [1, -1])
def test_who_leaves_a_box_as_the_recording_ends_or_begins_is_off_the_floor_to_that_end(standing, order):
    box = standing.positions + np.array([0.0, 0.3, 0.0])
    leaving = np.maximum(np.arange(len(box)) - (len(box) - 20), 0.0) / standing.fps
    box = box + 2.0 * leaving[:, None, None] * np.array([1.0, 0.0, 0.0])
    off = found(type(standing)(np.concatenate([standing.positions, box])[::order], standing.fps))[::order]
    assert off[-20:].all()
    assert not off[: len(box) - 10].any()


def test_who_stands_on_the_floor_again_within_a_second_of_the_end_is_not_off_it(standing):
    positions = np.concatenate([standing.positions + np.array([0.0, 0.3, 0.0]), standing.positions[:40]])
    off = found(type(standing)(positions, standing.fps))
    assert not off[-20:].any()


@pytest.mark.parametrize("rise", [0.05, 0.3])
def test_a_foot_above_the_other_throughout_is_calibrated_on_the_other(rise):
    low, high = StandingFoot(0.03, 0.02, 0.1, 60), StandingFoot(0.03 + rise, 0.02 + rise, -0.3, 60)
    assert held_up((low, high), (False, False), 0.0) == ((low, low), (0.0, pytest.approx(rise)))
    assert held_up((high, low), (False, False), 0.0) == ((low, low), (pytest.approx(rise), 0.0))


def test_feet_marked_at_different_heights_both_stand():
    left, right = StandingFoot(0.03, 0.02, 0.1, 60), StandingFoot(0.03 + 0.036, 0.02 + 0.036, 0.1, 60)
    assert held_up((left, right), (False, False), 0.0) == ((left, right), (0.0, 0.0))
    pointed = StandingFoot(0.15, 0.02, -0.5, 60)
    assert held_up((left, pointed), (False, False), 0.0) == ((left, pointed), (0.0, 0.0))


def test_what_stood_alone_or_may_have_drifted_is_not_held_up():
    left, right = StandingFoot(0.03, 0.02, 0.1, 60), StandingFoot(0.10, 0.09, 0.1, 60)
    assert held_up((left, right), (False, True), 0.0)[1] == (0.0, 0.0)
    assert held_up((left, right), (False, False), 0.02)[1] == (0.0, 0.0)


def test_a_foot_that_rests_while_the_other_swings_stands_alone():
    rests, swings, seen = np.zeros((60, 2)), np.full((60, 2), 1.0), np.ones(60, dtype=bool)
    assert stands_alone(rests, swings, seen, 60.0)
    assert not stands_alone(rests, rests, seen, 60.0)
    assert not stands_alone(swings, swings, seen, 60.0)
    assert not stands_alone(rests, swings, ~seen, 60.0)
    heel_raise = np.stack([swings[:, 0], rests[:, 1]], axis=1)
    assert not stands_alone(rests, heel_raise, seen, 60.0)
    assert not stands_alone(rests[:5], swings[:5], seen[:5], 60.0)
