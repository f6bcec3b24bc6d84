"""Segments follow the joints: rigid poses whose ends are the joints."""

from __future__ import annotations

import numpy as np
import pytest

from kinetrace.motion.skeletons import INDEX
from kinetrace.simulation.ipad.posture import SEGMENTS, segment_poses
from kinetrace.simulation.simulate import simulate
from schemas.base import Movement

BONES = {
    "l_thigh": ("l_hip", "l_knee"), "r_shank": ("r_knee", "r_ankle"), "l_upper_arm": ("l_shoulder", "l_elbow"),
    "r_forearm": ("r_elbow", "r_wrist"),
}  # fmt: skip


@pytest.mark.parametrize("movement", ["gait", "squat", "sit_to_stand", "balance"])
def test_segments_are_rigid_and_end_at_their_joints(movement: Movement) -> None:
    truth = simulate(movement, 3.0, 1).truth
    poses = segment_poses(truth.positions)
    turns = poses[..., :3, :3]
    np.testing.assert_allclose(turns @ turns.swapaxes(-1, -2), np.broadcast_to(np.eye(3), turns.shape), atol=1e-9)
    np.testing.assert_allclose(np.linalg.det(turns), 1.0, atol=1e-9)
    for name, (upper, lower) in BONES.items():
        pose = poses[:, SEGMENTS.index(name)]
        length = np.linalg.norm(truth.positions[0, INDEX[upper]] - truth.positions[0, INDEX[lower]])
        np.testing.assert_allclose(pose[:, :3, 3], truth.positions[:, INDEX[upper]], atol=1e-9)
        end = pose[:, :3, 3] - length * pose[:, :3, 1]
        np.testing.assert_allclose(end, truth.positions[:, INDEX[lower]], atol=1e-6)


def test_a_standing_person_faces_forward_with_flat_feet() -> None:
    poses = segment_poses(simulate("balance", 1.0, 1).truth.positions)[0]
    for name in ("pelvis", "thorax", "head", "l_thigh", "r_shank"):
        assert poses[SEGMENTS.index(name)][0, 0] > 0.95
    for name in ("l_foot", "r_foot"):
        np.testing.assert_allclose(poses[SEGMENTS.index(name)][:3, :3], np.eye(3), atol=1e-9)
