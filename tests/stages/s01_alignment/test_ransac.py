from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.alignment import AlignmentParams
from stages.s01_alignment.planes import tilt_deg
from stages.s01_alignment.ransac import LevelPlane, height_near, level_planes

PARAMS = AlignmentParams()


def _sheet(rng: np.random.Generator, count: int, height: float, size: float, slope: float = 0.0) -> np.ndarray:
    x, z = rng.uniform(-size, size, (2, count))
    return np.stack((x, height + slope * x + rng.normal(0, 0.004, count), z), axis=1)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31), st.floats(-2.0, 0.0), st.floats(-0.05, 0.05))
def test_a_noisy_floor_is_found_to_a_centimetre_and_a_degree(seed: int, height: float, slope: float) -> None:
    rng = np.random.default_rng(seed)
    clutter = rng.uniform(-2, 2, (300, 3))
    found = level_planes(np.concatenate((_sheet(rng, 900, height, 2.0, slope), clutter)), PARAMS)[0]
    assert abs(found.center[1] - slope * found.center[0] - height) < 0.01
    assert abs(tilt_deg(found.normal) - np.degrees(np.arctan(abs(slope)))) < 1.0


def test_a_table_and_a_floor_are_two_planes_and_a_wall_is_none() -> None:
    rng = np.random.default_rng(0)
    wall = _sheet(rng, 900, 0.0, 1.5)[:, [1, 0, 2]]
    found = level_planes(np.concatenate((wall, _sheet(rng, 700, -1.2, 2.0), _sheet(rng, 500, -0.5, 0.6))), PARAMS)
    assert [round(float(plane.center[1]), 1) for plane in found[:2]] == [-1.2, -0.5]
    assert sum(plane.fraction for plane in found[:2]) == pytest.approx(1200 / 2100, abs=0.08)


def test_the_same_seed_gives_the_same_planes() -> None:
    points = np.random.default_rng(1).uniform(-1, 1, (500, 3)) * (1, 0.02, 1)
    first, again = level_planes(points, PARAMS), level_planes(points, PARAMS)
    np.testing.assert_array_equal(first[0].normal, again[0].normal)


@pytest.mark.parametrize(
    "points", [np.zeros((0, 3)), np.zeros((50, 3)), np.random.default_rng(0).normal(size=(400, 3))]
)
def test_no_plane_is_found_where_there_is_none(points: np.ndarray) -> None:
    assert level_planes(points, AlignmentParams(ransac_min_inlier_fraction=0.3)) == []


def test_the_height_near_a_place_is_that_of_the_points_there_and_not_of_the_plane_carried_on() -> None:
    rng = np.random.default_rng(2)
    floor = _sheet(rng, 6000, 0.0, 3.0)
    tilted = LevelPlane(np.array([-2.0, 0.0, 0.0]), np.array([-0.004, 1.0, 0.0]), 0.5)
    here = np.array([2.0, 1.0, 0.0])
    found = height_near(floor, tilted, here, PARAMS)
    assert found is not None and abs(found) < 0.002
    table = height_near(np.concatenate((floor, _sheet(rng, 4000, 0.7, 3.0))), tilted, here, PARAMS)
    assert table == pytest.approx(found, abs=1e-12)
    assert height_near(floor, tilted, np.array([20.0, 0.0, 0.0]), PARAMS) is None
