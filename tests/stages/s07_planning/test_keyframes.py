from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from schemas.planning import PlanPhase
from stages.s07_planning.keyframes import find_keyframes


def phase(name, start, end):
    return PlanPhase(name=name, start_anchor=start, end_anchor=end)


def test_first_last_and_every_change_of_phase():
    found = find_keyframes((phase("static", 0, 9), phase("dynamic", 10, 24), phase("static", 25, 40)))
    assert found == ((0, 10, 25, 40), "phase_changes")


def test_without_a_change_there_are_five_even_ones():
    assert find_keyframes((phase("transition", 0, 100),)) == ((0, 25, 50, 75, 100), "even")


@given(st.integers(4, 2000))
def test_keyframes_rise_from_the_first_anchor_to_the_last(last):
    frames, _ = find_keyframes((phase("static", 0, last),))
    assert frames[0] == 0
    assert frames[-1] == last
    assert all(a < b for a, b in pairwise(frames))
