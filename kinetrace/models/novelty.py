"""How far a latent lies from those the model was trained on, and whether that is unusual."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from kinetrace.models.conformal import p_values
from schemas.errors import ComputeError

Array = np.ndarray

LEAST_PART = 1e-4
"""Directions with less than this part of the largest variance count as having it: rounding is no novelty."""


@dataclass(frozen=True)
class LatentCloud:
    """Where the latents of training lie.

    Attributes:
        mean: Their centre.
        whiten: Takes latents to coordinates in which the cloud is round.
    """

    mean: Float[Array, "latent"]
    whiten: Float[Array, "latent latent"]

    def distance(self, z: Float[Array, "n latent"]) -> Float[Array, "n"]:
        """Give the Mahalanobis distance from the centre over the root of the dimension: 1 is typical.

        Args:
            z: Latents of the model that the cloud is of.
        """
        away = (z - self.mean) @ self.whiten
        found: Array = np.sqrt((away**2).mean(axis=1))
        return found


def fit_cloud(z: Float[Array, "n latent"]) -> LatentCloud:
    """Measure centre and covariance of training latents.

    Args:
        z: Latents, more than they have dimensions.

    Raises:
        ComputeError: There are too few, or they do not vary.
    """
    if len(z) <= z.shape[1]:
        raise _refusal("latents", f"more than {z.shape[1]}", f"{len(z)}", "Measure on more recordings.")
    centred = z.astype(np.float64) - z.mean(axis=0, dtype=np.float64)
    values, vectors = np.linalg.eigh(centred.T @ centred / (len(z) - 1))
    if values[-1] <= 0:
        raise _refusal("latents", "latents that vary", "one and the same", "Measure on recordings that move.")
    scale = np.sqrt(np.maximum(values, LEAST_PART * values[-1]))
    return LatentCloud(z.mean(axis=0, dtype=np.float64), vectors / scale)


@dataclass(frozen=True)
class Novelty:
    """A cloud with the distances that recordings of the same kind have, for a probability beside the distance.

    Attributes:
        cloud: Of the training latents.
        known: Distances in recordings that were not trained on.
        recording: Which recording each is of.
    """

    cloud: LatentCloud
    known: Float[Array, "samples"]
    recording: Int[Array, "samples"]

    def p_value(self, z: Float[Array, "n latent"]) -> Float[Array, "n"]:
        """Give the probability that a latent of a recording like the known ones lies as far out, or farther."""
        return p_values(self.known, self.recording, self.cloud.distance(z))


def fit_novelty(cloud: LatentCloud, z: Float[Array, "n latent"], recording: Int[Array, "n"]) -> Novelty:
    """Measure what is usual on recordings that were not trained on.

    Args:
        cloud: Of the training latents.
        z: Latents of other recordings.
        recording: Which recording each is of.

    Raises:
        ComputeError: There are none.
    """
    if len(z) == 0:
        raise _refusal("latents", "one calibration recording or more", "none", "Hold recordings out of training.")
    return Novelty(cloud, cloud.distance(z), recording)


def _refusal(field: str, expected: str, found: str, fix: str) -> ComputeError:
    return ComputeError(where="novelty", field=field, expected=expected, found=found, fix=fix)
