from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from kinetrace.motion.forward_kinematics import joint_places

PARENTS = (-1, 0, 1, 0)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_bones_keep_their_length_and_a_turn_of_the_root_turns_everything(seed: int) -> None:
    rng = np.random.default_rng(seed)
    offsets = rng.normal(size=(5, 4, 3))
    local = Rotation.random(20, random_state=seed % 2**31).as_matrix().reshape(5, 4, 3, 3)
    root = rng.normal(size=(5, 3))
    places = joint_places(root, offsets, PARENTS, local)
    for joint, parent in enumerate(PARENTS[1:], start=1):
        lengths = np.linalg.norm(places[:, joint] - places[:, parent], axis=1)
        np.testing.assert_allclose(lengths, np.linalg.norm(offsets[:, joint], axis=1), atol=1e-12)
    turn = Rotation.random(random_state=1).as_matrix()
    turned = local.copy()
    turned[:, 0] = turn @ local[:, 0]
    about = joint_places(root, offsets, PARENTS, turned) - root[:, None]
    np.testing.assert_allclose(about, (places - root[:, None]) @ turn.T, atol=1e-12)


def test_a_quarter_turn_of_the_first_joint_takes_the_arm_from_x_to_y() -> None:
    offsets = np.tile(np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0], [0, 0, 1]]), (1, 1, 1))
    local = np.tile(np.eye(3), (1, 4, 1, 1))
    local[0, 0] = Rotation.from_euler("z", 90, degrees=True).as_matrix()
    places = joint_places(np.array([[5.0, 0, 0]]), offsets, PARENTS, local)
    np.testing.assert_allclose(places[0], [[5, 0, 0], [5, 1, 0], [5, 3, 0], [5, 0, 1]], atol=1e-12)


def test_a_joint_before_its_parent_is_refused() -> None:
    with pytest.raises(ValueError, match="each joint must come after its parent"):
        joint_places(np.zeros((1, 3)), np.zeros((1, 3, 3)), (-1, 2, 1), np.zeros((1, 3, 3, 3)))
