"""Shapes: points on ellipsoids, hulls around them, limbs that taper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from kinetrace.simulation.ipad.shapes import Ball, hull_points, limb

sizes = st.floats(0.01, 0.5)
places = st.floats(-1.0, 1.0)
balls = st.builds(Ball, st.tuples(places, places, places), st.tuples(sizes, sizes, sizes))


@given(balls)
def test_points_of_a_ball_lie_on_its_ellipsoid(ball: Ball) -> None:
    unit = (ball.points() - np.array(ball.centre)) / np.array(ball.radii)
    np.testing.assert_allclose(np.linalg.norm(unit, axis=-1), 1.0, atol=1e-9)


@given(balls, balls)
def test_the_hull_around_two_balls_holds_both(one: Ball, other: Ball) -> None:
    hull = ConvexHull(hull_points((one, other)))
    points = np.concatenate([one.points(), other.points()])
    assert float((points @ hull.equations[:, :3].T + hull.equations[:, 3]).max()) < 1e-6


def test_a_limb_hangs_down_and_tapers() -> None:
    shape = limb(0.4, (0.0, 0.08), (1.0, 0.05), colour=(1.0, 1.0, 1.0))
    assert [ball.centre[1] for ball in shape.balls] == [0.0, -0.4]
    assert [ball.radii[0] for ball in shape.balls] == [0.08, 0.05]
    assert float(hull_points(shape.balls)[:, 1].min()) == pytest.approx(-0.45)
