from __future__ import annotations

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from made_prediction import made_places

from kinetrace.models.cmu_protocol import PREDICTED
from kinetrace.models.motion_prediction.mirror import PARTNER, mirrored, mirrored_coordinates
from kinetrace.motion.cmu_skeleton import CMU_JOINTS


def test_every_left_joint_has_a_right_one_and_the_midline_itself() -> None:
    assert CMU_JOINTS[PARTNER[CMU_JOINTS.index("LeftArm")]] == "RightArm"
    assert CMU_JOINTS[PARTNER[CMU_JOINTS.index("LHipJoint")]] == "RHipJoint"
    assert CMU_JOINTS[PARTNER[CMU_JOINTS.index("Head")]] == "Head"
    assert [PARTNER[partner] for partner in PARTNER] == list(range(38))


def test_a_mirror_in_a_mirror_gives_the_motion_back_and_only_x_changes_its_sign() -> None:
    places = made_places(5)
    np.testing.assert_array_equal(mirrored(mirrored(places)), places)
    left, right = CMU_JOINTS.index("LeftHand"), CMU_JOINTS.index("RightHand")
    np.testing.assert_array_equal(mirrored(places)[:, left], places[:, right] * (-1, 1, 1))


def test_predicted_coordinates_are_mirrored_as_whole_bodies_are() -> None:
    places = made_places(7)
    used = list(PREDICTED)
    flat = torch.from_numpy(places[None][:, :, used].reshape(1, 7, 75).astype(np.float32))
    want = mirrored(places)[:, used].reshape(1, 7, 75)
    np.testing.assert_allclose(mirrored_coordinates(flat).numpy(), want, rtol=1e-6)


def test_another_number_of_joints_is_refused() -> None:
    with pytest.raises(TypeCheckError, match="frames 38 3"):
        mirrored(np.zeros((4, 37, 3)))
