import mujoco
import numpy as np
import pytest
from made_people import average, still

from kinetrace.physics.body_tree import Seat
from kinetrace.physics.humanoid import build
from kinetrace.physics.kinematics import poses
from kinetrace.physics.supports import BEHIND_HIP, make_supports


@pytest.fixture(scope="module")
def seated():
    return build(average(1.70, "f"), 60.0, "f", seat=Seat((1.0, 0.0, 0.45), 0.40, 0.30))


def test_without_a_seat_the_soles_bear_and_nothing_else(humanoid, supports):
    assert supports.ids.tolist() == humanoid.sole_ids.ravel().tolist()
    assert supports.soles == 12
    assert supports.seat is None
    assert not supports.radii.any()
    assert supports.friction == pytest.approx(0.8)


def test_the_copy_has_the_coordinates_the_mass_and_the_limits_of_the_original(seated):
    copy = make_supports(seated, 0.002).humanoid
    assert copy.dof_names == seated.dof_names
    assert copy.mass == pytest.approx(seated.mass)
    np.testing.assert_array_equal(copy.torque_limits, seated.torque_limits)
    qpos = still(seated, 1)
    there, here = (poses(body, qpos).sites[0, body.site_ids] for body in (copy, seated))
    np.testing.assert_allclose(there, here, atol=1e-9)


def test_a_shin_does_not_stand_on_the_floor_beside_its_sole(humanoid, supports):
    data = mujoco.MjData(supports.model)
    data.qpos = still(humanoid, 1)[0]
    data.qpos[2] -= 0.01
    mujoco.mj_forward(supports.model, data)
    touching = {supports.model.geom(int(g)).name for pair in data.contact.geom for g in pair}
    assert touching == {"floor", "l_hindfoot", "l_forefoot", "r_hindfoot", "r_forefoot"}


def test_three_balls_a_side_can_sit(seated):
    supports = make_supports(seated, 0.002)
    assert len(supports.ids) == 18
    names = [supports.model.site(int(i)).name for i in supports.ids[12:15]]
    assert names == ["sits_l_rear", "sits_l_hip", "sits_l_thigh"]
    sites = poses(supports.humanoid, seated.standing[None]).sites[0, supports.ids]
    np.testing.assert_allclose(sites[13] - sites[12], [BEHIND_HIP * 1.70, 0.0, 0.0], atol=1e-9)
    np.testing.assert_allclose((sites - supports.points(sites))[:, 2], supports.radii)


def test_heights_are_over_the_seat_where_a_point_is_over_it_and_else_over_the_floor(seated):
    supports = make_supports(seated, 0.002)
    points = np.zeros((18, 3))
    points[:, 2] = 0.5
    points[12, :2] = (1.0, 0.0)
    points[13, :2] = (1.14, 0.19)
    points[14, :2] = (1.16, 0.0)  # beyond the front edge: depth 0.30 m
    points[0, :2] = (1.0, 0.0)  # a sole does not sit
    expected = np.full(18, 0.5)
    expected[12:14] = 0.05
    np.testing.assert_allclose(supports.heights(points), expected, atol=1e-9)


def test_a_turned_seat_is_asked_in_its_own_axes():
    turned = build(average(1.70, "f"), 60.0, "f", seat=Seat((0.0, 0.0, 0.45), 0.40, 0.20, yaw=np.pi / 2))
    supports = make_supports(turned, 0.002)
    points = np.zeros((18, 3))
    points[12, :2], points[13, :2] = (0.15, 0.0), (0.0, 0.15)
    assert supports.grounds(points)[12:14].tolist() == pytest.approx([0.45, 0.0])


def test_contacts_are_never_faster_than_two_steps(humanoid):
    model = make_supports(humanoid, 0.004).model
    assert model.geom_solref[:, 0].min() == pytest.approx(0.008)
    assert model.opt.timestep == 0.004
