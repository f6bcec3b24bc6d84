"""Feet on stairs, on a box, in the air and on the floor."""

from __future__ import annotations

import numpy as np
import pytest

from kinetrace.motion.ground_levels import off_the_floor
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
