"""Members that go on from one model, each on recordings drawn for it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from made_model import FPS, squat_states, tiny_trained

from kinetrace.models.ensemble import spread
from kinetrace.models.inference import LoadedModel, loaded_model
from kinetrace.training.world_model.ensemble import train_ensemble
from kinetrace.training.world_model.pool import Pool


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    trained = tiny_trained(hidden_dim=16)
    return loaded_model(trained.model, trained.config)


def _pool(recordings: int = 4, anchors: int = 40) -> Pool:
    states = np.concatenate([squat_states(anchors) * np.float32(1 + 0.1 * k) for k in range(recordings)])
    number = torch.repeat_interleave(torch.arange(recordings), anchors)
    return Pool(torch.from_numpy(states), number, torch.ones(len(states)), torch.zeros_like(number), FPS)


def test_members_differ_from_each_other_and_equal_seeds_give_equal_bits(model: LoadedModel) -> None:
    states = squat_states(5)
    one, other = (train_ensemble(model, _pool(), steps=6, members=2, seed=3).forecast(states, (5,)) for _ in range(2))
    assert np.array_equal(one, other)
    assert spread(one).max() > 1e-6


def test_the_model_it_began_from_stays_as_it_was(model: LoadedModel) -> None:
    before = [p.clone() for p in model.network.parameters()]
    train_ensemble(model, _pool(), steps=3, members=2)
    assert all(torch.equal(p, q) for p, q in zip(before, model.network.parameters(), strict=True))


def test_no_steps_leave_every_member_the_model_itself(model: LoadedModel) -> None:
    states = squat_states(5)
    found = train_ensemble(model, _pool(), steps=0, members=3).forecast(states, (5,))
    assert spread(found).max() < 1e-6
