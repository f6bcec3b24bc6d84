from __future__ import annotations

import pytest
import torch
from made_model import JOINTS
from torch.nn import functional

from kinetrace.models.batch import PlacedBatch
from kinetrace.models.features import HeadingFeatures
from kinetrace.models.losses import column_weights, kinetrace_loss, seed_loss
from kinetrace.models.spread import sigreg_loss, vicreg_loss
from kinetrace.models.standardiser import Standardiser
from kinetrace.models.world_model import WorldModel
from schemas.world_model import Arm, Recipe

VIEW = HeadingFeatures(JOINTS)
COLUMNS = len(VIEW.names)


def world_model(recipe: Recipe) -> WorldModel:
    torch.manual_seed(0)
    return WorldModel(
        recipe=recipe, arm=Arm(), features=COLUMNS, latent=4, hidden=8, dropout=0.0, fps=30.0, posed=VIEW.posed
    )


def batch(weight: float = 1.0) -> PlacedBatch:
    torch.manual_seed(1)
    x, ahead = torch.randn(16, COLUMNS), torch.randn(16, COLUMNS)
    every = torch.full((16,), weight)
    return PlacedBatch(
        x, ahead, torch.rand(16), every, every, torch.randn(16, 7, 3), torch.zeros(16), torch.randn(16, 16)
    )


def loss_of(model: WorldModel, anti_collapse: str, seen: PlacedBatch) -> torch.Tensor:
    arm = Arm.model_validate({"anti_collapse": anti_collapse})
    still = Standardiser(torch.zeros(COLUMNS), torch.ones(COLUMNS))
    return kinetrace_loss(model, seen, arm, VIEW, still, torch.ones(COLUMNS))


def test_the_seeds_probe_leaves_no_trace_in_encoder_and_predictor() -> None:
    model, seen = world_model("seed"), batch()
    seed_loss(model, seen).backward()
    with_probe = [p.grad.clone() for part in (model.encoder, model.predictor) for p in part.parameters()]
    assert any(bool(p.grad.abs().sum() > 0) for p in model.decoder.parameters())
    model.zero_grad()
    ahead = model.predictor(model.encoder(seen.x), seen.dt_s)
    functional.mse_loss(ahead, model.target_encoder(seen.ahead)).backward()
    alone = [p.grad for part in (model.encoder, model.predictor) for p in part.parameters()]
    assert all(torch.allclose(a, b, atol=1e-7) for a, b in zip(with_probe, alone, strict=True))


@pytest.mark.parametrize(
    ("anti_collapse", "reaches"),
    [
        ("none", False),
        ("ema", False),
        ("vicreg", False),
        ("sigreg", False),
        ("frozen_teacher", False),
        ("grounded", True),
    ],
)
def test_only_a_grounded_encoder_feels_the_decoder(anti_collapse: str, reaches: bool) -> None:
    model, seen = world_model("kinetrace"), batch()
    weight = model.encoder.line.weight  # type: ignore[union-attr]
    first = torch.autograd.grad(loss_of(model, anti_collapse, seen), weight)[0]
    with torch.no_grad():
        model.decoder.pose.line.weight += 1.0  # type: ignore[union-attr, operator]
    second = torch.autograd.grad(loss_of(model, anti_collapse, seen), weight)[0]
    assert torch.equal(first, second) is not reaches


def test_a_horizons_weight_scales_its_prediction_errors_alone() -> None:
    model = world_model("kinetrace")
    at = [float(loss_of(model, "ema", batch(w)).detach()) for w in (0.0, 1.0, 3.0)]
    assert at[2] - at[0] == pytest.approx(3 * (at[1] - at[0]), rel=1e-4)


def test_a_loss_is_one_number_a_model() -> None:
    torch.manual_seed(0)
    model = WorldModel(
        recipe="kinetrace", arm=Arm(), features=COLUMNS, latent=4, hidden=8, dropout=0.0, fps=30.0, posed=VIEW.posed,
        models=2,
    )  # fmt: skip
    one = batch()
    two = PlacedBatch(*(torch.stack((v, v)) for v in vars(one).values()))
    assert loss_of(model, "grounded", two).shape == (2,)


def test_column_weights_by_hand() -> None:
    found = column_weights(("a.position.up", "a.acceleration.up"), torch.tensor([4.0, 4.0]))
    assert found.tolist() == pytest.approx([0.25, 0.025])


def test_vicreg_by_hand() -> None:
    flat = torch.zeros(8, 4)
    assert float(vicreg_loss(flat)) == pytest.approx(1 - 0.01)  # standard deviation sqrt(1e-4)
    square = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]) * 2
    assert float(vicreg_loss(square)) == pytest.approx(0.0)
    copied = square[:, :1].expand(-1, 2)  # variance 16/3 shared twice: 0.04 * 2 * (16/3)^2 / 2
    assert float(vicreg_loss(copied)) == pytest.approx(0.04 * (16 / 3) ** 2, rel=1e-5)


def test_sigreg_is_least_for_a_standard_gaussian() -> None:
    torch.manual_seed(0)
    z = torch.randn(4000, 32)
    gaussian, flat, wide = (float(sigreg_loss(v)) for v in (z, 0 * z, 3 * z))
    uniform = float(sigreg_loss((torch.rand(4000, 32) - 0.5) * 12**0.5))
    assert gaussian < 0.01
    assert all(5 * gaussian < other for other in (uniform, wide, flat))
