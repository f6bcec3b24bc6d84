import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import ComputeError
from stages.s07_planning.windows import (
    SETTLING,
    Window,
    fitting_horizon,
    settled_anchors,
    usable_starts,
    window_around,
    window_from,
)


def test_the_horizon_is_at_most_half_of_the_recording():
    assert fitting_horizon(200, 30) == 30
    assert fitting_horizon(39, 30) == 19


def test_a_recording_too_short_for_any_plan_is_refused():
    with pytest.raises(ComputeError, match=r"at least 5 anchors in the dataset, found 4.*Record for longer"):
        fitting_horizon(4, 30)


def test_a_keyframe_near_the_end_gets_the_latest_window_that_fits():
    usable = np.ones(100 - 30, dtype=bool)
    assert window_from(20, usable) == Window(20, 20)
    assert window_from(95, usable) == Window(69, 95)


def test_a_window_avoids_a_gap_and_what_the_filter_makes_of_it():
    measured = np.ones((40, 2), dtype=bool)
    measured[18:20, 1] = False
    settled = settled_anchors(measured)
    assert np.flatnonzero(~settled).tolist() == list(range(18, 20 + SETTLING))
    usable = usable_starts(settled, 10)
    assert np.flatnonzero(usable).tolist() == [*range(8), *range(25, 30)]
    assert window_from(12, usable) == Window(7, 12)
    assert window_from(20, usable) == Window(25, 25)


def test_a_goal_is_asked_for_in_the_middle_of_its_window_and_never_before_its_lead():
    usable = np.ones(70, dtype=bool)
    assert window_around(50, 30, usable, lead=9) == Window(35, 50)
    assert window_around(2, 30, usable, lead=9) == Window(0, 9)
    assert window_around(99, 30, usable, lead=9) == Window(69, 99)


@given(st.integers(0, 99), st.integers(2, 40), st.integers(1, 10), st.integers(0, 2**20))
def test_the_keyframe_of_a_goal_is_always_inside_its_window(keyframe, horizon, lead, seed):
    usable = np.random.default_rng(seed).random(100 - horizon) < 0.5
    window = window_around(keyframe, horizon, usable, min(lead, horizon))
    assert min(lead, horizon) <= window.keyframe - window.start <= horizon
    assert not usable.any() or usable[window.start]
