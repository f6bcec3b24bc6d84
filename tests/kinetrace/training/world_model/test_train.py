from __future__ import annotations

import numpy as np
import pytest
import torch
from made_model import FPS, JOINTS, squat_states, tiny_params, tiny_table, tiny_trained

from kinetrace.training.world_model.device import choose_device, device_name
from kinetrace.training.world_model.prepare import budget
from kinetrace.training.world_model.train import CURVE_POINTS, CaptureData, train, train_many
from schemas.dataset import Part, TransitionArrays
from schemas.errors import CaptureError, ComputeError, ParamsError

ARMS = [
    {"recipe": "seed"}, {}, {"anti_collapse": "vicreg"}, {"anti_collapse": "sigreg"}, {"anti_collapse": "none"},
    {"anti_collapse": "ema"}, {"anti_collapse": "frozen_teacher"}, {"frame": "world"}, {"delta": "frames"},
    {"target": "absolute"},
]  # fmt: skip


@pytest.mark.parametrize("changes", ARMS)
def test_equal_arguments_give_equal_bits_and_another_seed_does_not(changes: dict[str, object]) -> None:
    torch.manual_seed(11)
    one = tiny_trained(**changes)
    torch.manual_seed(12)
    other, reseeded = tiny_trained(**changes), tiny_trained(**changes, seed=1)
    for name, weight in one.model.state_dict().items():
        assert torch.equal(weight, other.model.state_dict()[name]), name
    assert one.loss_curve == other.loss_curve
    assert one.config == other.config
    assert one.loss_curve != reseeded.loss_curve


@pytest.mark.parametrize("recipe", ["seed", "kinetrace"])
def test_training_lowers_the_loss(recipe: str) -> None:
    curve = tiny_trained(recipe=recipe, max_steps=300).loss_curve
    assert len(curve) == CURVE_POINTS
    assert np.mean(curve[-20:]) < 0.6 * np.mean(curve[:20])


def test_a_frozen_teacher_stays_as_it_began() -> None:
    short, long = (tiny_trained(anti_collapse="frozen_teacher", max_steps=n).model for n in (1, 20))
    for name, weight in short.target_encoder.state_dict().items():
        assert torch.equal(weight, long.target_encoder.state_dict()[name])


def test_nothing_held_out_reaches_the_weights() -> None:
    table = tiny_table()
    states = squat_states(90)
    states[45:] += 5.0
    changed = table.model_copy(update={"states": states})
    one, other = (train(t, JOINTS, FPS, tiny_params()) for t in (table, changed))
    assert one.config == other.config
    assert all(torch.equal(a, b) for a, b in zip(one.model.parameters(), other.model.parameters(), strict=True))


@pytest.mark.parametrize("recipe", ["seed"])
@pytest.mark.parametrize("dropout", [0.0, 0.1])
def test_many_at_once_are_the_loop_bit_for_bit(recipe: str, dropout: float) -> None:
    params = tiny_params(recipe=recipe, dropout=dropout, max_steps=130, epochs=9)
    tables = [tiny_table(n) for n in (90, 60, 120)]  # 9 epochs are 140, 61 and 249 batches: ragged ends too
    together = train_many([CaptureData(t, JOINTS, FPS) for t in tables], params)
    for table, stacked in zip(tables, together, strict=True):
        alone = train(table, JOINTS, FPS, params)
        assert stacked.steps == alone.steps
        assert stacked.loss_curve == alone.loss_curve
        for name, weight in alone.model.state_dict().items():
            assert torch.equal(weight, stacked.model.state_dict()[name]), name


@pytest.mark.parametrize(
    ("recipe", "max_steps", "steps"),
    [("seed", None, 800), ("seed", 500, 500), ("seed", 4000, 800), ("kinetrace", 4000, 4000), ("kinetrace", None, 800)],
)
def test_the_budget_by_hand(recipe: str, max_steps: int | None, steps: int) -> None:
    assert budget(800, tiny_params(recipe=recipe, max_steps=max_steps)) == steps


def test_the_full_schedule_is_every_pair_in_every_epoch() -> None:
    trained = tiny_trained()
    assert len(tiny_table().train_pairs) == 990
    assert (trained.steps, trained.steps_full_schedule) == (20, -(-50 * 990 // 64))


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


def bare(states: np.ndarray, trained: int) -> TransitionArrays:
    part = np.full(len(states), Part.MARGIN, dtype=np.uint8)
    part[:trained] = Part.TRAIN
    zeros = np.zeros((len(states), 2), dtype=np.uint8)
    pairs = np.array([(t, u - t) for t in range(trained) for u in range(t + 1, trained)], dtype=np.int32).reshape(-1, 2)
    return TransitionArrays(
        time=np.arange(len(states)) / FPS, states=states, measured=np.ones((len(states), 7), dtype=np.uint8),
        part=part, phases=zeros, contacts=zeros, train_pairs=pairs, held_out_pairs=pairs,
    )  # fmt: skip


@pytest.mark.parametrize("recipe", ["seed", "kinetrace"])
def test_two_anchors_are_enough_and_one_is_refused(recipe: str) -> None:
    params = tiny_params(recipe=recipe, max_steps=3)
    assert np.isfinite(train(bare(squat_states(4), 2), JOINTS, FPS, params).loss_curve).all()
    with pytest.raises(CaptureError, match=r"train_pairs: expected two training anchors or more, found 1 and no pair"):
        train(bare(squat_states(4), 1), JOINTS, FPS, params)


@pytest.mark.parametrize("recipe", ["seed", "kinetrace"])
def test_a_motionless_recording_is_learnt_without_a_number_that_is_none(recipe: str) -> None:
    still = np.repeat(squat_states(1), 30, axis=0)
    trained = train(bare(still, 30), JOINTS, FPS, tiny_params(recipe=recipe))
    assert np.isfinite(trained.loss_curve).all()
    assert all(bool(torch.isfinite(p).all()) for p in trained.model.parameters())


def test_captures_that_differ_in_rate_are_not_stacked() -> None:
    two = [CaptureData(tiny_table(), JOINTS, fps) for fps in (30.0, 60.0)]
    with pytest.raises(ParamsError, match="equal joints and rate"):
        train_many(two, tiny_params(recipe="seed"))


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_gpu_that_is_not_there_is_refused_and_auto_takes_the_cpu() -> None:
    with pytest.raises(ComputeError, match=r"world_model.device: expected a CUDA device, found none. Set it to auto"):
        choose_device("cuda")
    assert choose_device("auto") == choose_device("cpu") == device_name("cpu") == "cpu"
