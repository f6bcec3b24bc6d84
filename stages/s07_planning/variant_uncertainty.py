"""How far off a variant's forecast may be, by the uncertainty of the world model that made it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from kinetrace.models.uncertainty import ForecastUncertainty, between_horizons
from stages.s07_planning.rollouts import LatentModel, Rollout

LEVEL = 0.9


@dataclass(frozen=True)
class KnownErrors:
    """The uncertainty of a capture's world model.

    Attributes:
        shipped: Gives expected errors.
        radius: Of the 90 % balls of this capture, over expected errors.
    """

    shipped: ForecastUncertainty
    radius: Float[np.ndarray, "horizons joints"]


@dataclass(frozen=True)
class VariantErrors:
    """Mean over the steps and joints of every variant.

    Attributes:
        expected_mm: Expected error.
        radius_90_mm: Radius of the ball that holds a recorded motion's truth in 90 % of cases.
    """

    expected_mm: Float[np.ndarray, "variants"]
    radius_90_mm: Float[np.ndarray, "variants"]


def variant_errors(
    model: LatentModel, known: KnownErrors, states: Float[np.ndarray, "variants joints 9"], rollout: Rollout
) -> VariantErrors:
    """Ask how far off the forecasts behind variants are likely to be; steps beyond the last calibrated horizon are left out.

    Calibrated on forecasts of what people did; of what they would have done otherwise nobody has the truth.

    Args:
        model: The world model.
        known: Its uncertainty.
        states: Causal states of the anchors at step 0.
        rollout: The variants.
    """
    forecast = model.decode_path(rollout.latent[:, 1:], rollout.recorded_latent, states, 1.0 / model.fps)
    steps = forecast.shape[1]
    at = [min(max(round(h * model.fps), 1), steps) - 1 for h in known.shipped.horizons_s]
    expected = known.shipped.of_forecast(states, forecast[:, at])
    times = np.arange(1, steps + 1) / model.fps
    inside = times <= known.shipped.horizons_s[-1] * (1 + 1e-6)
    error, radius = (
        1000 * between_horizons(values, known.shipped.horizons_s, times)[:, inside].mean(axis=(1, 2))
        for values in (expected, expected * known.radius)
    )
    return VariantErrors(error, radius)
