from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.s07_planning.phases import SHORTEST_RUN, root_speed_phases


def along_x(speed):
    return np.stack([speed, np.zeros(len(speed)), np.zeros(len(speed))], axis=1).astype(np.float32)


def phases_of(speed, seen=None):
    found = root_speed_phases(
        along_x(np.array(speed, dtype=float)), np.ones(len(speed), bool) if seen is None else seen
    )
    return [(p.name, p.start_anchor, p.end_anchor) for p in found]


def test_standing_walking_and_running_are_told_apart():
    # mean 1.0, deviation 0.707: static below 0.29, dynamic above 1.71
    speed = [0.0] * 5 + [1.0] * 10 + [2.0] * 5
    assert phases_of(speed) == [("static", 0, 4), ("transition", 5, 14), ("dynamic", 15, 19)]


def test_a_constant_speed_is_one_phase():
    assert phases_of([1.2] * 9) == [("transition", 0, 8)]


def test_a_run_of_two_anchors_joins_the_one_before_and_a_first_one_the_one_after():
    speed = [0.0] * 2 + [1.0] * 10 + [2.0] * 2 + [1.0] * 6
    assert phases_of(speed) == [("transition", 0, 19)]


def test_a_root_that_was_not_seen_does_not_stand_still():
    speed = np.full(30, 1.0) + 0.01 * np.sin(np.arange(30))
    speed[10:16] = 0.0
    seen = speed > 0.5
    assert all(name != "static" or end - start < 6 for name, start, end in phases_of(speed, seen))
    assert ("static", 10, 15) in phases_of(speed)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 3), min_size=5, max_size=80))
def test_phases_cover_the_recording_without_gaps_and_only_change_by_name(speed):
    found = phases_of(speed)
    assert found[0][1] == 0
    assert found[-1][2] == len(speed) - 1
    for (name, start, end), (after, begin, _) in pairwise(found):
        assert begin == end + 1
        assert after != name
        assert end - start + 1 >= SHORTEST_RUN
