from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.world_model import EmbeddingArrays, WorldModelConfig, WorldModelParams


def config(**changes: Any) -> WorldModelConfig:
    fields: dict[str, Any] = {
        "recipe": "kinetrace", "joints": ("pelvis",), "fps": 30.0, "trained_fps": 30.0,
        "feature_names": ("pelvis.x",), "feature_mean": (0.0,),
        "feature_scale": (1.0,), "latent_std": (1.0,), "params": WorldModelParams(),
    }  # fmt: skip
    return WorldModelConfig(**{**fields, **changes})


def test_a_training_config_survives_json() -> None:
    assert WorldModelConfig.model_validate_json(config().model_dump_json(), strict=True) == config()


def test_the_map_is_two_directions_of_every_latent() -> None:
    assert EmbeddingArrays.specs()["map2d"].shape == ("anchors", 2)
    assert EmbeddingArrays.specs()["z"].shape == ("anchors", "latent")


def test_a_model_without_features_or_joints_is_refused() -> None:
    for field in ("feature_names", "joints"):
        with pytest.raises(ValidationError, match=field):
            config(**{field: ()})


@pytest.mark.parametrize(
    ("field", "value"),
    [("ema", 1.0), ("dropout", 1.0), ("latent_dim", 1), ("horizons", ()), ("device", "tpu"), ("learning_rate", 0.0)],
)
def test_a_training_that_has_no_meaning_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=field):
        WorldModelParams(**{field: value})
