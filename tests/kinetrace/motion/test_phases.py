"""Phases of each movement and their intervals."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.motion.phases import (
    PHASES,
    gait_phases,
    moving,
    phase_intervals,
    sit_to_stand_phases,
    squat_phases,
)
from kinetrace.motion.repetitions import levels, sit_to_stands, squats


def order(phase: np.ndarray, names: tuple[str, ...]) -> list[str]:
    changes = np.flatnonzero(np.diff(phase)) + 1
    return [names[phase[i]] for i in (0, *changes)]


def test_contact_is_stance_and_the_unknown_stays_unknown():
    names = PHASES["gait"]
    phase = gait_phases(np.array([[0, 1], [1, 2]], dtype=np.uint8))
    assert [[names[i] for i in row] for row in phase] == [["swing", "stance"], ["stance", "unknown"]]


def test_a_squat_goes_down_rests_and_comes_up(make_squats):
    made = make_squats(count=2)
    height, knee = made.positions[:, 0, 1], np.radians(90) * np.ones(len(made.positions))
    knee[:50] = knee[-50:] = 0.0
    reps = squats(height, np.interp(height, [height.min(), height.max()], [1.5, 0.0]), made.fps)
    phase = squat_phases(height, reps)
    one = ["standing", "descent", "bottom", "ascent"]
    assert order(phase, PHASES["squat"]) == [*one, *one, "standing"]


def test_a_sit_to_stand_sits_rises_stands_and_lowers(make_sit_to_stands):
    made = make_sit_to_stands(count=2)
    height = made.positions[:, 0, 1]
    knee = np.interp(height, [height.min(), height.max()], [1.5, 0.0])
    reps = sit_to_stands(height, knee, np.gradient(height), made.fps)
    phase = sit_to_stand_phases(height, levels(height), reps)
    one = ["sitting", "rising", "standing", "lowering"]
    assert order(phase, PHASES["sit_to_stand"]) == [*one, *one, "sitting"]


def test_a_quiet_centre_is_static_a_fast_one_unstable_and_a_missing_one_unknown():
    velocity = np.array([[0.0, 0.0, 0.01], [0.2, 0.0, 0.0], [0.0, 0.0, 0.0]])
    phase = moving(velocity, np.array([True, True, False]))
    assert [PHASES["balance"][i] for i in phase] == ["static", "unstable", "unknown"]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=40))
@settings(max_examples=50, deadline=None)
def test_intervals_cover_every_frame_of_every_side_once(rows):
    phases = np.array(rows, dtype=np.uint8)
    names = PHASES["gait"]
    found = phase_intervals(phases, names)
    sides = {"left": 0, "right": 1} if (phases[:, 0] != phases[:, 1]).any() else {"both": 0}
    for side, column in sides.items():
        rebuilt = np.full(len(phases), 9)
        for p in found:
            if p.side == side:
                assert (rebuilt[p.start_frame : p.end_frame] == 9).all()
                rebuilt[p.start_frame : p.end_frame] = names.index(p.label)
        assert np.array_equal(rebuilt, phases[:, column])


def test_stretches_shorter_than_asked_for_are_left_out():
    phases = np.array([[0, 0]] * 5 + [[1, 1]] * 2 + [[0, 0]] * 5, dtype=np.uint8)
    assert [p.label for p in phase_intervals(phases, PHASES["gait"], 3)] == ["swing", "swing"]
