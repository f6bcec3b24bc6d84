from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.models.world_model import ResidualPredictor, SeedPredictor, WorldModel


def world_model(recipe: str) -> WorldModel:
    torch.manual_seed(0)
    return WorldModel(recipe=recipe, features=110, latent=64, hidden=128, dropout=0.1, fps=30.0)  # type: ignore[arg-type]


@settings(deadline=None)
@given(seed=st.integers(0, 20))
def test_no_step_is_no_change_whatever_the_weights(seed: int) -> None:
    torch.manual_seed(seed)
    predictor = ResidualPredictor(8, 16, 0.0)
    torch.nn.init.normal_(predictor.net[-1].weight)
    z = torch.randn(5, 8)
    assert torch.equal(predictor(z, torch.zeros(5)), z)
    assert not torch.allclose(predictor(z, torch.full((5,), 0.1)), z)


def test_training_starts_from_copying() -> None:
    predictor = ResidualPredictor(8, 16, 0.1)
    z = torch.randn(5, 8)
    assert torch.equal(predictor(z, torch.rand(5) * 10), z)


def test_the_seed_sees_the_step_in_frames() -> None:
    predictor = SeedPredictor(4, 8, 0.0, fps=30.0)
    z, dt = torch.randn(3, 4), torch.tensor([0.1, 0.2, 1.0])
    by_hand = predictor.net(torch.cat((z, torch.tensor([[3.0], [6.0], [30.0]])), dim=1))
    assert torch.allclose(predictor(z, dt), by_hand)


def test_the_seeds_networks_have_the_seeds_sizes() -> None:
    model = world_model("seed")
    sizes = [tuple(p.shape) for part in (model.encoder, model.predictor) for p in part.parameters() if p.ndim == 2]
    assert sizes == [(128, 110), (64, 128), (128, 65), (64, 128)]
    assert model.encoder[2].p == 0.1


def test_the_target_follows_by_hand_and_is_never_trained() -> None:
    model = world_model("kinetrace")
    assert not any(p.requires_grad for p in model.target_encoder.parameters())
    assert not {id(p) for p in model.target_encoder.parameters()} & {id(p) for p in model.trainable()}
    before = model.target_encoder[0].weight.clone()
    with torch.no_grad():
        model.encoder[0].weight += 1.0
    model.follow(0.996)
    moved = model.target_encoder[0].weight - before
    assert moved.min().item() == pytest.approx(0.004, rel=1e-3)
    assert moved.max().item() == pytest.approx(0.004, rel=1e-3)
