from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.formats.posed_film import fitted
from schemas.errors import CaptureError

IPAD = np.array([[1450.0, 1450.0, 957.0, 724.0]])
"""About an iPad's main camera at 1920 by 1440."""


@given(st.sampled_from([0.25, 1 / 3, 0.375, 0.5, 2 / 3, 0.75, 4 / 3, 2.0]), st.floats(-40, 40), st.floats(-30, 30))
def test_a_copy_of_another_size_gets_the_intrinsics_of_its_own(ratio: float, right: float, down: float) -> None:
    given_ones = IPAD + np.array([0.0, 0.0, right, down])
    size = (round(1920 * ratio), round(1440 * ratio))
    found, remarks = fitted(given_ones, size, "camera.csv")
    np.testing.assert_allclose(found, given_ones * ratio)
    assert len(remarks) == 1 and "so scaled by" in remarks[0]


def test_those_of_the_film_stay_as_they_are_and_gaps_with_them() -> None:
    rows = np.concatenate((IPAD, np.full((1, 4), np.nan)))
    found, remarks = fitted(rows, (1920, 1440), "x")
    assert found is rows and remarks == ()


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ((1440, 1920), "The film's pixels were turned after it was recorded"),
        ((1920, 720), "neither cropped nor joined with another table"),
        ((3200, 2400), "neither cropped nor joined with another table"),
    ],
)
def test_those_of_another_view_are_refused(size: tuple[int, int], message: str) -> None:
    with pytest.raises(CaptureError, match=message):
        fitted(IPAD, size, "camera.csv")


def test_none_are_refused() -> None:
    with pytest.raises(CaptureError, match=r"fx, fy, cx, cy of the film, found none"):
        fitted(np.full((3, 4), np.nan), (1920, 1440), "camera.csv")
