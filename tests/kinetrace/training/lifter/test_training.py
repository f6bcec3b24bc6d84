from __future__ import annotations

import copy
import itertools
from pathlib import Path

import pytest
import torch
from made_lifter import TINY, made_take

from kinetrace.models.lifter.weights import to_safetensors
from kinetrace.training import averaged
from kinetrace.training.averaged import schedule, to_bytes
from kinetrace.training.lifter.checkpoint import Progress, from_file
from kinetrace.training.lifter.motions import motion_table
from kinetrace.training.lifter.training import train
from schemas.errors import ArtifactError, ComputeError

TABLE = motion_table([made_take(seed=k) for k in range(3)], (1.0,))


def test_a_training_that_was_cut_anywhere_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    whole = train(TABLE, TINY)
    kept: list[bytes] = []
    train(TABLE, TINY, keep=lambda p: kept.append(to_bytes(p)), keep_every=2)
    for number, data in enumerate(kept[:-1]):
        (tmp_path / "c.pt").write_bytes(data)
        resumed = train(TABLE, TINY, from_file(tmp_path / "c.pt"))
        assert to_safetensors(resumed.average) == to_safetensors(whole.average), number
        assert resumed.losses == whole.losses


def test_it_learns() -> None:
    longer = TINY.model_copy(update={"steps": 60, "mixed": False, "learning_rate": 5e-3})
    done = train(TABLE, longer)
    assert sum(done.losses[-6:]) < 0.7 * sum(done.losses[:6])


def test_the_seed_decides_and_the_state_of_chance_does_not() -> None:
    torch.manual_seed(1)
    first = train(TABLE, TINY)
    torch.manual_seed(2)
    assert to_safetensors(train(TABLE, TINY).average) == to_safetensors(first.average)
    other = train(TABLE, TINY.model_copy(update={"seed": 5}))
    assert to_safetensors(other.average) != to_safetensors(first.average)


def test_the_learning_rate_rises_and_falls() -> None:
    rates = [schedule(k, 1000) for k in range(1000)]
    assert rates[0] == pytest.approx(1 / averaged.RISE, rel=0.01)
    assert max(rates) > 0.85 and rates[-1] < 0.011
    top = rates.index(max(rates))
    assert all(a <= b for a, b in itertools.pairwise(rates[:top]))
    assert all(a >= b for a, b in itertools.pairwise(rates[top:]))


def test_a_loss_that_is_no_number_stops_with_a_reason() -> None:
    wild = TINY.model_copy(update={"learning_rate": 1.0})
    progress: list[Progress] = []
    train(TABLE, wild.model_copy(update={"steps": 1}), keep=progress.append)
    spoilt = copy.deepcopy(progress[0])
    spoilt.params, spoilt.step, spoilt.losses = wild, 1, [1.0]
    with torch.no_grad():
        spoilt.network.places.weight[0, 0] = torch.nan
    with pytest.raises(
        ComputeError, match=r"loss: expected a finite loss, found nan at step 1\. Lower the learning rate, now 1"
    ):
        train(TABLE, wild, spoilt)


def test_going_on_with_other_parameters_or_recordings_is_refused(tmp_path: Path) -> None:
    kept: list[bytes] = []
    train(TABLE, TINY, keep=lambda p: kept.append(to_bytes(p)), keep_every=2)
    (tmp_path / "c.pt").write_bytes(kept[0])
    with pytest.raises(ArtifactError, match=r"found a training with noise 1\.0"):
        train(TABLE, TINY.model_copy(update={"noise": 0.5}), from_file(tmp_path / "c.pt"))
    with pytest.raises(ArtifactError, match="found a training with other recordings"):
        train(motion_table([made_take()], (1.0,)), TINY, from_file(tmp_path / "c.pt"))
