from __future__ import annotations

import torch

from kinetrace.models.keypoints import KEYPOINTS
from kinetrace.models.lifter.mirror import JOINT_PARTNER, POINT_PARTNER, mirrored_joints, mirrored_rays
from kinetrace.motion.skeletons import BODY21, INDEX


def test_twice_in_a_mirror_is_as_before() -> None:
    joints, rays = torch.randn(4, 21, 3), torch.randn(2, 5, 19, 3)
    assert torch.equal(mirrored_joints(mirrored_joints(joints)), joints)
    assert torch.equal(mirrored_rays(mirrored_rays(rays)), rays)


def test_the_left_ankle_becomes_the_right_one_on_the_other_side() -> None:
    joints = torch.zeros(21, 3)
    joints[INDEX["l_ankle"]] = torch.tensor([0.1, 0.2, -0.3])
    found = mirrored_joints(joints)
    assert found[INDEX["r_ankle"]].tolist() == torch.tensor([0.1, 0.2, 0.3]).tolist()
    assert not found[INDEX["l_ankle"]].any()


def test_only_what_has_no_side_is_its_own_partner() -> None:
    own = [BODY21[k] for k, other in enumerate(JOINT_PARTNER) if k == other]
    assert own == ["pelvis", "spine", "thorax", "neck", "head"]
    assert [KEYPOINTS[k] for k, other in enumerate(POINT_PARTNER) if k == other] == ["nose"]
