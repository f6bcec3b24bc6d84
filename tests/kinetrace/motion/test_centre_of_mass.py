"""The centre of mass by hand, by symmetry and with parts of the body missing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.motion.centre_of_mass import SEGMENTS, TRUNK_ABOVE_HIPS, centre_of_mass
from kinetrace.motion.skeletons import INDEX, joint_index


@pytest.mark.parametrize("column", [0, 1])
def test_the_masses_of_all_segments_add_up_to_the_body(column):
    assert sum(s.mass[column] for s in SEGMENTS.values()) == pytest.approx(1.0, abs=0.002)


@given(st.tuples(*[st.floats(-3, 3)] * 3), st.sampled_from(["f", "m", "unknown"]))
@settings(max_examples=20, deadline=None)
def test_moving_the_body_moves_its_centre_as_much(shift, sex):
    p = np.random.default_rng(0).normal(size=(5, 21, 3))
    validity = np.full((5, 21), 2, dtype=np.uint8)
    here = centre_of_mass(p, validity, sex, 0.8).position
    there = centre_of_mass(p + np.array(shift), validity, sex, 0.8).position
    assert there == pytest.approx(here + shift, abs=1e-12)


def test_a_leg_alone_lies_where_de_leva_puts_it():
    p = np.zeros((1, 21, 3))
    validity = np.zeros((1, 21), dtype=np.uint8)
    validity[:, joint_index("pelvis", "r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle")] = 2
    p[:, joint_index("pelvis", "r_hip", "l_hip"), 1] = 0.9
    p[:, joint_index("r_knee", "l_knee"), 1] = 0.5
    p[:, joint_index("r_ankle", "l_ankle"), 1] = 0.1
    found = centre_of_mass(p, validity, "m", 0.8)
    thigh, shank, trunk = 0.9 - 0.4 * 0.4095, 0.5 - 0.4 * 0.4395, 0.9 + TRUNK_ABOVE_HIPS[1] * 0.8
    by_hand = (2 * 0.1416 * thigh + 2 * 0.0433 * shank + 0.4346 * trunk) / (2 * 0.1416 + 2 * 0.0433 + 0.4346)
    assert found.position[0, 1] == pytest.approx(by_hand)
    assert found.mass_fraction == pytest.approx(2 * 0.1416 + 2 * 0.0433 + 0.4346)
    assert found.trunk_from_pelvis


def test_a_standing_person_has_it_a_little_above_the_hips(standing):
    found = centre_of_mass(standing.positions, standing.validity, "unknown", 0.82)
    assert 0.90 < found.position[0, 1] < 1.02
    assert found.mass_fraction == pytest.approx(1.0, abs=0.002)
    assert not found.trunk_from_pelvis


def test_an_arm_that_vanishes_for_a_moment_does_not_make_it_jump(standing):
    validity = standing.validity
    validity[50:60, joint_index("l_elbow", "l_wrist")] = 0
    found = centre_of_mass(standing.positions, validity, "f", 0.82)
    assert np.ptp(found.position, axis=0).max() < 1e-12


def test_a_frame_without_a_leg_has_no_centre(standing):
    validity = standing.validity
    validity[10, INDEX["l_knee"]] = 0
    found = centre_of_mass(standing.positions, validity, "f", 0.82)
    assert not found.valid[10]
    assert not found.position[10].any()
    assert found.valid.sum() == 119
