"""Several models that were taught differently: where they differ, none of them knows."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.checkpoint import build_model
from kinetrace.models.determinism import reproducible
from kinetrace.models.inference import LoadedModel, loaded_model
from kinetrace.models.stacked import stack
from kinetrace.models.world_model import WorldModel
from schemas.errors import ArtifactError
from schemas.world_model import WorldModelConfig

Array = np.ndarray

MEMBERS = 5
"""More add little: of the spread of many, five estimate nine tenths (Lakshminarayanan 2017, arXiv 1612.01474)."""


@dataclass(frozen=True)
class Ensemble:
    """Models of one shape and one feature table, their weights stacked.

    Attributes:
        members: Each of them alone.
        stacked: All encoders and predictors side by side.
    """

    members: tuple[LoadedModel, ...]
    stacked: WorldModel

    @torch.no_grad()
    def forecast(
        self, states: Float[Array, "anchors joints 9"], horizons: tuple[int, ...]
    ) -> Float[Array, "members anchors horizons joints 3"]:
        """Forecast joints with every member, each horizon straight from the anchor; latents of all members at once.

        Args:
            states: Causal states of the anchors.
            horizons: Frames ahead.

        Returns:
            Positions, aligned world frame [m].
        """
        first = self.members[0]
        x = torch.from_numpy(first.features(states)).expand(len(self.members), -1, -1)
        z = self.stacked.encoder(x.contiguous())
        places = []
        for horizon in horizons:
            dt = np.full(len(states), horizon / first.fps, dtype=np.float32)
            ahead: Tensor = self.stacked.predictor(z, torch.from_numpy(dt).expand(len(self.members), -1))
            pairs = zip(self.members, ahead.numpy(), z.numpy(), strict=True)
            places.append(np.stack([one.decode_world(a, z_one, states, dt) for one, a, z_one in pairs]))
        return np.stack(places, axis=2)


def ensemble(networks: list[WorldModel], config: WorldModelConfig) -> Ensemble:
    """Put trained models of one configuration side by side.

    Args:
        networks: Two or more.
        config: What all of them were trained with.

    Raises:
        ArtifactError: There are fewer than two.
    """
    if len(networks) < 2:
        raise ArtifactError(
            where="ensemble", field="members", expected="two or more", found=f"{len(networks)}", fix="Train more."
        )
    whole = stack(networks, lambda models: build_model(config, models)).eval()
    return Ensemble(tuple(loaded_model(one, config) for one in networks), whole)


def forecast_at(
    model: LoadedModel, states: Float[Array, "anchors joints 9"], horizons: tuple[int, ...]
) -> Float[Array, "anchors horizons joints 3"]:
    """Forecast joints with one model at some horizons, each straight from the anchor.

    Args:
        model: A trained model; its own mode decides whether dropout draws.
        states: Causal states of the anchors.
        horizons: Frames ahead.

    Returns:
        Positions, aligned world frame [m].
    """
    z = model.encode(states)
    steps = [np.full(len(states), h / model.fps, dtype=np.float32) for h in horizons]
    return np.stack([model.decode_world(model.predict(z, dt), z, states, dt) for dt in steps], axis=1)


def dropout_forecasts(
    model: LoadedModel, states: Float[Array, "anchors joints 9"], horizons: tuple[int, ...], passes: int, seed: int
) -> Float[Array, "passes anchors horizons joints 3"]:
    """Forecast several times with dropout left on (MC-dropout, the seed's uncertainty).

    Args:
        model: A trained model; it is not changed.
        states: Causal states of the anchors.
        horizons: Frames ahead.
        passes: How often.
        seed: Of what is dropped.

    Returns:
        Positions, aligned world frame [m].
    """
    drawing = loaded_model(copy.deepcopy(model.network), model.config)
    drawing.network.train()
    with reproducible(seed, "cpu"):
        return np.stack([forecast_at(drawing, states, horizons) for _ in range(passes)])


def spread(forecasts: Float[Array, "members *shape 3"]) -> Float[Array, "*shape"]:
    """Give how far forecasts of a joint lie from their mean: root mean square over members along an axis [m].

    Args:
        forecasts: Of two members or passes, or more.
    """
    found: Array = np.sqrt(forecasts.astype(np.float64).var(axis=0, ddof=1).mean(axis=-1))
    return found
