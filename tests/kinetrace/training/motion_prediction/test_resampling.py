from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_prediction import made_places

from kinetrace.training.motion_prediction.resampling import resampled


def test_rate_one_without_a_shift_is_the_motion_itself() -> None:
    places = made_places(9)
    assert resampled(places, 1.0, 0.0) is places


@settings(max_examples=20, deadline=None)
@given(rate=st.floats(0.3, 3.0), shift=st.floats(0.0, 1.0))
def test_a_parabola_is_read_exactly_and_never_beyond_its_ends(rate: float, shift: float) -> None:
    t = np.arange(20.0)
    found = resampled(np.stack([t, t**2, 0 * t], -1)[:, None], rate, shift)
    when = shift + rate * np.arange(len(found))
    assert when[-1] <= 19.0 + 1e-6 < when[-1] + rate + 1e-5
    np.testing.assert_allclose(found[:, 0, 0], when, atol=1e-9)
    np.testing.assert_allclose(found[:, 0, 1], when**2, atol=1e-8)


def test_twice_the_speed_keeps_every_second_frame() -> None:
    places = made_places(9)
    np.testing.assert_allclose(resampled(places, 2.0, 0.0), places[::2], atol=1e-9)


def test_a_single_frame_cannot_be_read_between() -> None:
    with pytest.raises(ValueError, match="at least"):
        resampled(made_places(1), 0.9, 0.0)
