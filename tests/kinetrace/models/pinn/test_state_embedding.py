from __future__ import annotations

import torch

from kinetrace.models.pinn.state_embedding import StateEmbedding
from kinetrace.models.pinn.stencils import differentiate

MEAN, SPREAD = torch.zeros(17, 12), torch.zeros(17, 12)
SEEN = torch.ones(2, 30, 17, dtype=torch.bool)
FPS = torch.tensor([30.0, 100.0])


def embedding(spread: float = 0.0) -> StateEmbedding:
    torch.manual_seed(0)
    return StateEmbedding(8, MEAN, SPREAD + spread, 0.01)


def test_pure_noise_comes_to_unit_spread_at_any_rate() -> None:
    noise = 0.01 * torch.randn(2, 3000, 17, 3, generator=torch.Generator().manual_seed(1))
    state = embedding().standardised(differentiate(noise, FPS), FPS)[:, 3:-3]
    assert torch.allclose(state.std(dim=(1, 2)), torch.ones(2, 12), atol=0.03)


def test_clean_spread_and_noise_add_in_square() -> None:
    state = torch.full((2, 30, 17, 12), 0.05)
    assert torch.allclose(
        embedding(0.03).standardised(state, FPS)[..., :3], torch.tensor(0.05 / (0.03**2 + 0.01**2) ** 0.5)
    )


def test_a_constant_clip_is_finite() -> None:
    assert bool(embedding()(torch.zeros(2, 30, 17, 12), SEEN, FPS).isfinite().all())


def test_a_hidden_joint_does_not_look_like_one_that_is_there() -> None:
    state, hidden = torch.zeros(2, 30, 17, 12), SEEN.clone()
    hidden[0, 3, 4] = False
    moved = (embedding()(state, hidden, FPS) - embedding()(state, SEEN, FPS)).abs().sum(dim=-1)
    assert torch.nonzero(moved).tolist() == [[0, 3, 4]]
