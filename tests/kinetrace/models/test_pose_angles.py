"""The pose as angles."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_model import JOINTS, squat_states

from kinetrace.models.heading import from_heading
from kinetrace.models.pose_angles import ANGLES, LEGS, pose_angles
from kinetrace.motion.skeletons import BODY21

POSE = torch.from_numpy(np.random.default_rng(0).normal(size=(4, 21, 3)).astype(np.float32))


@settings(deadline=None, max_examples=20)
@given(yaw=st.floats(-3.0, 3.0), shift=st.floats(-5.0, 5.0))
def test_where_one_stands_and_faces_changes_no_angle(yaw: float, shift: float) -> None:
    turned = from_heading(POSE, torch.full((4, 21), yaw)) + torch.tensor((shift, 0.0, -shift))
    assert torch.allclose(pose_angles(turned, BODY21), pose_angles(POSE, BODY21), atol=2e-4)


def test_there_are_sixteen_and_those_of_missing_joints_are_0() -> None:
    found = pose_angles(torch.from_numpy(squat_states(5)[..., :3]), JOINTS)
    assert found.shape == (5, ANGLES) == (5, 16)
    assert not found[:, 2 * len(LEGS) :].any()


def test_a_shank_by_hand() -> None:
    pose = torch.from_numpy(squat_states(1)[..., :3]).double()
    knee, ankle = JOINTS.index("r_knee"), JOINTS.index("r_ankle")
    angle = np.radians(30.0)
    pose[0, ankle] = pose[0, knee] + 0.4 * torch.tensor((-np.sin(angle), -np.cos(angle), 0.0))  # heel to the buttock
    found = pose_angles(pose, JOINTS)[0]
    row = 2 * LEGS.index(("r_knee", "r_ankle"))
    assert float(found[row]) == pytest.approx(-angle)
    assert float(found[row + 1]) == pytest.approx(0.0, abs=1e-12)
