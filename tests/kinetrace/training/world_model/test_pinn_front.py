"""A PINN encoder in front of the world model, frozen or learning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from made_model import FPS, JOINTS, squat_states, tiny_params, tiny_table
from made_pinn import tiny_loaded

from kinetrace.models.checkpoint import to_bytes
from kinetrace.models.inference import load, loaded_model
from kinetrace.models.pinn.state_encoder import PinnStateEncoder
from kinetrace.models.stacked import stack
from kinetrace.training.world_model.assessment import learn
from kinetrace.training.world_model.pinn_front import asked_encoder
from kinetrace.training.world_model.prepare import builder
from kinetrace.training.world_model.train import CaptureData, Trained
from schemas.errors import ArtifactError, ComputeError, ParamsError

CAPTURE = CaptureData(tiny_table(), JOINTS, FPS)
LOADED = tiny_loaded()


def trained(**changes: object) -> Trained:
    params = tiny_params(encoder="pinn", max_steps=3, batch_size=8, **changes)
    return learn(CAPTURE, params, None, pinn=LOADED).trained


def own_weights(one: Trained) -> dict[str, torch.Tensor]:
    assert isinstance(one.model.encoder, PinnStateEncoder)
    return one.model.encoder.pinn.state_dict()


def test_frozen_it_stays_as_it_was_and_learning_it_moves() -> None:
    begun = LOADED.network.state_dict()
    kept, moved = own_weights(trained()), own_weights(trained(pinn_frozen=False))
    assert all(torch.equal(kept[name], begun[name]) for name in begun)
    assert any(not torch.equal(moved[name], begun[name]) for name in begun)


def test_it_is_written_and_read_back_and_encodes_the_same(tmp_path: Path) -> None:
    one = trained()
    (tmp_path / "checkpoint.pt").write_bytes(to_bytes(one.model, one.config, one.loss_curve))
    states = squat_states(12)
    here, there = loaded_model(one.model, one.config), load(tmp_path / "checkpoint.pt")
    assert np.array_equal(here.encode(states), there.encode(states))
    assert here.forecast(states, 5).shape == (12, 5, len(JOINTS), 3)
    assert np.isfinite(here.forecast(states, 5)).all()


def test_equal_arguments_give_equal_bits() -> None:
    one, other = trained(pinn_frozen=False), trained(pinn_frozen=False)
    assert to_bytes(one.model, one.config, one.loss_curve) == to_bytes(other.model, other.config, other.loss_curve)


def test_where_one_stands_and_faces_changes_no_latent() -> None:
    model = loaded_model(trained().model, trained().config)
    states = squat_states(12)
    turned = states.copy().reshape(12, len(JOINTS), 3, 3)
    turned = np.stack((turned[..., 2], turned[..., 1], -turned[..., 0]), axis=-1).reshape(states.shape)
    turned[..., 0] += 3.0
    assert np.allclose(model.encode(states), model.encode(turned), atol=1e-3)


def test_two_side_by_side_are_refused() -> None:
    one = trained()
    view = loaded_model(one.model, one.config).view
    with pytest.raises(ComputeError, match="one model at a time with encoder: pinn"):
        stack([one.model, one.model], builder(one.config.params, view, FPS, LOADED.config))


def test_what_it_needs_is_said(tmp_path: Path) -> None:
    assert asked_encoder(tiny_params(), tmp_path) is None
    with pytest.raises(ParamsError, match=r"pinn_weights: expected a folder .* kinetrace train pinn"):
        asked_encoder(tiny_params(encoder="pinn"), tmp_path)
    with pytest.raises(ParamsError, match="frame: heading"):
        asked_encoder(tiny_params(encoder="pinn", frame="world", pinn_weights="x"), tmp_path)
    with pytest.raises(ArtifactError, match=r"pinn\.json"):
        asked_encoder(tiny_params(encoder="pinn", pinn_weights="nowhere"), tmp_path)
