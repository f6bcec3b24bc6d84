from __future__ import annotations

import numpy as np
import pytest
import torch
from made_model import FPS, JOINTS, squat_states, tiny_params, tiny_table, tiny_trained

from kinetrace.models.train import CURVE_POINTS, budget, choose_device, device_name, train
from schemas.errors import ComputeError


@pytest.mark.parametrize("changes", [{"recipe": "seed"}, {}, {"anti_collapse": "vicreg"}, {"anti_collapse": "none"}])
def test_equal_arguments_give_equal_bits_and_another_seed_does_not(changes: dict[str, object]) -> None:
    torch.manual_seed(11)
    one = tiny_trained(**changes)
    torch.manual_seed(12)
    other, reseeded = tiny_trained(**changes), tiny_trained(**changes, seed=1)
    for name, weight in one.model.state_dict().items():
        assert torch.equal(weight, other.model.state_dict()[name]), name
    assert one.loss_curve == other.loss_curve
    assert one.config == other.config
    assert not torch.equal(one.model.encoder[0].weight, reseeded.model.encoder[0].weight)


@pytest.mark.parametrize("recipe", ["seed", "kinetrace"])
def test_training_lowers_the_loss(recipe: str) -> None:
    curve = tiny_trained(recipe=recipe, max_steps=300).loss_curve
    assert len(curve) == CURVE_POINTS
    assert np.mean(curve[-20:]) < 0.6 * np.mean(curve[:20])


def test_a_flat_latent_does_not_survive_grounding() -> None:
    spread = np.array(tiny_trained(max_steps=300).config.latent_std)
    assert (spread > 0.01 * spread.max()).all()


def test_nothing_held_out_reaches_the_weights() -> None:
    table = tiny_table()
    states = squat_states(90)
    states[45:] += 5.0
    changed = table.model_copy(update={"states": states})
    one, other = (train(t, JOINTS, FPS, tiny_params()) for t in (table, changed))
    assert one.config == other.config
    assert torch.equal(one.model.encoder[0].weight, other.model.encoder[0].weight)


@pytest.mark.parametrize(
    ("recipe", "max_steps", "steps"),
    [("seed", None, 800), ("seed", 500, 500), ("seed", 4000, 800), ("kinetrace", 4000, 4000), ("kinetrace", None, 800)],
)
def test_the_budget_by_hand(recipe: str, max_steps: int | None, steps: int) -> None:
    full = 50 * 16  # 990 pairs are 16 batches of 64
    assert budget(full, tiny_params(recipe=recipe, max_steps=max_steps)) == steps


def test_the_full_schedule_is_counted() -> None:
    trained = tiny_trained()
    assert len(tiny_table().train_pairs) == 990
    assert (trained.steps, trained.steps_full_schedule) == (20, 800)


def test_progress_sees_every_step() -> None:
    seen: list[int] = []

    def watch(steps: object) -> object:
        for step in steps:  # type: ignore[attr-defined]
            seen.append(step)
            yield step

    train(tiny_table(), JOINTS, FPS, tiny_params(max_steps=7), progress=watch)  # type: ignore[arg-type]
    assert seen == list(range(7))


def test_a_diverged_loss_is_refused_with_the_step() -> None:
    table = tiny_table()
    states = table.states.copy()
    states[:, :, :3] *= 1e30
    broken = table.model_copy(update={"states": states})
    with pytest.raises(ComputeError, match=r"loss: expected a finite loss, found none from step 0 on.*learning_rate"):
        train(broken, JOINTS, FPS, tiny_params(recipe="seed"))


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_gpu_that_is_not_there_is_refused_and_auto_takes_the_cpu() -> None:
    with pytest.raises(ComputeError, match=r"world_model.device: expected a CUDA device, found none. Set it to auto"):
        choose_device("cuda")
    assert choose_device("auto") == choose_device("cpu") == device_name("cpu") == "cpu"
