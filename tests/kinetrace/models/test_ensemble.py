"""Several models side by side, and a model that drops out: forecasts and how far they lie apart."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from made_model import squat_states, tiny_trained

from kinetrace.models.ensemble import dropout_forecasts, ensemble, forecast_at, spread
from kinetrace.models.inference import LoadedModel, loaded_model
from schemas.errors import ArtifactError

HORIZONS = (1, 7)


@pytest.fixture(scope="module")
def models() -> list[LoadedModel]:
    trained = [tiny_trained(hidden_dim=16, seed=seed) for seed in range(3)]
    return [loaded_model(one.model, trained[0].config) for one in trained]


def test_stacked_members_forecast_what_each_forecasts_alone(models: list[LoadedModel]) -> None:
    states = squat_states(9)
    found = ensemble([one.network for one in models], models[0].config).forecast(states, HORIZONS)
    alone = np.stack([forecast_at(one, states, HORIZONS) for one in models])
    assert found.shape == (3, 9, 2, 7, 3)
    assert np.abs(found - alone).max() < 1e-5
    assert not np.allclose(found[0], found[1])


def test_a_horizon_is_forecast_as_the_whole_path_has_it(models: list[LoadedModel]) -> None:
    states = squat_states(5)
    path = models[0].forecast(states, 7)
    assert np.abs(forecast_at(models[0], states, HORIZONS) - path[:, [0, 6]]).max() < 1e-5


def test_spread_by_hand() -> None:
    forecasts = np.zeros((2, 1, 3))
    forecasts[1, 0] = (2.0, 0.0, 0.0)  # variance 2 along one axis of three
    assert spread(forecasts) == pytest.approx([np.sqrt(2 / 3)])


def test_members_that_agree_have_no_spread(models: list[LoadedModel]) -> None:
    same = ensemble([models[0].network, models[0].network], models[0].config)
    assert spread(same.forecast(squat_states(4), HORIZONS)).max() < 1e-6


def test_dropout_draws_anew_each_pass_the_same_for_a_seed_and_leaves_the_model_alone(models: list[LoadedModel]) -> None:
    model, states = models[0], squat_states(6)
    before, random = forecast_at(model, states, HORIZONS), torch.get_rng_state()
    one, other = (dropout_forecasts(model, states, HORIZONS, 3, 5) for _ in range(2))
    assert one.shape == (3, 6, 2, 7, 3)
    assert np.array_equal(one, other)
    assert not np.allclose(one[0], one[1])
    assert not np.allclose(one, dropout_forecasts(model, states, HORIZONS, 3, 6))
    assert not model.network.training
    assert np.array_equal(before, forecast_at(model, states, HORIZONS))
    assert torch.equal(random, torch.get_rng_state())


def test_one_model_is_no_ensemble(models: list[LoadedModel]) -> None:
    with pytest.raises(ArtifactError, match="two or more"):
        ensemble([models[0].network], models[0].config)
