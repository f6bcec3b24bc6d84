from __future__ import annotations

import torch

from kinetrace.models.pinn.head import ResidualHead
from kinetrace.models.pinn.stencils import differentiate

FPS = torch.tensor([30.0])


def state() -> torch.Tensor:
    p = torch.randn(1, 8, 17, 3, generator=torch.Generator().manual_seed(0))
    return differentiate(p, FPS)


def test_an_untrained_head_changes_nothing() -> None:
    assert torch.equal(ResidualHead(4, 0.02)(torch.randn(1, 8, 17, 4), state(), FPS), state())


def test_what_it_says_of_velocity_is_the_velocity_of_what_it_says_of_position() -> None:
    head = ResidualHead(4, 0.02)
    torch.nn.init.ones_(head.linear.weight)
    said = head(torch.randn(1, 8, 17, 4), state(), FPS)
    assert not torch.equal(said, state())
    assert torch.equal(said, differentiate(said[..., :3], FPS))


def test_measured_velocities_have_no_way_into_the_output_but_through_tokens() -> None:
    other = state()
    other[..., 3:] += 5.0
    tokens = torch.randn(1, 8, 17, 4)
    head = ResidualHead(4, 0.02)
    assert torch.equal(head(tokens, state(), FPS), head(tokens, other, FPS))


def test_a_token_of_ones_moves_by_the_reach() -> None:
    head = ResidualHead(4, 0.02)
    torch.nn.init.constant_(head.linear.weight, 0.25)
    said = head(torch.ones(1, 8, 17, 4), state(), FPS)
    assert torch.allclose(said[..., :3], state()[..., :3] + 0.02)
