import mujoco
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from made_people import swaying

from kinetrace.physics.kinematics import add_tangent, bridge, generalised_push, jacobians, moves, poses, tangent_between


def test_jacobians_are_mujocos_own(humanoid):
    qpos = swaying(humanoid, 3)
    found = jacobians(poses(humanoid, qpos), humanoid.site_ids, moves(humanoid, humanoid.site_ids))
    data, expected = mujoco.MjData(humanoid.model), np.empty((3, humanoid.model.nv))
    data.qpos = qpos[2]
    mujoco.mj_forward(humanoid.model, data)
    for k, site in enumerate(humanoid.site_ids):
        mujoco.mj_jacSite(humanoid.model, data, expected, None, int(site))
        assert np.allclose(found[2, k], expected, atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_way_walked_ends_where_it_was_measured_to(seed):
    from made_people import MASS, average

    from kinetrace.physics.humanoid import build

    humanoid = build(average(), MASS, "f")
    step = np.random.default_rng(seed).uniform(-0.5, 0.5, (2, humanoid.model.nv))
    start = np.tile(humanoid.standing, (2, 1))
    assert np.allclose(tangent_between(humanoid, start, add_tangent(humanoid, start, step)), step, atol=1e-9)


def test_a_short_gap_in_a_smooth_motion_is_bridged_within_a_degree(humanoid):
    qpos = swaying(humanoid, 60)
    known = np.ones(60, dtype=bool)
    known[20:28] = False
    off = tangent_between(humanoid, bridge(humanoid, np.where(known[:, None], qpos, 0.0), known), qpos)
    assert np.abs(off).max() < np.radians(1.0)


def test_a_bridge_over_a_turn_of_the_root_is_a_slerp_by_hand(humanoid):
    qpos = np.tile(humanoid.standing, (3, 1))
    qpos[2, 3:7] = [np.sqrt(0.5), 0, 0, np.sqrt(0.5)]  # a quarter turn about the vertical
    middle = bridge(humanoid, qpos, np.array([True, False, True]))[1]
    assert np.allclose(middle[3:7], [np.cos(np.pi / 8), 0, 0, np.sin(np.pi / 8)], atol=1e-9)


def test_gaps_at_the_ends_are_held(humanoid):
    qpos = swaying(humanoid, 10)
    known = np.zeros(10, dtype=bool)
    known[4:6] = True
    filled = bridge(humanoid, qpos, known)
    assert np.array_equal(filled[:5], np.tile(qpos[4], (5, 1)))
    assert np.array_equal(filled[5:], np.tile(qpos[5], (5, 1)))


def test_a_push_is_the_transposed_jacobian_times_the_force(humanoid):
    qpos = swaying(humanoid, 4)
    placed, moved_by = poses(humanoid, qpos), moves(humanoid, humanoid.site_ids)
    forces = np.random.default_rng(0).normal(0, 1, (4, 21, 3))
    expected = np.einsum("fpcv,fpc->fv", jacobians(placed, humanoid.site_ids, moved_by), forces)
    assert np.allclose(generalised_push(placed, humanoid.site_ids, moved_by, forces), expected, atol=1e-12)
