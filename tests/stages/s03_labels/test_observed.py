"""Failures that the state itself shows, each put in by hand."""

from __future__ import annotations

import numpy as np
import pytest

from schemas.labels import LabelsParams
from schemas.physical_state import ANGLES, GaitEvent, Repetition
from stages.s03_labels.observed import observed_failures

PARAMS = LabelsParams()
REPETITION = Repetition(start_frame=20, turn_frame=60, end_frame=100)


def set_angle(made, name: str, degrees: np.ndarray | float, where: slice = slice(None)) -> None:
    made.fields["angles"][where, ANGLES.index(name)] = np.radians(degrees)


def failures(made):
    return [(x.label, x.side, x.start_frame, x.end_frame) for x in observed_failures(*made.freeze(), PARAMS)]


def test_a_deep_even_squat_fails_in_nothing(make_state):
    made = make_state("squat", repetitions=(REPETITION,))
    for side in "lr":
        set_angle(made, f"knee_{side}", 90.0, slice(40, 80))
    assert failures(made) == []


def test_a_shallow_squat_is_named_with_its_depth(make_state):
    made = make_state("squat", repetitions=(REPETITION,))
    for side in "lr":
        set_angle(made, f"knee_{side}", 45.0, slice(40, 80))
    (label,) = observed_failures(*made.freeze(), PARAMS)
    assert (label.label, label.start_frame, label.end_frame, label.units) == ("shallow_squat", 20, 101, "deg")
    assert label.value == pytest.approx(45.0, abs=1e-3)
    assert label.confidence == pytest.approx(0.75, abs=1e-3)
    assert "repetition 1: knees flex 45 deg, less than 60" in label.reason


def test_one_knee_bending_less_is_an_asymmetry_of_that_side(make_state):
    made = make_state("squat", repetitions=(REPETITION,))
    set_angle(made, "knee_l", 60.0, slice(40, 80))
    set_angle(made, "knee_r", 100.0, slice(40, 80))
    (label,) = observed_failures(*made.freeze(), PARAMS)
    assert (label.label, label.side) == ("asymmetry", "left")
    assert label.value == pytest.approx(40 / 80, abs=1e-4)


def test_a_knee_that_was_not_seen_proves_nothing(make_state):
    made = make_state("squat", repetitions=(REPETITION,))
    made.fields["angles_valid"][:, [ANGLES.index("knee_l"), ANGLES.index("knee_r")]] = 0
    assert failures(made) == []


def test_leaning_too_far_is_marked_only_where_and_as_long_as_it_lasts(make_state):
    made = make_state("sit_to_stand")
    set_angle(made, "trunk", 70.0, slice(30, 50))
    set_angle(made, "trunk", 70.0, slice(100, 101))
    assert failures(made) == [("excessive_trunk_lean", "none", 30, 50)]


def test_the_swings_of_a_walk_are_compared_without_those_that_are_cut_off(make_state):
    made = make_state("gait", walking_speed=1.0)
    made.fields["phases"][:] = 1
    for side, column, at in (("l", 0, 40), ("r", 1, 80)):
        made.fields["phases"][at : at + 20, column] = 0
        set_angle(made, f"knee_{side}", 60.0 if side == "l" else 30.0, slice(at, at + 20))
    made.fields["phases"][190:, 1] = 0
    set_angle(made, "knee_r", 60.0, slice(190, 200))
    assert failures(made) == [("asymmetry", "right", 0, 200)]


def test_standing_between_steps_is_freezing_but_standing_before_them_is_not(make_state):
    events = tuple(
        GaitEvent(kind="heel_strike", side=side, time_s=f / 50, frame=f) for side, f in (("left", 60), ("right", 390))
    )
    made = make_state("gait", frames=400, walking_speed=1.0, events=events)
    made.fields["phases"][:] = 1
    made.fields["state"][50:150, 0, 3] = 1.0
    made.fields["state"][250:, 0, 3] = 1.0
    (label,) = observed_failures(*made.freeze(), PARAMS)
    assert label.label == "freezing"
    assert label.start_frame == pytest.approx(162, abs=12)
    assert label.end_frame == pytest.approx(238, abs=12)
    made.about["treadmill"] = True
    assert failures(made) == []


def test_swaying_away_from_the_middle_is_marked_with_its_distance(make_state):
    made = make_state("balance")
    made.fields["com"][100:120, 2] = 0.15
    (label,) = observed_failures(*made.freeze(), PARAMS)
    assert (label.label, label.start_frame, label.end_frame) == ("excessive_sway", 100, 120)
    assert label.value == pytest.approx(0.15, abs=1e-6)


def test_a_bound_of_nothing_is_refused():
    with pytest.raises(ValueError, match="squat_min_depth_deg"):
        LabelsParams(squat_min_depth_deg=0.0)
