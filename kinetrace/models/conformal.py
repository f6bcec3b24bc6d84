"""Intervals that hold without a word about the shape of errors: split conformal prediction by whole recordings.

Frames of one recording tell each other's errors, recordings do not. So a recording, never a frame, is what is exchanged:
every calibration recording has the same weight, shared out among its frames, and one weight more stands for the recording
to come, at infinity (hierarchical conformal prediction: Lee, Barber & Willett 2023, arXiv 2306.06342). With one frame a
recording that is the usual split conformal rule, the ceil((n + 1) p)-th smallest of n scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from schemas.errors import ComputeError

Array = np.ndarray

LEVELS = (0.8, 0.9, 0.95)
ROUNDING = 1e-9
"""Sums of weights that should be equal differ by less."""


@dataclass(frozen=True)
class Intervals:
    """How far the truth lies from a forecast, at most, with a stated probability.

    Attributes:
        levels: Probabilities, rising.
        radius: Largest score inside, for every level and column, in the score's unit; infinite where there are too few
            recordings for that level.
        recordings: How many were calibrated on.
    """

    levels: tuple[float, ...]
    radius: Float[Array, "levels *columns"]
    recordings: int

    def at(self, level: float) -> Float[Array, "*columns"]:
        """Give the radii of one level.

        Raises:
            ComputeError: It was not calibrated.
        """
        if level not in self.levels:
            asked = ", ".join(f"{one:g}" for one in self.levels)
            raise _refusal("level", f"one of {asked}", f"{level:g}", "Calibrate with that level.")
        return np.asarray(self.radius[self.levels.index(level)])


def split_recordings(recordings: int, part: float, seed: int) -> tuple[Int[Array, "first"], Int[Array, "second"]]:
    """Share out whole recordings at random.

    Args:
        recordings: How many there are.
        part: Share of the first side (0 to 1); each side gets at least one.
        seed: Same seed, same split.

    Returns:
        Numbers of the recordings on either side, in order.

    Raises:
        ComputeError: Fewer than two, or no share between 0 and 1.
    """
    if recordings < 2 or not 0 < part < 1:
        raise _refusal(
            "recordings", "two or more, and a share between 0 and 1", f"{recordings}, share {part:g}", "Add recordings."
        )
    order = np.random.default_rng(seed).permutation(recordings)
    cut = min(max(round(part * recordings), 1), recordings - 1)
    return np.sort(order[:cut]), np.sort(order[cut:])


def calibrate(
    scores: Float[Array, "samples *columns"], recording: Int[Array, "samples"], levels: tuple[float, ...] = LEVELS
) -> Intervals:
    """Find the score that the truth of a new recording does not exceed, for every level and every column alone.

    Args:
        scores: How far the truth lay from the forecast, 0 or more: a distance, or one over its expected size.
        recording: Which recording each sample is of.
        levels: Probabilities.

    Raises:
        ComputeError: No samples, a score that is negative or no number, or a level outside 0 to 1.
    """
    if len(scores) == 0 or not bool(np.isfinite(scores).all()) or bool((scores < 0).any()):
        raise _refusal(
            "scores", "finite numbers of 0 or more", f"{len(scores)} samples, or others", "Leave out what has no truth."
        )
    if not levels or any(not 0 < level < 1 for level in levels) or tuple(sorted(levels)) != tuple(levels):
        raise _refusal("levels", "rising probabilities between 0 and 1", str(levels), "For example 0.8, 0.9, 0.95.")
    weight, count = _weights(recording)
    flat = scores.reshape(len(scores), -1)
    radius = np.stack([_quantiles(column, weight, levels) for column in flat.T], axis=1)
    return Intervals(tuple(levels), radius.reshape(len(levels), *scores.shape[1:]), count)


def p_values(
    known: Float[Array, "samples"], recording: Int[Array, "samples"], asked: Float[Array, "asked"]
) -> Float[Array, "asked"]:
    """Say how unusual scores are among those of calibration recordings.

    Args:
        known: Scores of the calibration recordings.
        recording: Which recording each is of.
        asked: Scores to judge.

    Returns:
        p in (0, 1]: for a score of a new recording of the same kind, p <= a happens with probability a at most; it is
        one over the number of recordings plus one where no calibration score is as large.

    Raises:
        ComputeError: There are no samples.
    """
    if len(known) == 0:
        raise _refusal("scores", "one calibration score or more", "none", "Add recordings.")
    weight, count = _weights(recording)
    order = np.argsort(known)
    above = np.concatenate((np.cumsum(weight[order][::-1])[::-1], [0.0]))
    share: Array = above[np.searchsorted(known[order], asked, side="left")]
    return np.minimum(share + 1 / (count + 1), 1.0)


def _weights(recording: Int[Array, "samples"]) -> tuple[Float[Array, "samples"], int]:
    """Give 1 / ((K + 1) n_k) for a sample of recording k, which has n_k of them, and K."""
    _, member, sizes = np.unique(recording, return_inverse=True, return_counts=True)
    return 1.0 / ((len(sizes) + 1) * sizes[member]), len(sizes)


def _quantiles(
    scores: Float[Array, "samples"], weight: Float[Array, "samples"], levels: tuple[float, ...]
) -> Float[Array, "levels"]:
    order = np.argsort(scores)
    reached = np.cumsum(weight[order]) + ROUNDING
    first = np.searchsorted(reached, np.array(levels), side="left")
    return np.append(scores[order], np.inf)[first]


def _refusal(field: str, expected: str, found: str, fix: str) -> ComputeError:
    return ComputeError(where="conformal intervals", field=field, expected=expected, found=found, fix=fix)
