"""The hand-written step of the seed's recipe against the one that autograd takes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from made_model import FPS, JOINTS, tiny_params, tiny_table

from kinetrace.training.world_model import engine
from kinetrace.training.world_model.engine import Fitted, fit
from kinetrace.training.world_model.prepare import capture_job, plan_of
from kinetrace.training.world_model.seed_step import SeedStep
from kinetrace.training.world_model.train import CaptureData, train_many


def fitted(monkeypatch: pytest.MonkeyPatch, by_hand: bool, probe: bool, dropout: float) -> Fitted:
    params = tiny_params(recipe="seed", max_steps=120, batch_size=32, dropout=dropout)
    if not by_hand:
        monkeypatch.setattr(engine, "SeedStep", _autograd)
    job, view = capture_job(tiny_table(), JOINTS, FPS, params)
    plan = plan_of(params, view, FPS, "cpu")
    return fit([job], type(plan)(**{**vars(plan), "probe": probe}))[0]


def _autograd(model, data, rate, ema, probe):  # type: ignore[no-untyped-def]
    from functools import partial

    from kinetrace.models.losses import seed_loss
    from kinetrace.training.world_model.distributed import Processes
    from kinetrace.training.world_model.engine import adamw
    from kinetrace.training.world_model.step import Step

    return Step(model, data, None, partial(seed_loss, probe=probe), adamw(model, rate, "cpu"), ema, Processes())


@pytest.mark.parametrize("probe", [False, True])
@pytest.mark.parametrize("dropout", [0.0, 0.1])
def test_it_gives_the_losses_and_weights_of_autograd(
    monkeypatch: pytest.MonkeyPatch, probe: bool, dropout: float
) -> None:
    mine = fitted(monkeypatch, True, probe, dropout)
    other = fitted(monkeypatch, False, probe, dropout)
    assert torch.allclose(mine.losses, other.losses, rtol=1e-3, atol=1e-4)
    assert torch.allclose(mine.losses[:5], other.losses[:5], rtol=1e-5)
    assert float(mine.losses[-10:].mean()) < float(mine.losses[:10].mean())
    for name, weight in mine.model.state_dict().items():
        assert torch.allclose(weight, other.model.state_dict()[name], rtol=1e-2, atol=2e-3), name


def test_three_side_by_side_get_the_bits_they_get_alone() -> None:
    params = tiny_params(recipe="seed", max_steps=110, batch_size=16)
    captures = [CaptureData(tiny_table(n), JOINTS, FPS) for n in (90, 70, 110)]
    together = train_many(captures, params)
    for capture, one in zip(captures, together, strict=True):
        alone = train_many([capture], params)[0]
        assert alone.loss_curve == one.loss_curve
        for name, weight in alone.model.state_dict().items():
            assert torch.equal(weight, one.model.state_dict()[name]), name


def test_the_decoder_stays_as_it_is_without_the_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = fitted(monkeypatch, True, False, 0.1)
    job, _ = capture_job(tiny_table(), JOINTS, FPS, tiny_params(recipe="seed"))
    for name, weight in job.model.decoder.state_dict().items():
        assert torch.equal(weight, mine.model.decoder.state_dict()[name]), name


def test_other_networks_are_refused() -> None:
    job, _ = capture_job(tiny_table(), JOINTS, FPS, tiny_params())
    from kinetrace.training.world_model.step import Resident

    with pytest.raises(TypeError, match="the seed's networks"):
        SeedStep(job.model, Resident.of([job.table], "cpu"), 1e-3, 0.996, False)
    assert np.isfinite(job.table.x.numpy()).all()
