from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.models.layers import Dropout, linear
from kinetrace.models.networks import Decoder, Predictor
from kinetrace.models.seed_arm import SeedPredictor
from kinetrace.models.stacked import stack, unstack
from kinetrace.models.step_embedding import gate
from kinetrace.models.world_model import WorldModel
from schemas.world_model import Arm, Recipe

ONE = linear(None)
POSED = slice(8, 26)


def world_model(recipe: Recipe, models: int | None = None, seed: int = 0) -> WorldModel:
    torch.manual_seed(seed)
    return WorldModel(
        recipe=recipe, arm=Arm(), features=62, latent=64, hidden=128, dropout=0.1, fps=30.0, posed=POSED, models=models
    )


def predictor(**arm: str) -> Predictor:
    return Predictor(Arm.model_validate(arm), 8, 16, 0.0, 30.0, 3, ONE)


def shaken(module: torch.nn.Module) -> None:
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter)


@settings(deadline=None)
@given(seed=st.integers(0, 20))
def test_no_step_is_no_change_whatever_the_weights_and_the_action(seed: int) -> None:
    torch.manual_seed(seed)
    made = predictor()
    shaken(made)
    z, action = torch.randn(5, 8), torch.randn(5, 4)
    assert torch.equal(made(z, torch.zeros(5), action), z)
    assert not torch.allclose(made(z, torch.full((5,), 0.1), action), z)


def test_training_starts_from_copying() -> None:
    z = torch.randn(5, 8)
    assert torch.equal(predictor()(z, torch.rand(5) * 10), z)


def test_an_absolute_predictor_does_not_start_from_copying() -> None:
    z = torch.randn(5, 8)
    assert not torch.allclose(predictor(target="absolute")(z, torch.zeros(5)), z)


def test_the_gate_by_hand() -> None:
    assert gate(torch.tensor([0.0, 0.3, 2.7]))[:, 0].tolist() == pytest.approx([0.0, 0.5, 0.9])


def test_a_step_in_frames_is_one_column() -> None:
    made = predictor(delta="frames").step
    assert made(torch.tensor([0.1, 1.0]))[:, 0].tolist() == pytest.approx([3.0, 30.0])


def test_the_seed_sees_the_step_in_frames() -> None:
    made = SeedPredictor(4, 8, 0.0, 30.0, ONE)
    z, dt = torch.randn(3, 4), torch.tensor([0.1, 0.2, 1.0])
    by_hand = made.net(torch.cat((z, torch.tensor([[3.0], [6.0], [30.0]])), dim=1))
    assert torch.allclose(made(z, dt), by_hand)


def test_the_seeds_networks_have_the_seeds_sizes() -> None:
    model = world_model("seed")
    sizes = [tuple(p.shape) for part in (model.encoder, model.predictor) for p in part.parameters() if p.ndim == 2]
    assert sizes == [(128, 62), (64, 128), (128, 65), (64, 128)]
    assert [layer.p for layer in model.dropouts()] == [0.1, 0.1]


@settings(deadline=None)
@given(seed=st.integers(0, 20))
def test_a_state_decoded_from_its_own_latent_after_no_time_is_itself(seed: int) -> None:
    model = world_model("kinetrace")
    torch.manual_seed(seed)
    for part in (model.encoder, model.decoder):
        shaken(part)
    x = torch.randn(4, 62)
    z = model.encoder(x)
    now = torch.zeros(4)
    assert torch.allclose(
        model.features_ahead(x, z, z, now), x, atol=1e-3 * float(model.decoder(z).detach().abs().max())
    )
    assert torch.equal(model.travel(z, z + 1, now), torch.zeros(4, 3))


def test_what_a_latent_leaves_out_glides_by_hand() -> None:
    decoder = Decoder(10, 4, 2, 3, 1, ONE, None)
    torch.nn.init.zeros_(decoder.trust.weight)  # type: ignore[union-attr]
    torch.nn.init.zeros_(decoder.trust.bias)  # type: ignore[union-attr]
    left = torch.zeros(1, 10)
    left[:, 4:7] = 2.0  # its velocity
    moved = decoder.carry(left, torch.zeros(1, 2), torch.tensor([0.15]))
    assert moved[0, 1:4].tolist() == pytest.approx([0.5 * 2 * 0.15 * (1 - 0.36787944)] * 3)
    assert torch.equal(moved[:, 4:], left[:, 4:])


def test_the_target_follows_by_hand_and_is_never_trained() -> None:
    model = world_model("kinetrace")
    assert not any(p.requires_grad for p in model.target_encoder.parameters())
    assert not {id(p) for p in model.target_encoder.parameters()} & {id(p) for p in model.trainable()}
    before = model.target_encoder.first.weight.clone()  # type: ignore[union-attr]
    with torch.no_grad():
        model.encoder.first.weight += 1.0  # type: ignore[union-attr, operator]
    model.follow(0.996)
    moved = model.target_encoder.first.weight - before  # type: ignore[union-attr, operator]
    assert moved.min().item() == pytest.approx(0.004, rel=1e-3)
    assert moved.max().item() == pytest.approx(0.004, rel=1e-3)


@pytest.mark.parametrize("recipe", ["seed", "kinetrace"])
def test_models_side_by_side_answer_as_they_do_alone(recipe: Recipe) -> None:
    models = [world_model(recipe, seed=k).eval() for k in range(3)]
    whole = stack(models, lambda count: world_model(recipe, count)).eval()
    x, dt = torch.randn(3, 7, 62), torch.rand(3, 7)
    together = whole.predictor(whole.encoder(x), dt)
    for k, model in enumerate(models):
        assert torch.allclose(together[k], model.predictor(model.encoder(x[k]), dt[k]), atol=1e-5)
        again = unstack(whole, k, lambda count: world_model(recipe, count))
        assert all(
            torch.equal(a, b) for a, b in zip(again.state_dict().values(), model.state_dict().values(), strict=True)
        )


def test_a_choice_made_beforehand_is_kept_to() -> None:
    layer = Dropout(0.5, 4)
    x = torch.ones(2, 4)
    layer.keep = torch.tensor([[2.0, 0.0, 2.0, 0.0]])
    assert torch.equal(layer(x), layer.keep.expand(2, 4))
    assert torch.equal(layer.eval()(x), x)
