import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.physics.frames import to_mujoco, to_world

VECTOR = st.lists(st.floats(-10, 10), min_size=3, max_size=3).map(np.array)


@given(VECTOR, VECTOR)
def test_there_and_back_is_the_same_point_and_handedness_is_kept(a, b):
    assert np.array_equal(to_world(to_mujoco(a)), a)
    assert np.allclose(to_mujoco(np.cross(a, b)), np.cross(to_mujoco(a), to_mujoco(b)))


def test_up_stays_up_forward_stays_forward_and_right_becomes_minus_left():
    assert np.array_equal(to_mujoco(np.eye(3)), [[1, 0, 0], [0, 0, 1], [0, -1, 0]])
