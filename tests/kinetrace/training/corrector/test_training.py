from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from kinetrace.training.averaged import schedule, to_bytes
from kinetrace.training.corrector.checkpoint import Progress, from_file
from kinetrace.training.corrector.recordings import Recording
from kinetrace.training.corrector.training import batch_loss, departures, train, turned
from kinetrace.training.corrector.window_table import window_table
from schemas.corrector import CorrectorParams
from schemas.errors import ArtifactError, ComputeError


def weights(progress: Progress) -> list[torch.Tensor]:
    return [*progress.network.state_dict().values(), *progress.average.state_dict().values()]


def test_a_training_that_was_cut_goes_on_to_the_same_bits(
    recordings: tuple[Recording, ...], tiny: CorrectorParams, tmp_path: Path
) -> None:
    table, kept = window_table(recordings, (60.0,)), tmp_path / "checkpoint.pt"

    def keep(progress: Progress) -> None:
        if progress.step == 3:
            kept.write_bytes(to_bytes(progress))

    whole = train(table, tiny, keep=keep, keep_every=3)
    resumed = train(table, tiny, progress=from_file(kept))
    assert resumed.losses == whole.losses and len(whole.losses) == tiny.steps
    assert all(torch.equal(a, b) for a, b in zip(weights(whole), weights(resumed), strict=True))


def test_training_lowers_the_loss_on_windows_that_are_drawn_alike(
    recordings: tuple[Recording, ...], tiny: CorrectorParams
) -> None:
    changed = {"steps": 30, "batch_size": 8, "width": 8, "inner": 16, "learning_rate": 0.01, "noise_share": 1.0}
    table, params = window_table(recordings, (60.0,)), tiny.model_copy(update=changed)

    def left(progress: Progress) -> float:
        with torch.no_grad():
            return float(batch_loss(progress, table, 16, np.random.default_rng(5), "cpu"))

    fresh = train(table, params.model_copy(update={"steps": 1, "learning_rate": 1e-9}))
    assert left(train(table, params)) < left(fresh) - 0.01


@pytest.mark.parametrize("changed", [{"merge": "sum"}, {"accumulate": 3}, {"mixed_precision": True}, {"layers": 3}])
def test_every_way_of_training_gives_finite_weights(
    recordings: tuple[Recording, ...], tiny: CorrectorParams, changed: dict[str, Any]
) -> None:
    done = train(window_table(recordings, (60.0,)), tiny.model_copy(update=changed))
    assert all(bool(w.isfinite().all()) for w in weights(done)) and len(done.losses) == tiny.steps


def test_the_full_recipe_trains(recordings: tuple[Recording, ...]) -> None:
    params = CorrectorParams(steps=2, batch_size=4, accumulate=2, speeds_hz=(60.0,))
    assert (params.layers, params.width) == (3, 256)
    done = train(window_table(recordings, (60.0,)), params)
    assert np.isfinite(done.losses).all() and float(done.network.leave.weight.detach().abs().max()) > 0


def test_joints_that_move_together_depart_together(recordings: tuple[Recording, ...]) -> None:
    covariance = departures(window_table(recordings, (60.0,)), 0)
    spread = covariance.diagonal().sqrt()
    correlation = covariance / spread[:, None] / spread[None]
    assert torch.equal(covariance, departures(window_table(recordings, (60.0,)), 0))
    torch.testing.assert_close(covariance, covariance.T)
    assert float(correlation[3, 17]) > 0.9 > float(correlation[3, 13])  # right ankle with heel; with the left wrist


def test_a_quarter_turn_by_hand() -> None:
    found = turned(torch.tensor([[[[1.0, 2.0, 3.0]]]]), np.array([np.pi / 2]))
    torch.testing.assert_close(found, torch.tensor([[[[-3.0, 2.0, 1.0]]]]), atol=1e-6, rtol=0)


def test_the_learning_rate_rises_and_falls() -> None:
    assert (
        schedule(0, 1000) < 0.01
        and schedule(250, 1000) == pytest.approx(0.855, abs=0.01)
        and schedule(999, 1000) < 0.02
    )


def test_another_training_s_checkpoint_and_a_loss_that_is_not_finite_are_refused(
    recordings: tuple[Recording, ...], tiny: CorrectorParams
) -> None:
    table = window_table(recordings, (60.0,))
    done = train(table, tiny)
    with pytest.raises(ArtifactError, match=r"found a training with seed 0"):
        train(table, tiny.model_copy(update={"seed": 1}), progress=done)
    with pytest.raises(ArtifactError, match="found a training with other recordings"):
        train(window_table(recordings[:1], (60.0,)), tiny, progress=done)
    broken = train(table, tiny.model_copy(update={"steps": 1}))
    with torch.no_grad():
        broken.network.leave.bias.fill_(float("nan"))
    broken.params = tiny
    with pytest.raises(ComputeError, match="expected a finite loss, found nan at step 1"):
        train(table, tiny, progress=broken)
