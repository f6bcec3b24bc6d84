from __future__ import annotations

import torch

from kinetrace.models.pinn.graph import GraphMix
from kinetrace.models.pinn.joints import JOINTS, TREE

KNEE = JOINTS.index("r_knee")


def mix() -> GraphMix:
    torch.manual_seed(0)
    return GraphMix(8, 2)


def heard_by_whom(model: GraphMix) -> set[int]:
    x = torch.randn(1, 1, 17, 8, generator=torch.Generator().manual_seed(1))
    other = x.clone()
    other[0, 0, KNEE] += torch.linspace(-1, 1, 8)
    moved = (model(other) - model(x))[0, 0].abs().sum(dim=-1)
    return set(torch.nonzero(moved > 1e-6)[:, 0].tolist())


def test_at_first_a_joint_is_heard_along_its_bones_alone() -> None:
    neighbours = {a for a, b in TREE if b == KNEE} | {b for a, b in TREE if a == KNEE}
    assert heard_by_whom(mix()) == neighbours | {KNEE}


def test_learned_adjacency_reaches_anyone() -> None:
    model = mix()
    with torch.no_grad():
        model.learned[0, JOINTS.index("l_wrist"), KNEE] = 1.0
    assert JOINTS.index("l_wrist") in heard_by_whom(model)


def test_frames_do_not_hear_each_other() -> None:
    model = mix()
    x = torch.randn(1, 4, 17, 8)
    other = x.clone()
    other[0, 3] += 1.0
    assert torch.equal(model(x)[:, :3], model(other)[:, :3])


def test_the_skeleton_is_no_weight() -> None:
    assert "skeleton" not in mix().state_dict()
