from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_model import FPS, JOINTS, squat_states, tiny_checkpoint

from kinetrace.models.inference import LoadedModel, load
from schemas.errors import ArtifactError, ComputeError


@pytest.fixture(scope="module", params=["kinetrace", "seed"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    path = tmp_path_factory.mktemp("model") / "checkpoint.pt"
    path.write_bytes(tiny_checkpoint(recipe=request.param))
    return load(path)


STATES = squat_states(12)


def test_the_anchors_own_latent_is_the_anchor(model: LoadedModel) -> None:
    z = model.encode(STATES)
    back = model.decode_world(z, z, STATES, np.zeros(12, dtype=np.float32))
    assert np.abs(back - STATES[..., :3]).max() < 1e-5
    assert model.reencoding_gap(z, z, STATES).max() < 1e-4


def test_the_gap_grows_with_the_distance_from_any_pose(model: LoadedModel) -> None:
    z = model.encode(STATES)
    away = np.random.default_rng(0).standard_normal(z.shape).astype(np.float32) * model.latent_std
    near, far = (model.reencoding_gap(z + k * away, z, STATES).mean() for k in (0.1, 3.0))
    assert 0 < near < far


def test_a_forecast_is_the_decoded_path_of_direct_predictions(model: LoadedModel) -> None:
    z = model.encode(STATES)
    path = np.stack([model.predict(z, np.full(12, k / FPS, dtype=np.float32)) for k in (1, 2, 3)], axis=1)
    assert np.array_equal(model.forecast(STATES, 3), model.decode_path(path, z, STATES, 1 / FPS))
    alone = model.decode_world(path[:, 2], z, STATES, np.full(12, 3 / FPS, dtype=np.float32))
    assert np.allclose(model.forecast(STATES, 3)[:, 2], alone, atol=1e-6)


def test_a_path_of_one_step_is_a_single_latent(model: LoadedModel) -> None:
    z = model.encode(STATES)
    ahead = model.predict(z, np.full(12, 0.2, dtype=np.float32))
    single = model.decode_world(ahead, z, STATES, np.full(12, 0.2, dtype=np.float32))
    assert np.allclose(single, model.decode_path(ahead[:, None], z, STATES, 0.2)[:, 0], atol=1e-6)


def test_nothing_that_is_asked_changes_the_answer(model: LoadedModel) -> None:
    z = model.encode(STATES)
    assert np.array_equal(model.encode(STATES), z)
    assert np.allclose(model.encode(STATES[3:4])[0], z[3], atol=1e-5)


def test_it_says_what_it_was_trained_on(model: LoadedModel) -> None:
    assert model.joints == JOINTS
    assert model.fps == FPS
    assert model.latent_std.shape == (64,)
    assert (model.latent_std > 0).all()


def test_a_checkpoint_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt").write_text("not a checkpoint")
    with pytest.raises(ArtifactError, match=r"checkpoint.pt: file: expected"):
        load(tmp_path / "checkpoint.pt")


def test_an_action_is_a_change_of_pose_and_null_is_none(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(tiny_checkpoint())
    model = load(tmp_path / "checkpoint.pt")
    assert model.actions == 16
    assert np.abs(model.action_between(STATES, STATES)).max() == 0.0
    bent = STATES.copy()
    bent[:, JOINTS.index("r_knee"), 0] += 0.05
    action = model.action_between(STATES, bent)
    assert action.shape == (12, 16)
    assert np.allclose(model.action_between(bent, STATES), -action, atol=1e-5)
    z, dt = model.encode(STATES), np.full(12, 0.2, dtype=np.float32)
    assert model.read_action(z, model.predict(z, dt, action)).shape == (12, 16)
    assert np.array_equal(model.predict(z, np.zeros(12, dtype=np.float32), action), z)


def test_the_seed_knows_no_action(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(tiny_checkpoint(recipe="seed"))
    model = load(tmp_path / "checkpoint.pt")
    assert model.actions == 0
    with pytest.raises(ComputeError, match=r"actions: expected a model with actions, found recipe seed"):
        model.action_between(STATES, STATES)
