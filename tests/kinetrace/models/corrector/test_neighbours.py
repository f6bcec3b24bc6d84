from __future__ import annotations

import pytest
import torch
from jaxtyping import TypeCheckError

from kinetrace.models.corrector.neighbours import RIDGE, carried

J = 21


def some(seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(seed)
    hidden = torch.rand(2, 4, J, generator=random) < 0.3
    beside = ~hidden & (torch.rand(2, 4, J, generator=random) < 0.8)
    departed = torch.randn(2, 3, 4, J, 3, generator=random) * beside[:, None, ..., None]
    root = torch.randn(J, J, generator=random)
    return departed, beside, hidden, root @ root.T / J


def test_it_is_the_conditional_mean_of_a_gaussian() -> None:
    departed, beside, hidden, covariance = some(0)
    found = carried(departed, beside, hidden, covariance)
    v, h = beside[1, 2].nonzero()[:, 0], hidden[1, 2].nonzero()[:, 0]
    inner = covariance[v][:, v] + RIDGE * covariance.diagonal().mean() * torch.eye(len(v))
    want = covariance[h][:, v] @ torch.linalg.solve(inner, departed[1, 0, 2, v])
    torch.testing.assert_close(found[1, 0, 2, h], want, atol=1e-4, rtol=1e-4)


def test_only_hidden_samples_are_given_anything() -> None:
    departed, beside, hidden, covariance = some(1)
    found = carried(departed, beside, hidden, covariance)
    assert float(torch.where(hidden[:, None, ..., None], torch.tensor(0.0), found).abs().max()) == 0.0


def test_a_twin_that_departs_takes_the_hidden_joint_along() -> None:
    covariance = torch.eye(J)
    covariance[0, 1] = covariance[1, 0] = 1.0
    beside, hidden = torch.zeros(1, 1, J, dtype=torch.bool), torch.zeros(1, 1, J, dtype=torch.bool)
    beside[..., 1], hidden[..., 0] = True, True
    departed = torch.zeros(1, 1, 1, J, 3)
    departed[..., 1, :] = torch.tensor((1.0, 2.0, 3.0))
    found = carried(departed, beside, hidden, covariance)[0, 0, 0, 0]
    torch.testing.assert_close(found, torch.tensor((1.0, 2.0, 3.0)) / (1 + RIDGE))


def test_turning_the_room_turns_the_answer() -> None:
    departed, beside, hidden, covariance = some(2)
    turn = torch.tensor([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    one = carried(departed @ turn, beside, hidden, covariance)
    torch.testing.assert_close(one, carried(departed, beside, hidden, covariance) @ turn, atol=1e-5, rtol=1e-4)


def test_a_covariance_of_other_joints_is_refused() -> None:
    departed, beside, hidden, _ = some(3)
    with pytest.raises(TypeCheckError, match="covariance"):
        carried(departed, beside, hidden, torch.eye(J - 1))
