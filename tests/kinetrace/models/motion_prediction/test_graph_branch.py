from __future__ import annotations

import pytest
import torch
from jaxtyping import TypeCheckError
from made_prediction import TINY

from kinetrace.models.motion_prediction.graph_branch import GraphBranch, GraphLayer


def test_without_edges_a_joint_answers_from_itself_alone() -> None:
    branch = GraphBranch(TINY).eval()
    torch.nn.init.normal_(branch.answer.weight)
    seen = torch.randn(1, 10, 75)
    other = seen.clone()
    other[..., :3] += 1.0  # the first joint
    with torch.no_grad():
        alone = branch.layers[0].adjacency.copy_(torch.eye(25))  # type: ignore[operator,union-attr]
        moved = (branch(seen) - branch(other)).abs()
        assert moved[..., :3].max() > 0.01 and moved[..., 3:].max() < 1e-5
        alone[7, 0] = 1.0  # the eighth joint looks at the first
        assert (branch(seen) - branch(other))[..., 21:24].abs().max() > 1e-3


def test_a_layer_that_was_given_zeros_adds_gelu_of_its_bias() -> None:
    layer = GraphLayer(2, 0.0)
    with torch.no_grad():
        layer.adjacency.copy_(torch.eye(25))
        layer.features.weight.zero_()
        layer.features.bias.copy_(torch.tensor([0.0, 100.0]))
    tokens = torch.zeros(25, 3, 2)
    torch.testing.assert_close(layer(tokens), torch.tensor([0.0, 100.0]).expand(25, 3, 2))


def test_coordinates_of_another_skeleton_are_refused() -> None:
    with pytest.raises(TypeCheckError, match="windows 10 75"):
        GraphBranch(TINY)(torch.zeros(1, 10, 72))
