import numpy as np
import pytest
from made_people import FPS, MASS, replayed, still, swaying

from kinetrace.physics.inverse_dynamics import smooth_motion


def test_standing_still_puts_one_body_weight_through_the_legs_half_each(humanoid):
    *_, reaction = replayed(humanoid, still(humanoid))
    assert np.allclose(reaction.feet[:, :, 2], 0.5, atol=1e-3)
    assert np.abs(reaction.residual).max() < 1e-4
    assert np.abs(reaction.seat).max() == 0


def test_the_centre_of_pressure_is_under_the_centre_of_mass_when_still(humanoid):
    _, dynamics, reaction = replayed(humanoid, still(humanoid))
    total = (reaction.feet[:, :, 2:] * reaction.pressure).sum(axis=1) / reaction.feet[:, :, 2:].sum(axis=1)
    assert np.allclose(total[:, :2], dynamics.placed.com[:, :2], atol=1e-3)


def test_ground_force_is_carried_by_the_knees(humanoid):
    """Bent knees need a moment; by hand: half the weight above the knee times its lever to the load line."""
    qpos = still(humanoid)
    _, dynamics, reaction = replayed(humanoid, qpos)
    knee = humanoid.dof_names.index("r_knee_flexion")
    sites = dynamics.placed.sites[30]
    at = sites[humanoid.model.site("r_knee").id]
    load = reaction.pressure[30, 1]
    masses = humanoid.body_masses
    lower = np.array([masses["r_shank"], masses["r_foot"]])
    ankle = sites[humanoid.model.site("r_ankle").id]
    shank_x = at[0] + 0.4352 * (ankle[0] - at[0])
    moment = 0.5 * MASS * 9.81 * (load[0] - at[0]) - lower[0] * 9.81 * (shank_x - at[0])
    moment -= lower[1] * 9.81 * (ankle[0] + 0.04 - at[0])
    assert reaction.torque[30, knee] * MASS == pytest.approx(moment, abs=1.0)
    assert abs(moment) > 3.0


def test_one_foot_bears_all_when_the_other_is_lifted(humanoid):
    motion, dynamics, _ = replayed(humanoid, still(humanoid))
    from kinetrace.physics.reaction import react

    flags = np.tile(np.array([1, 0], dtype=np.uint8), (60, 1))
    reaction = react(humanoid, motion, dynamics, flags, np.zeros(60), 0.8, 1e-4)
    assert (reaction.feet[:, 1] == 0).all()
    assert np.allclose(reaction.feet[:, 0, 2], 1.0, atol=0.05)
    assert np.abs(reaction.residual[:, 3]).min() > 0.005  # a body not over its foot would fall sideways


def test_nothing_in_contact_leaves_everything_as_residual(humanoid):
    *_, reaction = replayed(humanoid, still(humanoid), contacts=0)
    assert np.allclose(reaction.residual[:, 2], 1.0, atol=1e-6)


def test_a_seat_takes_its_share(humanoid):
    *_, reaction = replayed(humanoid, still(humanoid), contacts=0, seat=1.0)
    assert (reaction.seat[:, 2] > 0.7).all()


def test_forces_and_residual_together_are_newtons(humanoid):
    _, dynamics, reaction = replayed(humanoid, swaying(humanoid))
    outer = reaction.feet.sum(axis=1) + reaction.seat + reaction.residual[:, :3]
    assert np.allclose(outer * humanoid.mass * 9.81, dynamics.force, atol=1e-6)


def test_power_is_torque_times_speed(humanoid):
    motion, _, reaction = replayed(humanoid, swaying(humanoid))
    assert np.allclose(
        reaction.power, reaction.torque * smooth_motion(humanoid, swaying(humanoid), FPS, 6.0).qvel[:, 6:]
    )
    assert motion.qvel.shape[1] == reaction.power.shape[1] + 6


def test_an_unknown_contact_gives_no_force_and_no_torque_and_says_so(humanoid):
    motion, dynamics, _ = replayed(humanoid, still(humanoid))
    from kinetrace.physics.reaction import react

    flags = np.ones((60, 2), dtype=np.uint8)
    flags[20:40, 1] = 2
    reaction = react(humanoid, motion, dynamics, flags, np.full(60, 0.5), 0.8, 1e-4)
    assert not reaction.known[20:40].any()
    assert reaction.known[:20].all()
    for what in (reaction.feet, reaction.seat, reaction.torque, reaction.power):
        assert (what[20:40] == 0).all()
    assert np.allclose(reaction.residual[20:40, 2], 1.0, atol=1e-3)
    assert np.allclose(reaction.feet[:20, :, 2].sum(axis=1) + reaction.seat[:20, 2], 1.0, atol=0.05)
