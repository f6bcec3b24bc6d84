import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_people import MASS, average, still, swaying

from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.physics.humanoid import build
from kinetrace.physics.kinematics import add_tangent, jacobians, moves, poses, tangent_between
from kinetrace.physics.point_masses import MAX_TURN, PointMasses

HUMANOID = build(average(), MASS, "f")
NV = HUMANOID.model.nv
FREE = np.zeros(NV, dtype=bool)


def points(qpos):
    return poses(HUMANOID, qpos[None]).sites[0, HUMANOID.site_ids]


def hinges():
    """Columns of qvel and of qpos of the hinges."""
    names = [name for name in HUMANOID.dof_names if "shoulder" not in name]
    joints = [HUMANOID.model.joint(name) for name in names]
    return np.array([j.dofadr[0] for j in joints]), np.array([j.qposadr[0] for j in joints])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_one_step_is_gauss_newtons_with_jacobians_built(seed):
    """(JᵀW²J + prior + damping²)⁻¹ (JᵀW²e − prior q), from dense matrices."""
    rng = np.random.default_rng(seed)
    start = swaying(HUMANOID, 3)[1]
    target = points(start) + rng.normal(0, 0.005, (21, 3))
    weight, prior = rng.choice([0.0, 0.3, 1.0], 21, p=[0.1, 0.3, 0.6]), rng.uniform(1e-4, 1e-2, NV)
    placed = poses(HUMANOID, start[None])
    jac = jacobians(placed, HUMANOID.site_ids, moves(HUMANOID, HUMANOID.site_ids))[0] * weight[:, None, None]
    jac = jac.reshape(63, NV)
    gradient = jac.T @ ((target - points(start)) * weight[:, None]).ravel()
    v, q = hinges()
    gradient[v] -= prior[v] * start[q]
    step = np.linalg.solve(jac.T @ jac + np.diag(prior + 1e-4), gradient)
    found = PointMasses(HUMANOID, prior, 1e-2).settle(start, start, target, weight, FREE, 1, 1e-12)
    if np.abs(step).max() < MAX_TURN:
        assert np.allclose(tangent_between(HUMANOID, start[None], found[None])[0], step, atol=1e-9)


def test_it_settles_where_the_gradient_vanishes():
    start = swaying(HUMANOID, 3)[1]
    target = points(start) + np.random.default_rng(3).normal(0, 0.01, (21, 3))
    found = PointMasses(HUMANOID, np.full(NV, 1e-4), 1e-3).settle(start, start, target, np.ones(21), FREE, 200, 1e-12)
    jac = jacobians(poses(HUMANOID, found[None]), HUMANOID.site_ids, moves(HUMANOID, HUMANOID.site_ids))[0].reshape(
        63, NV
    )
    gradient = jac.T @ (target - points(found)).ravel()
    v, q = hinges()
    gradient[v] -= 1e-4 * found[q]
    balls = np.setdiff1d(np.arange(6, NV), v)
    gradient[balls] += 1e-4 * tangent_between(HUMANOID, found[None], start[None])[0, balls]
    assert np.abs(gradient).max() < 1e-9


def test_locked_joints_and_joints_pushed_against_their_limit_stay():
    start = still(HUMANOID, 1)[0]
    model = HUMANOID.model
    knee = model.joint("r_knee_flexion")
    start[knee.qposadr[0]] = knee.range[0]
    target = points(start)
    target[[INDEX["r_ankle"], INDEX["r_heel"], INDEX["r_toe"]], 0] += 0.2  # would bend the knee backwards
    target[INDEX["l_ankle"], 0] += 0.1
    locked = FREE.copy()
    locked[model.joint("l_knee_flexion").dofadr] = True
    found = PointMasses(HUMANOID, np.full(NV, 1e-6), 1e-3).settle(start, start, target, np.ones(21), locked, 30, 1e-9)
    assert found[knee.qposadr[0]] == knee.range[0]
    left = model.joint("l_knee_flexion").qposadr[0]
    assert found[left] == pytest.approx(start[left], abs=1e-6)
    assert found[model.joint("r_hip_flexion").qposadr[0]] > start[model.joint("r_hip_flexion").qposadr[0]]


def test_going_ahead_repeats_the_last_step_within_the_limits():
    qpos = swaying(HUMANOID, 3)
    step = tangent_between(HUMANOID, qpos[:1], qpos[1:2])
    locked = FREE.copy()
    locked[NV - 1] = True
    expected = np.where(locked, 0.0, step[0])
    found = PointMasses(HUMANOID, np.zeros(NV), 1e-3).ahead(qpos[0], qpos[1], locked)
    assert np.allclose(found, add_tangent(HUMANOID, qpos[1:2], expected[None])[0], atol=1e-12)


def test_a_model_made_twice_gives_the_same_bits():
    start = swaying(HUMANOID, 3)[1]
    target = points(start) + np.random.default_rng(0).normal(0, 0.01, (len(BODY21), 3))
    once, twice = (
        PointMasses(HUMANOID, np.full(NV, 1e-6), 1e-3).settle(start, start, target, np.ones(21), FREE, 20, 1e-9)
        for _ in "ab"
    )
    assert once.tobytes() == twice.tobytes()
