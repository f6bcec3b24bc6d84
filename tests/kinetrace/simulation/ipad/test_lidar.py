"""LiDAR: noise that grows with range, edges that are told apart, a wall that stays where it is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import PCG64, Generator

from kinetrace.simulation.ipad.lidar import Lidar


def seen(depth: np.ndarray, seed: int = 0, frames: int = 12) -> tuple[np.ndarray, np.ndarray]:
    lidar = Lidar(Generator(PCG64(seed)))
    pairs = [lidar.see(depth) for _ in range(frames)]
    return np.stack([p[0] for p in pairs]).astype(float) / 1000, np.stack([p[1] for p in pairs])


@pytest.mark.parametrize("metres", [1.0, 2.5, 4.0])
def test_a_wall_is_seen_where_it_is_with_noise_that_grows(metres: float) -> None:
    depth, confidence = seen(np.full((96, 128), metres))
    error = depth - metres
    assert abs(float(error.mean())) < 0.008
    expected = np.hypot(0.002 + 0.0012 * metres**2, 0.004)
    assert 0.6 * expected < float(error.std()) < 1.4 * expected
    assert int(confidence.min()) == 2


def test_far_away_nothing_is_sure() -> None:
    assert int(seen(np.full((48, 64), 4.6))[1].max()) == 1
    assert int(seen(np.full((48, 64), 5.6))[1].max()) == 0


def test_an_edge_bleeds_and_is_not_trusted() -> None:
    step = np.full((96, 128), 3.0)
    step[:, 40:80] = 1.5
    depth, confidence = seen(step)
    between = (depth > 1.65) & (depth < 2.8)
    assert between.any(), "flying pixels"
    assert not (between & (confidence == 2)).any()
    assert float((confidence[:, :, 50:70] == 2).mean()) > 0.99
    sure = confidence == 2
    assert float(np.abs(depth - step)[sure].max()) < 0.2


def test_the_same_chance_gives_the_same_images() -> None:
    wall = np.full((48, 64), 2.0)
    np.testing.assert_array_equal(seen(wall, 3)[0], seen(wall, 3)[0])
    assert (seen(wall, 3)[0] != seen(wall, 4)[0]).any()


def test_a_slope_without_edges_is_as_quiet_as_a_wall() -> None:
    slope = np.broadcast_to(np.linspace(3.0, 1.0, 96)[:, None], (96, 128))
    depth, confidence = seen(np.ascontiguousarray(slope))
    assert int(confidence.min()) == 2
    assert float((depth - slope).std()) < 0.015
