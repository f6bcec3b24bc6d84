from __future__ import annotations

import numpy as np
import pytest
from made_model import FPS, JOINTS, tiny_params, tiny_table

from kinetrace.models.evaluate import Evaluation, evaluate
from kinetrace.models.inference import loaded_model
from kinetrace.models.train import train
from schemas.world_model import HorizonMetrics, RankMetrics
from stages.s06_world_model.summary import embeddings, rank_of, training_document

TABLE = tiny_table()
TRAINED = train(TABLE, JOINTS, FPS, tiny_params())
MODEL = loaded_model(TRAINED.model, TRAINED.config)


def row(skill: float | None, model_mm: float) -> HorizonMetrics:
    return HorizonMetrics(
        horizon_frames=5,
        horizon_s=5 / FPS,
        anchors=10,
        skill_over_copy=skill,
        model_mm=model_mm,
        zero_velocity_mm=20.0,
        constant_velocity_mm=15.0,
        damped_velocity_mm=14.0,
        ridge_mm=12.0,
        mc_coverage_90=0.5,
        mc_width_90_mm=3.0,
    )


def test_every_anchor_has_its_latent_with_its_labels() -> None:
    found = embeddings(MODEL, TABLE)
    assert np.array_equal(found.z, MODEL.encode(TABLE.states))
    assert np.array_equal(found.part, TABLE.part)
    assert found.map2d.shape == (90, 2)
    assert np.ptp(found.map2d[:, 0]) >= np.ptp(found.map2d[:, 1])
    assert found.z.tobytes() == embeddings(MODEL, TABLE).z.tobytes()


def test_the_document_says_what_was_done() -> None:
    said = training_document(TRAINED, "cpu", evaluate(MODEL, TABLE), rank_of(MODEL, TABLE))
    assert (said.recipe, said.device, said.steps, said.steps_full_schedule) == ("kinetrace", "cpu", 20, 800)
    assert said.feature_dim == len(said.feature_names) == 41
    encoder, predictor, decoder = (
        41 * 128 + 128 + 128 * 64 + 64,
        75 * 128 + 128 + 128 * 64 + 64,
        64 * 128 + 128 + 128 * 41 + 41,
    )
    assert said.parameters == encoder + predictor + decoder
    assert said.final_loss == said.loss_curve[-1]
    assert said.decoding == "x_t + D(z_pred) - D(z_t)"


@pytest.mark.parametrize(
    ("skill", "model_mm", "z_rank", "notes"),
    [
        (0.3, 10.0, 9.0, []),
        (None, 10.0, 9.0, []),
        (-0.1, 10.0, 9.0, ["no better than copying"]),
        (0.3, 21.0, 9.0, ["no better than standing still"]),
        (-0.1, 21.0, 4.0, ["copying", "standing still", "latent rank 4.0 is below"]),
    ],
)
def test_shortfalls_are_said_in_words(skill: float | None, model_mm: float, z_rank: float, notes: list[str]) -> None:
    rank = RankMetrics(rankme_z=z_rank, rankme_x=9.0, rankme_pca=8.0, participation_ratio=2.0, dead_dimensions=0)
    said = training_document(TRAINED, "cpu", Evaluation((row(skill, model_mm),), ("short",)), rank)
    assert said.notes[0] == "short"
    assert len(said.notes) == 1 + len(notes)
    for note, want in zip(said.notes[1:], notes, strict=True):
        assert want in note
