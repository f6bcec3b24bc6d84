"""Which way up a film is, told by the person in it."""

from __future__ import annotations

import numpy as np
import pytest

from adapters.videopose3d.upright import quarter_turns


def _person(turns: int) -> np.ndarray:
    """Somebody who stands, in a stored picture that so many counter-clockwise quarter turns show upright."""
    points = np.zeros((10, 33, 2))
    points[:, (11, 12)] = (0.0, -60.0)
    for _ in range(turns):
        points = np.stack((-points[:, :, 1], points[:, :, 0]), axis=2)  # the picture lies one clockwise turn further
    return points + 200.0


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("said", [0, 1, 2, 3])
def test_a_standing_person_overrules_what_the_file_says(turns: int, said: int) -> None:
    assert quarter_turns(_person(turns), said) == turns


def test_turning_the_picture_so_puts_the_shoulders_above_the_hips() -> None:
    picture = np.zeros((40, 60))
    picture[20, 50] = 1.0  # shoulders to the right of the hips: lying on its right side
    upright = np.rot90(picture, quarter_turns(_person(1), 0))
    assert np.argwhere(upright).tolist() == [[9, 20]]


def test_someone_who_bends_half_way_does_not() -> None:
    points = _person(0)
    points[:, (11, 12)] += (45.0, 10.0)
    assert quarter_turns(points, 0) == 0


def test_who_stands_most_of_the_time_is_not_turned_for_lying_down() -> None:
    points = np.concatenate((_person(0), _person(0), _person(1)))
    assert quarter_turns(points, 0) == 0
