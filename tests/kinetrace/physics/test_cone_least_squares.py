import daqp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from kinetrace.physics import ground_reaction
from kinetrace.physics.cone_least_squares import ConeForces, cone_least_squares, project
from kinetrace.physics.ground_reaction import friction_faces
from schemas.errors import ComputeError

SLOPE = 0.8 / np.sqrt(2)


def made(seed, frames=40, points=6):
    """Wrenches of all kinds on points about a sole, some points forbidden, some dear."""
    rng = np.random.default_rng(seed)
    wrench = np.concatenate((rng.normal([0, 0, 0.6], 0.5, (frames, 3)), rng.normal(0, 0.1, (frames, 3))), axis=1)
    arms = rng.normal([0, 0, -0.55], [0.1, 0.1, 0.02], (frames, points, 3))
    ease = rng.uniform(0.02, 1.0, (frames, points)) ** 2 / 1e-4
    ease[rng.random((frames, points)) < 0.3] = 0.0
    return wrench, arms, ease


def by_daqp(wrench, arms, ease):
    """One frame by a dual active-set solver."""
    use = np.flatnonzero(ease)
    matrix = np.concatenate([np.vstack((np.eye(3), np.cross(a, np.eye(3)).T)) for a in arms[use]], axis=1)
    free = np.full(4 * len(use), -1e30)
    found, _, flag, _ = daqp.solve(
        matrix.T @ matrix + np.diag(np.repeat(1 / ease[use], 3)), -matrix.T @ wrench,
        friction_faces(0.8, len(use)), 0 * free, free, np.zeros(len(free), dtype=np.int32), primal_tol=1e-12,
    )  # fmt: skip
    assert flag == 1
    out = np.zeros(arms.shape)
    out[use] = found.reshape(-1, 3)
    return out


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_all_frames_together_get_what_a_solver_gives_each_alone(seed):
    wrench, arms, ease = made(seed)
    found = cone_least_squares(wrench, arms, ease, SLOPE)
    assert found.settled.all()
    for t in np.flatnonzero(ease.any(axis=1)):
        assert np.abs(found.forces[t] - by_daqp(wrench[t], arms[t], ease[t])).max() < 1e-8
    assert (found.forces[ease == 0] == 0).all()


@given(st.tuples(*[st.floats(-3, 3)] * 3), st.floats(0.1, 1.5))
def test_a_projection_is_in_the_pyramid_and_no_other_point_of_it_is_nearer(point, slope):
    (x, y, z), free = project(*(np.array([v]) for v in point), slope)
    assert max(abs(x[0]), abs(y[0])) <= slope * z[0] + 1e-12
    start = [0, 0, 1.0]
    walls = [{"type": "ineq", "fun": lambda p, i=i, s=s: slope * p[2] - s * p[i]} for i in (0, 1) for s in (1, -1)]
    best = minimize(lambda p: ((p - point) ** 2).sum(), start, constraints=walls, method="SLSQP").fun
    assert (x[0] - point[0]) ** 2 + (y[0] - point[1]) ** 2 + (z[0] - point[2]) ** 2 <= best + 1e-5
    ways = np.stack(free)
    gram = ways.T @ ways
    assert np.allclose(gram, np.diag(np.diag(gram)), atol=1e-12)
    assert set(np.diag(gram).round(9)) <= {0.0, 1.0}


def test_a_body_on_one_point_by_hand():
    """One point under the centre, ease e: λ = W e / (1 + e) straight up; a pull down leaves it at the apex."""
    arms, ease = np.array([[[0.0, 0.0, -0.5]]] * 2), np.full((2, 1), 9.0)
    found = cone_least_squares(np.array([[0, 0, 1.0, 0, 0, 0], [0, 0, -1.0, 0, 0, 0]]), arms, ease, SLOPE)
    assert found.forces[:, 0] == pytest.approx(np.array([[0, 0, 0.9], [0, 0, 0]]), abs=1e-12)


def test_a_frame_that_does_not_settle_is_solved_alone(monkeypatch):
    """The same forces by the other solver; one that neither can solve is refused."""
    wrench, arms, ease = made(4)
    weights = np.sqrt(ease * 1e-4)
    together = ground_reaction.contact_forces(wrench[:, :3], wrench[:, 3:], arms, weights, 0.8, 1e-4)

    def unsettled(*problem):
        found = cone_least_squares(*problem)
        return ConeForces(found.forces + 1.0, np.zeros(len(found.settled), dtype=bool))

    monkeypatch.setattr(ground_reaction, "cone_least_squares", unsettled)
    alone = ground_reaction.contact_forces(wrench[:, :3], wrench[:, 3:], arms, weights, 0.8, 1e-4)
    assert np.abs(together.points - alone.points).max() < 2e-5  # DAQP's own tolerance is 1e-6 of its constraints
    with pytest.raises(ComputeError, match="a solution in every frame"):
        ground_reaction.contact_forces(np.nan * wrench[:, :3], wrench[:, 3:], arms, weights, 0.8, 1e-4)


def test_points_that_are_all_forbidden_bear_nothing():
    wrench, arms, ease = made(1)
    found = cone_least_squares(wrench, arms, 0 * ease, SLOPE)
    assert found.settled.all()
    assert not found.forces.any()
    assert cone_least_squares(wrench, arms[:, :0], ease[:, :0], SLOPE).forces.shape == (40, 0, 3)


def test_a_frame_without_a_number_is_not_called_settled():
    wrench, arms, ease = made(2)
    wrench[3] = np.nan
    found = cone_least_squares(wrench, arms, ease, SLOPE)
    assert np.flatnonzero(~found.settled).tolist() == [3]
