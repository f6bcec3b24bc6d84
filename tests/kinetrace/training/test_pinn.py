from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from made_pinn import made_recording, tiny_params

from kinetrace.training.pinn import batch_loss, data_digest, schedule, train
from kinetrace.training.pinn_checkpoint import Progress, curve, fresh, from_file, to_bytes
from kinetrace.training.pinn_data import WindowTable, configuration, window_table
from schemas.errors import ArtifactError, ComputeError

PARAMS = tiny_params(steps=6)


def table() -> WindowTable:
    return window_table([made_recording(40, seed=k) for k in range(3)], PARAMS)


def weights(progress: Progress) -> list[torch.Tensor]:
    return [w.detach().clone() for w in progress.network.state_dict().values()]


def same(a: Progress, b: Progress) -> bool:
    return all(torch.equal(x, y) for x, y in zip(weights(a), weights(b), strict=True)) and a.losses == b.losses


class Killed(BaseException):
    """What a person at the keyboard does."""


def killed_at(step: int) -> object:
    def steps(numbers: Iterable[int]) -> Iterator[int]:
        for k in numbers:
            if k == step:
                raise Killed
            yield k

    return steps


@pytest.mark.parametrize("at", [1, 3, 5])
def test_a_killed_training_goes_on_to_the_same_bits(tmp_path: Path, at: int) -> None:
    path = tmp_path / "checkpoint.pt"
    whole = train(table(), PARAMS)
    with pytest.raises(Killed):
        train(table(), PARAMS, steps=killed_at(at), keep=lambda p: path.write_bytes(to_bytes(p)) and None, keep_every=1)  # type: ignore[arg-type]
    torch.manual_seed(99)  # what the world drew meanwhile must not matter
    half = from_file(path, "cpu")
    assert half.step == at
    resumed = train(table(), PARAMS, progress=half)
    assert resumed.step == 6
    assert same(whole, resumed)


def test_the_same_seed_trains_the_same_bits_and_another_others() -> None:
    first, again = train(table(), PARAMS), train(table(), PARAMS)
    assert same(first, again)
    assert not same(first, train(table(), tiny_params(steps=6, seed=1)))


def test_training_takes_noise_out() -> None:
    params = tiny_params(steps=80, learning_rate=1e-2)
    found = train(table(), params)
    assert np.mean(found.losses[-10:]) < 0.75 * np.mean(found.losses[:10])


def test_a_training_that_is_done_stays_as_it_is(tmp_path: Path) -> None:
    done = train(table(), PARAMS)
    (tmp_path / "c.pt").write_bytes(to_bytes(done))
    assert same(done, train(table(), PARAMS, progress=from_file(tmp_path / "c.pt", "cpu")))


def test_another_training_is_not_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "c.pt").write_bytes(to_bytes(train(table(), PARAMS)))
    with pytest.raises(ArtifactError, match=r"found a training with learning_rate 0\.003"):
        train(table(), tiny_params(learning_rate=1e-4), progress=from_file(tmp_path / "c.pt", "cpu"))
    other = window_table([made_recording(40, seed=9)], PARAMS)
    with pytest.raises(ArtifactError, match="found a training with other recordings"):
        train(other, PARAMS, progress=from_file(tmp_path / "c.pt", "cpu"))


def test_a_loss_that_is_not_finite_is_refused_and_not_kept() -> None:
    progress = fresh(configuration(table(), PARAMS), data_digest(table()), "cpu")
    torch.nn.init.constant_(progress.network.head.linear.bias, float("nan"))
    kept: list[int] = []
    with pytest.raises(ComputeError, match=r"expected a finite loss, found nan at step 0. Lower --learning-rate"):
        train(table(), PARAMS, progress=progress, keep=lambda p: kept.append(p.step), keep_every=1)
    assert kept == []


def test_constant_motion_trains_to_finite_weights() -> None:
    still = made_recording(40)
    still.positions[:] = still.positions[0]
    found = train(window_table([still], PARAMS), PARAMS)
    assert all(bool(w.isfinite().all()) for w in weights(found))


def test_memory_that_is_full_is_said() -> None:
    def full(numbers: Iterable[int]) -> Iterator[int]:
        raise torch.OutOfMemoryError("full")
        yield 0

    with pytest.raises(ComputeError, match="Lower --batch-size"):
        train(table(), PARAMS, steps=full)


def test_the_rate_rises_and_falls() -> None:
    rates = [schedule(k, 100) for k in range(100)]
    assert rates[0] == pytest.approx(0.2) and max(rates) == 1.0
    assert rates[4:] == sorted(rates[4:], reverse=True)
    assert rates[-1] < 0.001


def test_a_batch_depends_on_its_step_alone() -> None:
    progress = train(table(), PARAMS)
    first, again, next_one = (batch_loss(progress, table(), step).detach() for step in (3, 3, 4))
    assert torch.equal(first, again) and not torch.equal(first, next_one)


def test_the_curve_is_the_mean_of_equal_stretches() -> None:
    assert curve([1.0, 3.0, 5.0, 7.0], 2) == (2.0, 6.0)
    assert curve([1.0, 3.0], 200) == (1.0, 3.0)


def broken_file(tmp_path: Path, **changed: object) -> Path:
    found = torch.load(io.BytesIO(to_bytes(train(table(), PARAMS))), weights_only=True)
    torch.save(found | changed, tmp_path / "checkpoint.pt")
    return tmp_path / "checkpoint.pt"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"extra": 1}, "keys: expected config, data_sha256"),
        ({"config": {"joints": []}}, "config: expected a PINN configuration"),
        ({"losses": torch.zeros(2)}, "losses: expected one a step"),
        ({"network": 3}, "network: expected named tensors"),
        ({"optimisers": {}}, r"optimisers.matrices.0.momentum_buffer: expected finite numbers of shape \(16, 16\)"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(tmp_path: Path, changed: dict[str, object], says: str) -> None:
    with pytest.raises(ArtifactError, match=says):
        from_file(broken_file(tmp_path, **changed), "cpu")


def test_a_checkpoint_of_another_feature_table_is_refused(tmp_path: Path) -> None:
    progress = train(table(), PARAMS)
    progress.config = progress.config.model_copy(update={"joints": ("pelvis",)})
    (tmp_path / "c.pt").write_bytes(to_bytes(progress))
    with pytest.raises(ArtifactError, match="feature table: expected 17 joints × 12 channels"):
        from_file(tmp_path / "c.pt", "cpu")


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x03\x04"])
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "c.pt").write_bytes(data)
    with pytest.raises(ArtifactError):
        from_file(tmp_path / "c.pt", "cpu")
