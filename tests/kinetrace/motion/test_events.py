"""Gait events of a walk whose steps are known."""

from __future__ import annotations

import numpy as np
import pytest

from kinetrace.motion.events import extremes, gait_events, passing, transitions
from kinetrace.motion.skeletons import INDEX

FORWARD = np.array([[1.0, 0.0, 0.0]])


def events(walk, contacts: np.ndarray | None = None, validity: np.ndarray | None = None):
    frames = len(walk.positions)
    contacts = walk.contact.astype(np.uint8) if contacts is None else contacts
    validity = walk.validity if validity is None else validity
    return gait_events(walk.positions, validity, FORWARD.repeat(frames, axis=0), contacts, 0.82, walk.fps)


@pytest.mark.parametrize("belt", [False, True])
def test_events_are_where_the_contacts_change_and_alternate(make_walk, belt):
    found = events(make_walk(seconds=5.0, belt=belt))
    left = [(e.kind, e.frame) for e in found if e.side == "left"]
    strikes = [f for k, f in left if k == "heel_strike"]
    offs = [f for k, f in left if k == "toe_off"]
    assert strikes == [100, 200, 300, 400]
    assert offs == pytest.approx([61, 161, 261, 361, 461], abs=1)
    assert [e.frame for e in found] == sorted(e.frame for e in found)
    assert all(e.time_s == pytest.approx(e.frame / 100.0) for e in found)


def test_without_any_known_contact_the_extremes_alone_are_near_the_truth(make_walk):
    walk = make_walk(seconds=5.0)
    found = events(walk, contacts=np.full(walk.contact.shape, 2, dtype=np.uint8))
    strikes = [e.frame for e in found if e.kind == "heel_strike" and e.side == "left"]
    assert len(strikes) >= 4
    assert all(min(abs(f - truth) for truth in (100, 200, 300, 400)) <= 12 for f in strikes)


def test_someone_standing_takes_no_step(standing):
    still = gait_events(
        standing.positions, standing.validity, FORWARD.repeat(120, axis=0), np.ones((120, 2), np.uint8), 0.82, 60.0
    )
    assert still == ()


def test_a_foot_that_is_never_seen_has_no_event(make_walk):
    walk = make_walk()
    validity = walk.validity
    validity[:, [INDEX["r_heel"], INDEX["r_toe"]]] = 0
    assert {e.side for e in events(walk, validity=validity)} == {"left"}


def test_a_change_from_or_to_unknown_is_no_event():
    contact = np.array([0, 1, 1, 2, 0, 0, 1, 0], dtype=np.uint8)
    assert transitions(contact, "heel_strike") == [1, 6]
    assert transitions(contact, "toe_off") == [7]


def test_extremes_need_their_excursion_and_a_steps_time():
    t = np.arange(300) / 100.0
    assert extremes(np.cos(2 * np.pi * t), 0.5, 100.0) == [100, 200]
    assert extremes(0.1 * np.cos(2 * np.pi * t), 0.5, 100.0) == []


def test_the_instant_is_where_the_margin_passes_zero_between_two_frames():
    margin = np.array([-1.0, -0.3, 0.1, 0.5, 0.2, -0.6])
    assert passing(margin, 2) == pytest.approx(1.75)
    assert passing(margin, 5) == pytest.approx(4.25)
    assert passing(margin, 1) == 0.5


def test_with_margins_an_event_lies_between_its_frame_and_the_one_before(make_walk):
    walk = make_walk(seconds=5.0)
    away = np.where(walk.contact, 0.3, -0.1)
    margins = np.stack([away, away], axis=2)
    frames = len(walk.positions)
    found = gait_events(
        walk.positions,
        walk.validity,
        FORWARD.repeat(frames, axis=0),
        walk.contact.astype(np.uint8),
        0.82,
        100.0,
        margins,
    )
    strikes = [e for e in found if e.kind == "heel_strike"]
    assert strikes
    assert all(e.time_s * 100.0 == pytest.approx(e.frame - 0.75) for e in strikes)
    assert all(e.time_s * 100.0 == pytest.approx(e.frame - 0.25) for e in found if e.kind == "toe_off")
