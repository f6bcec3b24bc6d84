"""Learning expected errors and radii from held-out recordings of a corpus."""

from __future__ import annotations

import numpy as np
import pytest
from made_corpus import made_corpus

from kinetrace.models.inference import LoadedModel, loaded_model
from kinetrace.training.world_model import uncertainty
from kinetrace.training.world_model.pool import pool
from kinetrace.training.world_model.pooled import train_pooled
from kinetrace.training.world_model.uncertainty import ANCHORS, HORIZONS, forecast_errors, learn_uncertainty
from schemas.errors import ComputeError
from schemas.world_model import WorldModelParams

ARRAYS, ABOUT = made_corpus()


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    params = WorldModelParams(max_steps=5, hidden_dim=16, batch_size=16, device="cpu")
    trained = train_pooled(pool(ARRAYS, ABOUT, (0, 1)), params)
    return loaded_model(trained.model, trained.config)


def test_errors_are_distances_from_what_came_by_recording(model: LoadedModel) -> None:
    found = forecast_errors(model, ARRAYS, (2, 3), ANCHORS)
    assert found.error.shape == (2 * ANCHORS, len(HORIZONS), 21)
    assert np.bincount(found.recording).tolist() == [0, 0, ANCHORS, ANCHORS]
    first = int(ARRAYS.anchor_starts[2])
    states = ARRAYS.states[first : first + 1]
    z = model.encode(states)
    dt = np.full(1, 10 / 30, dtype=np.float32)
    said = model.decode_world(model.predict(z, dt), z, states, dt)[0]
    away = np.linalg.norm(said - ARRAYS.states[first + 10, :, :3], axis=-1)
    assert np.allclose(found.error[0, HORIZONS.index(10)], away, atol=1e-5)


def test_too_few_held_out_recordings_are_refused(model: LoadedModel) -> None:
    with pytest.raises(ComputeError, match="held-out recordings: expected two or more"):
        learn_uncertainty(model, "f" * 64, ARRAYS, ABOUT, (2,), "corpus.h5")
    with pytest.raises(ComputeError, match="19 or more"):
        learn_uncertainty(model, "f" * 64, ARRAYS, ABOUT, (2, 3), "corpus.h5")


def test_equal_arguments_give_equal_bytes(model: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uncertainty, "LEVELS", (0.3, 0.4))
    one, other = (learn_uncertainty(model, "f" * 64, ARRAYS, ABOUT, (1, 2, 3), "corpus.h5") for _ in range(2))
    assert one == other
    assert (one.card.learnt_recordings, one.card.calibrated_recordings) == (1, 2)
    assert one.card.horizons_s[0] == pytest.approx(1 / 30)
