from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from kinetrace.models.losses import kinetrace_loss, seed_loss, spread_loss
from kinetrace.models.world_model import WorldModel


def world_model(recipe: str) -> WorldModel:
    torch.manual_seed(0)
    return WorldModel(recipe=recipe, features=6, latent=4, hidden=8, dropout=0.0, fps=30.0)  # type: ignore[arg-type]


def batch() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    return torch.randn(16, 6), torch.rand(16), torch.randn(16, 6)


def test_the_seeds_probe_leaves_no_trace_in_encoder_and_predictor() -> None:
    model, (x, dt, ahead) = world_model("seed"), batch()
    seed_loss(model, x, dt, ahead).backward()
    with_probe = [p.grad.clone() for part in (model.encoder, model.predictor) for p in part.parameters()]
    assert any(bool(p.grad.abs().sum() > 0) for p in model.decoder.parameters())
    model.zero_grad()
    functional.mse_loss(model.predictor(model.encoder(x), dt), model.target_encoder(ahead)).backward()
    alone = [p.grad for part in (model.encoder, model.predictor) for p in part.parameters()]
    assert all(torch.equal(a, b) for a, b in zip(with_probe, alone, strict=True))


@pytest.mark.parametrize(("anti_collapse", "reaches"), [("none", False), ("vicreg", False), ("grounded", True)])
def test_only_a_grounded_encoder_feels_the_decoder(anti_collapse: str, reaches: bool) -> None:
    model, (x, dt, ahead) = world_model("kinetrace"), batch()
    loss = kinetrace_loss(model, x, dt, ahead, torch.ones(16), anti_collapse)  # type: ignore[arg-type]
    first = torch.autograd.grad(loss, model.encoder[0].weight)[0]
    with torch.no_grad():
        model.decoder[2].weight += 1.0
    loss = kinetrace_loss(model, x, dt, ahead, torch.ones(16), anti_collapse)  # type: ignore[arg-type]
    second = torch.autograd.grad(loss, model.encoder[0].weight)[0]
    assert torch.equal(first, second) is not reaches


def test_a_horizons_weight_scales_its_prediction_errors_alone() -> None:
    model, (x, dt, ahead) = world_model("kinetrace"), batch()
    at = [
        float(kinetrace_loss(model, x, dt, ahead, torch.full((16,), w), "grounded").detach()) for w in (0.0, 1.0, 3.0)
    ]
    assert at[2] - at[0] == pytest.approx(3 * (at[1] - at[0]), rel=1e-5)
    rebuilt = functional.mse_loss(model.decoder(model.encoder(x)), x)
    assert at[0] == pytest.approx(float(rebuilt.detach()), rel=1e-6)


def test_spread_by_hand() -> None:
    flat = torch.zeros(8, 4)
    assert float(spread_loss(flat)) == pytest.approx(1 - 0.01)  # standard deviation sqrt(1e-4)
    square = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]) * 2
    assert float(spread_loss(square)) == pytest.approx(0.0)
    copied = square[:, :1].expand(-1, 2)  # variance 16/3 shared twice: 0.04 * 2 * (16/3)^2 / 2
    assert float(spread_loss(copied)) == pytest.approx(0.04 * (16 / 3) ** 2, rel=1e-5)
