from __future__ import annotations

import pytest
import torch
from jaxtyping import TypeCheckError
from made_prediction import TINY

from kinetrace.models.motion_prediction.time_branch import TimeBranch, TimeLayer


def test_a_layer_mixes_time_only_unless_told_to_mix_features() -> None:
    layer = TimeLayer(4, 8, 0.0, False)
    assert layer.features is None
    tokens = torch.randn(4, 3, 8)
    with torch.no_grad():
        layer.mix.copy_(torch.eye(4))  # then each term sees itself
        other = tokens.clone()
        other[2] += torch.arange(8.0)
        moved = (layer(tokens) - layer(other)).abs().amax((1, 2))
    assert moved[2] > 0.1 and moved[[0, 1, 3]].max() == 0


def test_an_untrained_layer_adds_nothing_but_a_normalised_mixture() -> None:
    layer = TimeLayer(2, 2, 0.0, False)
    with torch.no_grad():
        layer.mix.copy_(torch.tensor([[0.0, 1.0], [1.0, 0.0]]))
    tokens = torch.tensor([[[100.0, -100.0]], [[-100.0, 100.0]]])
    torch.testing.assert_close(layer(tokens), torch.tensor([[[99.0, -99.0]], [[-99.0, 99.0]]]))


def test_an_answer_has_a_row_a_term_and_starts_at_nothing() -> None:
    found = TimeBranch(TINY)(torch.randn(5, 10, 75))
    assert found.shape == (5, 4, 75) and bool((found == 0).all())


def test_coordinates_of_another_skeleton_are_refused() -> None:
    with pytest.raises(TypeCheckError, match="windows 10 75"):
        TimeBranch(TINY)(torch.zeros(1, 10, 72))
