"""Up, where a recording knows it and where it has lost it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from adapters.videopose3d.gravity import UP, find_floor, quarter_turns_of, turned_level, up_of_images
from adapters.videopose3d.recording import Cameras


def _room(rng: np.random.Generator) -> np.ndarray:
    """A floor, a table above it, a wall, and a person."""
    floor = np.stack((rng.uniform(-2, 2, 3000), rng.normal(0.0, 0.008, 3000), rng.uniform(-4, 0, 3000)), axis=1)
    table = np.stack((rng.uniform(0.5, 1.5, 900), rng.normal(0.74, 0.008, 900), rng.uniform(-2, -1, 900)), axis=1)
    wall = np.stack((rng.uniform(-2, 2, 2500), rng.uniform(0, 2.4, 2500), rng.normal(-4.0, 0.01, 2500)), axis=1)
    person = np.stack((rng.normal(0, 0.15, 800), rng.uniform(0, 1.8, 800), rng.normal(-2.5, 0.15, 800)), axis=1)
    return np.concatenate((floor, table, wall, person))


def _cameras(turns: int, known: bool = True) -> Cameras:
    """A level camera that looks along −Z, held so that its image needs so many turns to stand upright."""
    up = [(0.0, -1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (-1.0, 0.0, 0.0)][turns]
    pose = np.eye(4)
    pose[:3, :3] = np.stack((np.cross((0.0, 0.0, 1.0), up), up, (0.0, 0.0, -1.0)))
    return Cameras(np.tile([500.0, 500.0, 320.0, 240.0], (3, 1)), np.tile(pose, (3, 1, 1)), known)


@pytest.mark.parametrize("seed", range(5))
def test_the_floor_is_found_under_table_wall_and_person_however_the_world_leans(seed: int) -> None:
    rng = np.random.default_rng(seed)
    turn = Rotation.from_rotvec(rng.normal(0.0, 0.3, 3)).as_matrix()
    floor = find_floor(_room(rng) @ turn.T, UP, 45.0)
    assert floor is not None
    assert np.degrees(np.arccos(min(1.0, float(floor.normal @ turn @ UP)))) < 0.5
    assert abs(float((turn.T @ floor.centre)[1])) < 0.01


def test_a_sloping_floors_height_is_that_under_the_place() -> None:
    slope = np.array([-0.01, 1.0, 0.0]) / np.hypot(0.01, 1.0)
    rng = np.random.default_rng(0)
    flat = np.stack((rng.uniform(-2, 2, 2000), np.zeros(2000), rng.uniform(-2, 2, 2000)), axis=1)
    flat[:, 1] = 0.01 * flat[:, 0]
    floor = find_floor(flat, UP, 3.0)
    assert floor is not None
    np.testing.assert_allclose(floor.normal, slope, atol=1e-6)
    assert floor.height(np.array([2.0, 9.0, 0.0])) == pytest.approx(0.02, abs=1e-6)


def test_a_cloud_without_a_floor_has_none() -> None:
    rng = np.random.default_rng(1)
    wall = np.stack((rng.uniform(-2, 2, 2500), rng.uniform(0, 2.4, 2500), rng.normal(-4.0, 0.01, 2500)), axis=1)
    assert find_floor(wall, UP, 20.0) is None
    assert find_floor(wall[:50], UP, 90.0) is None


@pytest.mark.parametrize("turns", range(4))
def test_gravity_says_how_the_film_stands_upright(turns: int) -> None:
    assert quarter_turns_of(_cameras(turns)) == turns


def test_without_gravity_or_looking_straight_down_it_does_not() -> None:
    assert quarter_turns_of(_cameras(0, known=False)) is None
    down = np.eye(4)
    down[:3, :3] = Rotation.from_euler("x", 90, degrees=True).as_matrix()
    assert quarter_turns_of(Cameras(np.ones((2, 4)), np.tile(down, (2, 1, 1)), True)) is None


@pytest.mark.parametrize("turns", range(4))
def test_a_world_is_turned_so_that_the_given_way_is_up(turns: int) -> None:
    lean = np.eye(4)
    lean[:3, :3] = Rotation.from_rotvec([0.4, 0.1, -0.7]).as_matrix()
    cameras = _cameras(turns, known=False)
    leaning = Cameras(cameras.intrinsics, lean @ cameras.world_from_camera, False)
    level, turn = turned_level(leaning, up_of_images(leaning, turns))
    assert level.gravity_known
    np.testing.assert_allclose(turn @ lean[:3, :3] @ UP, UP, atol=1e-9)
    assert quarter_turns_of(level) == turns


def test_a_world_upside_down_is_turned_over() -> None:
    _, turn = turned_level(_cameras(0), -UP)
    np.testing.assert_allclose(turn @ -UP, UP)
    assert np.linalg.det(turn) == pytest.approx(1.0)
