"""How far off a forecast of the world model may be: expected errors, and balls that hold the truth with a probability.

Expected errors by a small network, from what a forecast says itself; radii by split conformal prediction over whole
recordings. An ensemble is not needed for it: without its spread AUSE is 0.090 instead of 0.078, and intervals are as wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from kinetrace.models.expected_error import ExpectedError, clues
from kinetrace.models.inference import LoadedModel

Array = np.ndarray


@dataclass(frozen=True)
class ForecastUncertainty:
    """Expected errors and radii of a world model's forecasts.

    Attributes:
        joints: Joint of every column.
        horizons_s: Times ahead that were calibrated, rising [s].
        levels: Probabilities, rising.
        expected: Says how far off each joint is likely to be.
        radius: Radius of the ball that holds the truth, over the expected error.
        sha256: Of the file it came from.
    """

    joints: tuple[str, ...]
    horizons_s: tuple[float, ...]
    levels: tuple[float, ...]
    expected: ExpectedError
    radius: Float[Array, "levels horizons joints"]
    sha256: str

    def at(self, level: float) -> Float[Array, "horizons joints"]:
        """Give the radii of one level, over expected errors."""
        return np.asarray(self.radius[self.levels.index(level)])

    def of_forecast(
        self, states: Float[Array, "anchors joints 9"], forecast: Float[Array, "anchors horizons joints 3"]
    ) -> Float[Array, "anchors horizons joints"]:
        """Give the expected errors of forecasts at `horizons_s` [m].

        Args:
            states: Causal states of the anchors.
            forecast: Positions, aligned world frame [m].
        """
        return self.expected.of(clues(states, forecast))


def forecasts_at(
    model: LoadedModel,
    states: Float[Array, "anchors joints 9"],
    horizons_s: tuple[float, ...],
    z: Float[Array, "anchors latent"] | None = None,
) -> Float[Array, "anchors horizons joints 3"]:
    """Forecast joints at some times ahead, each straight from the anchor.

    Args:
        model: A trained model; its own mode decides whether dropout draws.
        states: Causal states of the anchors.
        horizons_s: Times ahead [s].
        z: Latents to forecast from instead of the anchors' own: a changed start.

    Returns:
        Positions, aligned world frame [m].
    """
    own = model.encode(states)
    start = own if z is None else z
    steps = [np.full(len(states), h, dtype=np.float32) for h in horizons_s]
    return np.stack([model.decode_world(model.predict(start, dt), own, states, dt) for dt in steps], axis=1)


def between_horizons(
    values: Float[Array, "n horizons joints"], horizons_s: tuple[float, ...], times_s: Float[Array, "steps"]
) -> Float[Array, "n steps joints"]:
    """Give lengths at any times up to the last horizon: errors grow with time by a power between two horizons.

    Args:
        values: Lengths at the horizons, more than 0 [m].
        horizons_s: Rising [s].
        times_s: When they are asked for [s].

    Returns:
        Lengths [m]: 0 at no time ahead, in proportion to time before the first horizon, and 0 (not known) after the last.
    """
    known = np.log(np.array(horizons_s))
    asked = np.log(np.maximum(times_s, 1e-9))
    after = np.clip(np.searchsorted(known, asked) - 1, 0, max(len(known) - 2, 0))
    logs = np.log(values)
    if len(known) > 1:
        part = np.clip((asked - known[after]) / (known[after + 1] - known[after]), 0.0, 1.0)[None, :, None]
        found = np.exp((1 - part) * logs[:, after] + part * logs[:, after + 1])
    else:
        found = np.exp(logs[:, after])
    early = np.minimum(times_s / horizons_s[0], 1.0)[None, :, None]
    inside = (times_s <= horizons_s[-1] * (1 + 1e-6))[None, :, None]
    lengths: Array = np.where(inside, found * early, 0.0)
    return lengths
