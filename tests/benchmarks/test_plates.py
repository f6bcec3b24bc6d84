"""The yardstick itself: which frames the plates vouch for, and what is read from them."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.plates import Plates, Pushes, by_foot, crossings, inside_plate, sampled, vouched
from kinetrace.motion.skeletons import INDEX

HZ = 100.0
TIME = np.arange(200) / HZ
WALKING = 1.0
"""Feet that travel this far are not standing in place [m]."""


def felt(*stances: tuple[int, int, int]) -> np.ndarray:
    out = np.zeros((200, 2), dtype=bool)
    for foot, start, stop in stances:
        out[start:stop, foot] = True
    return out


def test_a_silent_plate_between_two_stances_means_a_swing():
    known = vouched(felt((0, 20, 80), (0, 120, 180), (1, 60, 130)), TIME, WALKING)
    assert known[80:120, 0].all()


def test_a_silence_longer_than_a_stance_may_hide_a_step_beside_the_plates():
    known = vouched(felt((0, 10, 50), (0, 150, 190)), TIME, WALKING)
    assert not known[80:120, 0].any()


def test_before_the_first_stance_the_foot_is_in_the_air_for_one_swing_and_no_longer():
    known = vouched(felt((0, 20, 80), (0, 120, 180), (1, 100, 165)), TIME, WALKING)
    assert known[60:100, 1].all()
    assert not known[:60, 1].any()


def test_feet_that_stay_in_place_stay_on_their_plates():
    assert vouched(felt((0, 0, 200)), TIME, 0.05).all()


def test_our_own_contacts_are_not_asked():
    import inspect

    assert set(inspect.signature(vouched).parameters) == {"felt", "time", "travelled_m"}


def test_a_sole_over_the_edge_is_not_on_the_plate():
    corners = np.array([[0, 0, 0], [0.6, 0, 0], [0.6, 0, 0.4], [0, 0, 0.4]], dtype=float)
    inside = np.array([[0.1, 0.05, 0.2], [0.35, 0.05, 0.2]])
    assert inside_plate(inside, corners)
    assert inside_plate(inside, corners[::-1])
    assert not inside_plate(inside + np.array([0.24, 0, 0]), corners)


def made_plates(vertical: np.ndarray) -> Plates:
    force = np.zeros((len(vertical), 2, 3))
    force[:, 0, 1] = vertical
    on = force[..., 1] > 20.0
    time = np.arange(len(vertical)) / HZ
    return Plates(time, force, np.where(on[..., None], np.full(3, 0.3), 0.0), on, np.ones_like(on))


def test_events_lie_between_samples():
    vertical = np.concatenate([np.zeros(20), np.full(40, 600.0), np.zeros(20)])
    vertical[20], vertical[59] = 40.0, 100.0
    strikes, offs = crossings(made_plates(vertical), 0)
    assert strikes == pytest.approx([0.195])
    assert offs == pytest.approx([0.598])


def test_sampling_to_a_slower_motion_keeps_force_and_centre():
    plates = made_plates(np.full(80, 500.0))
    slow = sampled(plates, np.arange(24) / 30.0)
    assert slow.force[2:-2, 0, 1] == pytest.approx(500.0)
    assert slow.centre[2:-2, 0] == pytest.approx(0.3)
    assert slow.felt[:, 0].all()


def test_a_push_goes_to_the_foot_that_stands_on_it_and_a_strangers_to_none():
    frames = 100
    positions = np.zeros((frames, 21, 3))
    for side, z in (("l", -0.1), ("r", 0.1)):
        positions[:, [INDEX[f"{side}_heel"], INDEX[f"{side}_toe"]], 2] = z
    force, centre = np.zeros((frames, 3, 3)), np.zeros((frames, 3, 3))
    force[:, :, 1] = [300.0, 350.0, 99.0]
    centre[:, :, 2] = [0.12, -0.09, 2.0]
    time = np.arange(frames) / HZ
    eye = tuple(np.eye(4).ravel().tolist())
    plates = by_foot(Pushes(time + 3.0, force, centre), eye, 3.0, time, positions, together=False)
    assert plates.force[50, :, 1].tolist() == [350.0, 300.0]
    assert plates.centre[50, :, 2] == pytest.approx([-0.09, 0.12])
