from __future__ import annotations

import pytest
import torch

from kinetrace.models.lifter.rigid import LINKS
from kinetrace.motion.segment_parameters import ANKLE_HEIGHT
from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.training.lifter.proportions import leg_length, proportions, skeleton


def upright(count: int) -> torch.Tensor:
    """Bones that all point up or down."""
    down = ("knee", "ankle", "heel", "toe", "elbow", "wrist")
    sign = [-1.0 if BODY21[child][2:] in down else 1.0 for _, child in LINKS]
    directions = torch.zeros(count, 1, len(LINKS), 3)
    directions[..., 1] = torch.tensor(sign)
    return directions


def test_every_body_adds_up_to_its_stature() -> None:
    lengths = proportions(200, torch.Generator().manual_seed(1))
    joints = skeleton(upright(200), lengths)[:, 0, :, 1]
    ankle = (joints[:, INDEX["l_ankle"]] + joints[:, INDEX["r_ankle"]]) / 2
    hip = (joints[:, INDEX["l_hip"]] + joints[:, INDEX["r_hip"]]) / 2
    # The hips are level with the pelvis in a body; here they point up by their half width.
    tall = joints[:, INDEX["head"]] - ankle + hip + ANKLE_HEIGHT
    assert float((tall - 1.0).abs().max()) < 0.02  # sides differ by a per cent
    assert float(tall.mean()) == pytest.approx(1.0, abs=1e-3)


def test_every_joint_hangs_on_one_that_was_placed_before() -> None:
    placed = {INDEX["pelvis"]}
    for parent, child in LINKS:
        assert parent in placed and child not in placed
        placed.add(child)
    assert set(range(21)) - placed == {INDEX["spine"]}


def test_pelvis_thorax_and_spine_stay_midpoints() -> None:
    generator = torch.Generator().manual_seed(2)
    directions = torch.nn.functional.normalize(torch.randn(5, 3, len(LINKS), 3, generator=generator), dim=-1)
    for joint in ("hip", "shoulder"):
        left, right = (next(k for k, (_, c) in enumerate(LINKS) if c == INDEX[f"{s}_{joint}"]) for s in "lr")
        directions[:, :, left] = -directions[:, :, right]
    joints = skeleton(directions, proportions(5, generator))
    for middle, a, b in (
        ("pelvis", "l_hip", "r_hip"),
        ("thorax", "l_shoulder", "r_shoulder"),
        ("spine", "pelvis", "thorax"),
    ):
        torch.testing.assert_close(joints[:, :, INDEX[middle]], (joints[:, :, INDEX[a]] + joints[:, :, INDEX[b]]) / 2)


def test_a_leg_by_hand() -> None:
    lengths = torch.zeros(1, len(LINKS))
    for name, value in (("l_knee", 0.2), ("l_ankle", 0.3), ("r_knee", 0.22), ("r_ankle", 0.3)):
        lengths[0, next(k for k, (_, c) in enumerate(LINKS) if c == INDEX[name])] = value
    assert float(leg_length(lengths)) == pytest.approx(0.51)


def test_people_differ_as_much_as_is_said() -> None:
    lengths = proportions(4000, torch.Generator().manual_seed(3))
    thigh = lengths[:, next(k for k, (_, c) in enumerate(LINKS) if c == INDEX["l_knee"])]
    assert float(thigh.mean()) == pytest.approx(0.227, abs=0.01)
    assert 0.03 < float(thigh.std() / thigh.mean()) < 0.06
