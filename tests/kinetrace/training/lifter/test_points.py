from __future__ import annotations

import numpy as np
import torch
from made_lifter import STANDING

from kinetrace.models.keypoints import KEYPOINTS
from kinetrace.motion.skeletons import INDEX
from kinetrace.training.lifter.points import EAR_APART, points_of


def body(clips: int = 1) -> torch.Tensor:
    return torch.from_numpy((STANDING / 1.75).astype(np.float32)).expand(clips, 4, 21, 3)


def test_without_offsets_points_are_joints() -> None:
    points = points_of(body(), torch.Generator().manual_seed(0), 0.0)
    for name in KEYPOINTS[3:]:
        torch.testing.assert_close(points[:, :, KEYPOINTS.index(name)], body()[:, :, INDEX[name]])


def test_a_head_looks_ahead_with_its_left_ear_on_the_left() -> None:
    points = points_of(body(400), torch.Generator().manual_seed(0), 0.0).mean((0, 1))
    nose, left, right = (points[KEYPOINTS.index(n)] for n in ("nose", "l_ear", "r_ear"))
    middle = (left + right) / 2
    assert 0.05 < float(nose[0] - middle[0]) < 0.09  # forward is X
    assert float(right[2] - left[2]) > 1.8 * EAR_APART * 0.9
    assert 0.05 < float(body()[0, 0, INDEX["head"], 1] - middle[1]) < 0.1


def test_offsets_stay_with_the_body_over_a_clip_and_differ_between_clips() -> None:
    off = points_of(body(200), torch.Generator().manual_seed(0)) - points_of(
        body(200), torch.Generator().manual_seed(0), 0.0
    )
    hip = off[:, :, KEYPOINTS.index("l_hip")]
    assert float(hip.std(dim=1).max()) < 1e-6
    assert 0.013 < float(hip[:, 0].std()) < 0.019
    toe = off[:, 0, KEYPOINTS.index("l_toe"), 0]
    assert 0.01 < float(toe.mean()) < 0.03  # the network's toe lies ahead of the ball of the foot
