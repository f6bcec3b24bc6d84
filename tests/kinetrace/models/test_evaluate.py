from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_model import FPS, JOINTS, tiny_params, tiny_table

from kinetrace.models.evaluate import (
    dropout_passes,
    evaluate,
    horizons_that_fit,
    interval_90,
    skill_over_copy,
)
from kinetrace.models.inference import LoadedModel, loaded_model
from kinetrace.training.world_model.train import train
from schemas.dataset import Part

TABLE = tiny_table(240)


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    trained = train(TABLE, JOINTS, FPS, tiny_params(max_steps=2000))
    return loaded_model(trained.model, trained.config)


def test_on_clean_squats_the_model_beats_copying_and_standing_still(model: LoadedModel) -> None:
    found = evaluate(model, TABLE)
    assert [row.horizon_frames for row in found.held_out] == [1, 5, 10]
    for row in found.held_out[1:]:
        assert row.skill_over_copy is not None
        assert row.skill_over_copy > 0.3
        assert row.model_mm < 0.6 * row.zero_velocity_mm


def test_every_horizon_is_judged_from_the_same_anchors(model: LoadedModel) -> None:
    held_out = np.flatnonzero(TABLE.part == Part.HELD_OUT)
    assert {row.anchors for row in evaluate(model, TABLE).held_out} == {len(held_out) - 10}


def test_baselines_by_hand(model: LoadedModel) -> None:
    row = evaluate(model, TABLE).held_out[1]
    anchors = np.flatnonzero(TABLE.part == Part.HELD_OUT)[:-10]
    p, v = TABLE.states[..., :3].astype(float), TABLE.states[..., 3:6].astype(float)
    still = np.linalg.norm(p[anchors + 5] - p[anchors], axis=-1).mean() * 1000
    moving = np.linalg.norm(p[anchors + 5] - p[anchors] - v[anchors] * 5 / FPS, axis=-1).mean() * 1000
    assert row.zero_velocity_mm == pytest.approx(still)
    assert row.constant_velocity_mm == pytest.approx(moving)
    assert row.damped_velocity_mm <= row.constant_velocity_mm * 1.1
    assert row.horizon_s == pytest.approx(1 / 6)


def test_judging_twice_gives_the_same_figures(model: LoadedModel) -> None:
    assert evaluate(model, TABLE) == evaluate(model, TABLE)


def test_dropout_is_off_again_after_the_passes(model: LoadedModel) -> None:
    passes = dropout_passes(model, TABLE.states[:2], 2)
    assert passes.shape == (10, 2, 2, 7, 3)
    assert passes.std(axis=0).max() > 0
    assert not model.network.training


@given(train_anchors=st.integers(0, 40), held_out=st.integers(0, 40))
def test_a_horizon_fits_only_if_both_parts_can_show_it(train_anchors: int, held_out: int) -> None:
    part = np.repeat(np.array([Part.TRAIN, Part.MARGIN, Part.HELD_OUT], dtype=np.uint8), [train_anchors, 15, held_out])
    fitting = horizons_that_fit(part, (10, 1, 5))
    assert fitting == tuple(h for h in (1, 5, 10) if h + 3 <= min(train_anchors, held_out))


def test_a_short_recording_is_judged_where_it_can_be_and_says_so() -> None:
    table = tiny_table(50)  # 25 to train on, 10 held out
    trained = train(table, JOINTS, FPS, tiny_params())
    found = evaluate(loaded_model(trained.model, trained.config), table)
    assert [(row.horizon_frames, row.anchors) for row in found.held_out] == [(1, 5), (5, 5)]
    assert found.notes == ("held-out part too short to judge horizons [10] [frames]",)


def test_a_recording_too_short_for_any_horizon_gives_a_note_and_no_figure() -> None:
    table = tiny_table(36)  # 18 to train on, 3 held out
    trained = train(table, JOINTS, FPS, tiny_params())
    found = evaluate(loaded_model(trained.model, trained.config), table)
    assert found.held_out == ()
    assert found.notes == ("held-out part too short to judge horizons [1, 5, 10] [frames]",)


def test_interval_by_hand() -> None:
    passes = np.zeros((2, 1, 1, 3))
    passes[:, 0, 0, 0] = [-1.0, 1.0]  # standard deviation sqrt(2)
    coverage, width = interval_90(passes, np.array([[[2.0, 0.0, 0.1]]]))
    assert coverage == pytest.approx(2 / 3)  # inside, exactly at a width of nothing, outside
    assert width == pytest.approx(2 * 1.6448536 * np.sqrt(2) / 3)


def test_where_nothing_moves_there_is_no_skill(model: LoadedModel) -> None:
    still = TABLE.states[:3]
    assert skill_over_copy(model, still, still, 0.1) is None


def test_copying_has_no_skill() -> None:
    trained = train(TABLE, JOINTS, FPS, tiny_params(max_steps=1, learning_rate=1e-12))
    fresh = loaded_model(trained.model, trained.config)
    assert skill_over_copy(fresh, TABLE.states[:20], TABLE.states[5:25], 0.0) == pytest.approx(0.0, abs=1e-4)
