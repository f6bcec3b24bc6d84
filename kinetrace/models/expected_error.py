"""How far off a forecast is likely to be, learnt from how far off it was: a scale for intervals, joint by joint.

How far the forecast says a joint will move, and how fast all joints move now, tell how noisy the future is; the
disagreement of an ensemble, where there is one, says what the data left open. A small network puts them together. It may
be wrong without harm: conformal calibration on other recordings makes the intervals true whatever it says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from kinetrace.models.determinism import reproducible
from kinetrace.models.layers import SkipNet
from schemas.errors import ComputeError

Array = np.ndarray

FLOOR_M = 1e-3
"""Errors, spreads and ways below a millimetre are all the same to the logarithm."""
FLOOR_M_S = 1e-2
HIDDEN = 64
STEPS = 1500
BATCH = 256
LEARNING_RATE = 2e-3
LARGEST = 5.0
"""Standardised inputs beyond it count as it: the network must not be asked far outside of what it saw."""


@dataclass(frozen=True)
class Clues:
    """What is known of a forecast when it is made.

    Attributes:
        spread: How far the members of an ensemble lie apart [m]; None: there is no ensemble.
        moved: How far each joint is said to go from where it is [m].
        speed: How fast each joint is now [m/s].
    """

    spread: Float[Array, "anchors horizons joints"] | None
    moved: Float[Array, "anchors horizons joints"]
    speed: Float[Array, "anchors joints"]

    def without_ensemble(self) -> Clues:
        """Give what is known without an ensemble."""
        return Clues(None, self.moved, self.speed)

    def columns(self) -> Float[Tensor, "anchors columns"]:
        """Give all of them as logarithms."""
        parts = [] if self.spread is None else [np.log(self.spread + FLOOR_M / 10)]
        parts += [np.log(self.moved + FLOOR_M), np.log(self.speed + FLOOR_M_S)]
        flat = np.concatenate([part.reshape(len(part), -1) for part in parts], axis=1)
        return torch.from_numpy(flat.astype(np.float32))


def clues(
    states: Float[Array, "anchors joints 9"],
    forecast: Float[Array, "anchors horizons joints 3"],
    spread: Float[Array, "anchors horizons joints"] | None = None,
) -> Clues:
    """Gather what is known of a forecast.

    Args:
        states: Causal states of the anchors.
        forecast: Positions, aligned world frame [m].
        spread: As `ensemble.spread` gives it [m]; None: there is no ensemble.
    """
    moved = np.linalg.norm(forecast - states[:, None, :, :3], axis=-1)
    return Clues(spread, moved, np.linalg.norm(states[..., 3:6], axis=-1))


@dataclass(frozen=True)
class ExpectedError:
    """Says how far off every joint of a forecast is likely to be.

    Attributes:
        mean: Of the columns of the clues.
        scale: The same.
        usual: Mean logarithm of the error, a joint and a horizon.
        network: What the clues add to it.
    """

    mean: Float[Tensor, "columns"]
    scale: Float[Tensor, "columns"]
    usual: Float[Tensor, "outputs"]
    network: nn.Module

    @torch.no_grad()
    def of(self, known: Clues) -> Float[Array, "anchors horizons joints"]:
        """Give the expected distance of every joint from where it will be [m]: the geometric mean, more than 0."""
        x = ((known.columns() - self.mean) / self.scale).clamp(-LARGEST, LARGEST)
        found: Tensor = torch.exp(self.network(x) + self.usual)
        return found.double().numpy().reshape(known.moved.shape)


def fit_expected_error(known: Clues, error: Float[Array, "anchors horizons joints"], seed: int = 0) -> ExpectedError:
    """Learn the logarithm of the error from the clues, by least squares.

    Args:
        known: Of forecasts whose truth is known; of recordings that intervals are not calibrated on.
        error: Distance of every joint from where it was [m].
        seed: Same arguments, same bits.

    Raises:
        ComputeError: There are no forecasts, or errors that are no numbers.
    """
    if len(error) == 0 or not bool(np.isfinite(error).all()):
        raise ComputeError(
            where="expected error", field="error", expected="finite errors of one forecast or more",
            found=f"{len(error)} forecasts, or others", fix="Leave out what has no truth.",
        )  # fmt: skip
    x = known.columns()
    mean, scale = x.mean(dim=0), x.std(dim=0, correction=0) + 1e-6
    x = ((x - mean) / scale).clamp(-LARGEST, LARGEST)
    y = torch.from_numpy(np.log(error + FLOOR_M).reshape(len(error), -1).astype(np.float32))
    usual = y.mean(dim=0)
    with reproducible(seed, "cpu") as source:
        network = SkipNet(x.shape[1], HIDDEN, y.shape[1], nn.Linear)
        _descend(network, x, y - usual, source)
    return ExpectedError(mean, scale, usual, network.eval())


def _descend(network: nn.Module, x: Tensor, y: Tensor, source: torch.Generator) -> None:
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=0.1, fused=True)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    for _ in range(STEPS):
        rows = torch.randint(len(x), (BATCH,), generator=source)
        loss = (network(x[rows]) - y[rows]).square().mean()
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimiser.step()
        falling.step()
