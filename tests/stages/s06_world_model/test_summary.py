from __future__ import annotations

import numpy as np
import pytest
from made_model import FPS, JOINTS, tiny_params, tiny_table

from kinetrace.models.capture_uncertainty import no_uncertainty
from kinetrace.models.evaluate import Evaluation, evaluate
from kinetrace.models.inference import loaded_model
from kinetrace.training.world_model.assessment import Learnt
from kinetrace.training.world_model.train import train
from schemas.world_model import HorizonMetrics, RankMetrics
from stages.s06_world_model.summary import Known, embeddings, rank_of, training_document, uncertainty_of

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
    assert found.map2d[:, 0].std() >= found.map2d[:, 1].std()
    assert found.z.tobytes() == embeddings(MODEL, TABLE).z.tobytes()


def test_the_document_says_what_was_done() -> None:
    known = uncertainty_of(MODEL, TABLE, ("none",))
    assert (known.document, known.arrays.expected.shape) == (None, (90, 0, 7))
    learnt = Learnt(TRAINED, "from scratch")
    said = training_document(learnt, "cpu", evaluate(MODEL, TABLE), rank_of(MODEL, TABLE), known)
    assert said.uncertainty is None
    assert said.notes[-1] == "no calibrated uncertainty: the model was trained from scratch"
    assert (said.recipe, said.device, said.steps, said.steps_full_schedule) == ("kinetrace", "cpu", 20, 774)
    assert said.feature_dim == len(said.feature_names) == 62
    wide, z, own, told = 128, 64, 62, 16 + 1
    skip = lambda a, b: a * b + b + a * wide + wide + wide * b + b  # noqa: E731
    predictor = z * z + z + (z + 12 + told) * wide + wide + wide * wide + wide + wide * z + z + skip(z + 16, z)
    decoder = skip(z, own) + skip(2 * z + 1, 3) + z * 18 + 18
    assert said.parameters == skip(own, z) + predictor + decoder + skip(2 * z, 16)
    assert said.final_loss == said.loss_curve[-1]
    assert said.decoding == "x_t + D(z_pred) - D(z_t)"


@pytest.mark.parametrize(
    ("skill", "model_mm", "z_rank", "notes"),
    [
        (0.3, 10.0, 9.0, []),
        (0.3, 13.0, 9.0, ["no better than a forecast without a network"]),
        (None, 10.0, 9.0, []),
        (-0.1, 10.0, 9.0, ["no better than copying"]),
        (0.3, 21.0, 9.0, ["no better than standing still"]),
        (-0.1, 21.0, 4.0, ["copying", "standing still", "latent rank 4.0 is below"]),
    ],
)
def test_shortfalls_are_said_in_words(skill: float | None, model_mm: float, z_rank: float, notes: list[str]) -> None:
    rank = RankMetrics(rankme_z=z_rank, rankme_x=9.0, rankme_pca=8.0, participation_ratio=2.0, dead_dimensions=0)
    unknown = Known(no_uncertainty(90, 7), None, "no calibrated uncertainty")
    said = training_document(
        Learnt(TRAINED, "from scratch"), "cpu", Evaluation((row(skill, model_mm),), ("short",)), rank, unknown
    )
    assert said.notes[:2] == ("from scratch", "short")
    assert len(said.notes) == 3 + len(notes)
    for note, want in zip(said.notes[2:-1], notes, strict=True):
        assert want in note
