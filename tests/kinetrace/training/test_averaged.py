from __future__ import annotations

import pytest
import torch

from kinetrace.training.averaged import LEAST, RISE, Progress, Recipe, begin, descend, finite, go_on, schedule
from schemas.errors import ArtifactError, ComputeError
from schemas.lifter import LifterParams

PARAMS = LifterParams(steps=6, learning_rate=0.1)
RECIPE: Recipe[torch.nn.Linear, LifterParams] = Recipe("line", LifterParams, lambda weights, params: line(), 0.99)
Line = Progress[torch.nn.Linear, LifterParams]


def line() -> torch.nn.Linear:
    layer = torch.nn.Linear(1, 1)
    with torch.no_grad():
        layer.weight.fill_(1.0)
        layer.bias.fill_(0.0)
    return layer


def start() -> Line:
    return begin(RECIPE, line(), PARAMS, "a" * 64)


def do_step(progress: Line, step: int) -> float:
    loss = (progress.network(torch.tensor([[1.0 + step]])) ** 2).sum()
    progress.optimiser.zero_grad()
    torch.autograd.backward(loss)
    descend(progress, step, 0.9)
    return float(loss.detach())


def run(progress: Line | None, kept: list[int], params: LifterParams = PARAMS) -> Line:
    return go_on(
        progress, start, params, "a" * 64, do_step, lambda k: k, lambda now: kept.append(now.step), keep_every=2
    )


def test_every_step_is_done_once_and_the_training_is_handed_out_on_the_way_and_at_the_end() -> None:
    kept: list[int] = []
    done = run(None, kept)
    assert (done.step, len(done.losses), kept) == (6, 6, [2, 4, 6])


def test_the_mean_of_the_weights_by_hand() -> None:
    progress = start()
    before = progress.average.weight.item()
    do_step(progress, 0)
    # the first step keeps a tenth of the mean, not nine tenths: (0 + 1) / (0 + 10)
    assert progress.average.weight.item() == pytest.approx(0.1 * before + 0.9 * progress.network.weight.item())


def test_the_rate_rises_in_a_line_and_falls_to_a_hundredth() -> None:
    assert schedule(0, 1000) == pytest.approx(1 / RISE, rel=0.01)
    assert schedule(RISE - 1, 100_000) == pytest.approx(1.0, abs=1e-4)
    assert schedule(999_999, 1_000_000) == pytest.approx(LEAST, abs=1e-6)


def test_other_parameters_and_a_loss_that_is_not_finite_are_refused() -> None:
    with pytest.raises(ArtifactError, match=r"found a training with learning_rate 0\.1"):
        run(start(), [], LifterParams(steps=6, learning_rate=0.2))
    with pytest.raises(ComputeError, match="line training: loss: expected a finite loss, found nan at step 3"):
        finite(float("nan"), start(), 3)
