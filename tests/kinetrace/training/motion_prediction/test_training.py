from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import torch
from made_prediction import TINY, made_places

from kinetrace.models.motion_prediction.weights import to_safetensors
from kinetrace.training.averaged import schedule, to_bytes
from kinetrace.training.motion_prediction.checkpoint import Progress, from_file
from kinetrace.training.motion_prediction.loss import path_loss
from kinetrace.training.motion_prediction.training import train
from kinetrace.training.motion_prediction.window_table import WindowTable, window_table
from schemas.errors import ArtifactError, ComputeError


@pytest.fixture
def table() -> WindowTable:
    return window_table({"walking": (made_places(60), made_places(50, 1))}, TINY)


def state(progress: Progress) -> bytes:
    return to_safetensors(progress.network) + to_safetensors(progress.average)


def test_equal_seeds_give_equal_bits_whatever_came_before(table: WindowTable) -> None:
    first = train(table, TINY)
    torch.rand(5)
    again = train(table, TINY)
    assert state(first) == state(again) and first.losses == again.losses
    assert state(train(table, TINY.model_copy(update={"seed": 1}))) != state(first)


def test_a_killed_training_goes_on_to_the_same_bits(table: WindowTable, tmp_path: Path) -> None:
    whole = train(table, TINY)

    def killed(steps: Iterable[int]) -> Iterator[int]:
        for step in steps:
            if step == 4:
                raise KeyboardInterrupt
            yield step

    path = tmp_path / "checkpoint.pt"
    with pytest.raises(KeyboardInterrupt):
        train(table, TINY, None, killed, lambda p: path.write_bytes(to_bytes(p)) and None, 3)
    before = from_file(path)
    assert before.step == 3
    after = train(table, TINY, before)
    assert state(after) == state(whole) and after.losses == whole.losses


def test_it_learns_motions_that_swing(table: WindowTable) -> None:
    params = TINY.model_copy(
        update={"steps": 300, "graph_dropout": 0.0, "time_dropout": 0.0, "learning_rate": 1e-2, "average": 0.9}
    )
    done = train(table, params)
    given, wanted = table.draw(params.model_copy(update={"batch_size": 64}), torch.Generator().manual_seed(9))
    with torch.no_grad():
        left = path_loss(done.average(given), wanted, 0.0)
        still = path_loss(given[:, -1:].expand(-1, 25, -1), wanted, 0.0)
    assert left < 0.5 * still


def test_the_rate_rises_then_falls_to_a_hundredth() -> None:
    assert schedule(0, 1000) == pytest.approx(1 / 200)
    assert schedule(999, 1000) == pytest.approx(0.01, abs=1e-4)
    assert schedule(500, 1000) == pytest.approx(0.505)


def test_other_parameters_or_files_are_refused(table: WindowTable) -> None:
    done = train(table, TINY)
    with pytest.raises(ArtifactError, match=r"found a training with graph_dropout 0\.1"):
        train(table, TINY.model_copy(update={"graph_dropout": 0.0}), done)
    with pytest.raises(ArtifactError, match="found a training with other recordings"):
        train(window_table({"walking": (made_places(61),)}, TINY), TINY, done)


def test_a_loss_that_is_not_finite_ends_the_training(table: WindowTable) -> None:
    table.frames.fill_(float("inf"))
    with pytest.raises(ComputeError, match="expected a finite loss, found nan at step 0"):
        train(table, TINY)


def test_what_is_no_checkpoint_is_refused(table: WindowTable, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(b"nothing")
    with pytest.raises(ArtifactError, match=r"checkpoint\.pt"):
        from_file(path)
    done = train(table, TINY)
    done.losses.pop()
    path.write_bytes(to_bytes(done))
    with pytest.raises(ArtifactError, match="losses: expected 6, one a step, found 5"):
        from_file(path)
    torch.save({"network": {}}, path)
    with pytest.raises(ArtifactError, match="keys: expected average"):
        from_file(path)


def test_moments_that_do_not_fit_are_refused(table: WindowTable, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    done = train(table, TINY)
    done.optimiser.state_dict()["state"][0]["exp_avg"].fill_(float("nan"))
    path.write_bytes(to_bytes(done))
    with pytest.raises(ArtifactError, match=r"optimiser\.0\.exp_avg: expected finite numbers"):
        from_file(path)
