from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.models.rank import effective_rank, main_plane, rank_metrics


@given(values=st.lists(st.floats(0.01, 100), min_size=1, max_size=20))
def test_the_rank_lies_between_one_and_the_number_of_directions(values: list[float]) -> None:
    assert 1 - 1e-9 <= effective_rank(torch.tensor(values, dtype=torch.float64)) <= len(values) + 1e-9


def test_ranks_by_hand() -> None:
    assert effective_rank(torch.tensor([2.0, 2.0, 2.0, 0.0])) == pytest.approx(3.0)
    assert effective_rank(torch.zeros(3)) == 0.0
    z = torch.tensor([[1.0, 1.0, 0.0], [1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [-1.0, -1.0, 0.0]])
    found = rank_metrics(z, torch.eye(4))
    assert found.rankme_z == pytest.approx(2.0)
    assert found.participation_ratio == pytest.approx(2.0)
    assert found.dead_dimensions == 1
    assert found.rankme_x == pytest.approx(3.0)  # four points span three directions about their mean


def test_a_collapsed_latent_has_no_rank_and_only_dead_dimensions() -> None:
    found = rank_metrics(torch.ones(6, 4), torch.randn(6, 5))
    assert (found.rankme_z, found.participation_ratio, found.dead_dimensions) == (0.0, 0.0, 4)


def test_the_main_plane_keeps_distances_of_flat_latents_whatever_their_sign() -> None:
    torch.manual_seed(0)
    flat = torch.randn(10, 2) @ torch.linalg.qr(torch.randn(6, 2)).Q.T
    drawn = main_plane(flat)
    assert torch.allclose(torch.cdist(drawn, drawn), torch.cdist(flat, flat), atol=1e-4)
    assert torch.equal(main_plane(flat), drawn)
