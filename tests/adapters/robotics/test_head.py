"""The top of the head above a band of four markers."""

from __future__ import annotations

import numpy as np
import pytest

from adapters.robotics.head import MAX_RISE_M, vertex_above_band
from adapters.robotics.joint_centres import Trial
from adapters.robotics.marker_sets import PLUG_IN_GAIT
from adapters.robotics.markers import Markers
from adapters.robotics.proportions import trunk_ratios
from adapters.robotics.time_grid import fit_grid

UP = np.array([0.0, 1.0, 0.0])
BAND = {"rfhd": (0.1, 0.0, 0.07), "lfhd": (0.1, 0.0, -0.07), "rbhd": (-0.1, 0.0, 0.07), "lbhd": (-0.1, 0.0, -0.07)}
"""From the middle of the band: X forward, Y up, Z right."""


def _trial(places: dict[str, np.ndarray]) -> Trial:
    points = {name: np.tile(place, (5, 1)) for name, place in places.items()}
    grid = fit_grid(np.arange(5) / 100.0, 100.0, "x")
    nothing = np.zeros(5, dtype=bool)
    return Trial(
        Markers(points, {n: n for n in points}, grid, "m", "y", nothing, (), ()), PLUG_IN_GAIT.among(points), "x"
    )


def _places(turn: np.ndarray) -> dict[str, np.ndarray]:
    middle = np.array([0.3, 1.6, -0.2])
    return {name: middle + turn @ np.array(place) for name, place in BAND.items()} | {"c7": middle - 0.15 * turn @ UP}


@pytest.mark.parametrize("angle", [0.0, 0.5, -0.8])
def test_the_vertex_stands_square_on_the_band_wherever_the_head_turns(angle: float) -> None:
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    trunk = 0.52
    top = vertex_above_band(_trial(_places(turn)), "m", trunk)
    assert top is not None
    wanted = np.array([0.3, 1.6, -0.2]) + (trunk_ratios("m").head * trunk - 0.15) * turn @ UP
    np.testing.assert_allclose(top, np.tile(wanted, (5, 1)), atol=1e-9)


def test_without_a_whole_band_or_c7_there_is_no_vertex() -> None:
    for missing in ("lbhd", "c7"):
        places = _places(np.eye(3))
        del places[missing]
        assert vertex_above_band(_trial(places), "m", 0.52) is None


def test_a_rise_that_no_head_has_is_not_taken() -> None:
    assert vertex_above_band(_trial(_places(np.eye(3))), "m", 0.2) is None
    assert vertex_above_band(_trial(_places(np.eye(3))), "m", (MAX_RISE_M + 0.16) / trunk_ratios("m").head) is None
