"""Expected errors and conformal radii of a world model's forecasts, from recordings that it was not trained on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from kinetrace.models.conformal import LEVELS, calibrate, split_recordings
from kinetrace.models.expected_error import Clues, ExpectedError, clues, fit_expected_error
from kinetrace.models.inference import LoadedModel
from kinetrace.models.uncertainty import forecasts_at
from kinetrace.models.uncertainty_file import to_safetensors
from schemas.corpus import Corpus, CorpusArrays
from schemas.errors import ComputeError
from schemas.uncertainty import UncertaintyCard

Array = np.ndarray

HORIZONS = (1, 2, 5, 10, 15, 20, 25, 30)
"""Frames of the corpus."""

LEARNT_FROM = 1 / 3
"""Of the held-out recordings; the others calibrate."""

ANCHORS = 12
"""Of every recording, evenly spread, to calibrate on; twice as many to learn from."""


@dataclass(frozen=True)
class ForecastErrors:
    """Forecasts whose truth is known.

    Attributes:
        clues: Known of each when it was made.
        error: Distance of every joint from where it was [m].
        recording: Which recording each is of.
    """

    clues: Clues
    error: Float[Array, "anchors horizons joints"]
    recording: Int[Array, "anchors"]


@dataclass(frozen=True)
class LearntUncertainty:
    """What `kinetrace train uncertainty` writes."""

    weights: bytes
    card: UncertaintyCard


def learn_expected(
    model: LoadedModel, arrays: CorpusArrays, numbers: tuple[int, ...], seed: int
) -> tuple[ExpectedError, tuple[int, ...]]:
    """Learn expected errors from a third of held-out recordings.

    Returns:
        The expected errors, and the recordings that are left to calibrate or judge on.

    Raises:
        ComputeError: Fewer than two recordings that are long enough.
    """
    usable = tuple(n for n in numbers if _last(arrays, n) >= 0)
    if len(usable) < 2:
        raise ComputeError(
            where="train uncertainty", field="held-out recordings",
            expected=f"two or more of {HORIZONS[-1] + 1} anchors or more", found=f"{len(usable)}",
            fix="Hold more recordings out when the world model is trained.",
        )  # fmt: skip
    first, second = (np.array(usable)[side] for side in split_recordings(len(usable), LEARNT_FROM, seed))
    known = forecast_errors(model, arrays, tuple(first.tolist()), 2 * ANCHORS)
    return fit_expected_error(known.clues, known.error, seed), tuple(second.tolist())


def learn_uncertainty(
    model: LoadedModel, sha256: str, arrays: CorpusArrays, about: Corpus, held_out: tuple[int, ...], corpus: str,
    seed: int = 0,
) -> LearntUncertainty:  # fmt: skip
    """Learn expected errors on a third of the held-out recordings and calibrate radii on the others.

    Args:
        model: A trained model.
        sha256: Of its weights.
        arrays: Of the corpus.
        about: Its document.
        held_out: Numbers of recordings that the model was not trained on.
        corpus: What the card calls the corpus.
        seed: Same arguments, same bytes on a CPU.

    Raises:
        ComputeError: Fewer than two recordings that are long enough.
    """
    expected, rest = learn_expected(model, arrays, held_out, seed)
    known = forecast_errors(model, arrays, rest, ANCHORS)
    found = calibrate(known.error / expected.of(known.clues), known.recording, LEVELS)
    if not np.isfinite(found.radius).all():
        raise ComputeError(
            where="train uncertainty", field="recordings",
            expected=f"enough to calibrate {100 * LEVELS[-1]:.0f} %: 19 or more", found=f"{found.recordings}",
            fix="Hold more recordings out when the world model is trained.",
        )  # fmt: skip
    weights = to_safetensors(expected, found.radius)
    card = UncertaintyCard(
        sha256=hashlib.sha256(weights).hexdigest(),
        world_model=sha256,
        joints=model.joints,
        horizons_s=tuple(h / about.states.fps for h in HORIZONS),
        levels=found.levels,
        learnt_recordings=sum(_last(arrays, n) >= 0 for n in held_out) - len(rest),
        calibrated_recordings=found.recordings,
        corpus=corpus,
        sources=tuple(sorted({about.recordings[n].source for n in held_out})),
        seed=seed,
    )
    return LearntUncertainty(weights, card)


def forecast_errors(model: LoadedModel, arrays: CorpusArrays, numbers: tuple[int, ...], anchors: int) -> ForecastErrors:
    """Forecast some anchors of every recording, evenly spread over those that have the longest horizon after them.

    Args:
        model: A trained model.
        arrays: Of the corpus.
        numbers: Recordings; those too short are left out.
        anchors: Of every recording, at most.
    """
    spread = {
        n: np.unique(np.linspace(0, _last(arrays, n), anchors).astype(int)) for n in numbers if _last(arrays, n) >= 0
    }
    row = np.concatenate([arrays.anchor_starts[n] + chosen for n, chosen in spread.items()])
    recording = np.concatenate([np.full(len(chosen), n) for n, chosen in spread.items()])
    states = arrays.states[row]
    truth = np.stack([arrays.states[row + h][..., :3] for h in HORIZONS], axis=1)
    said = forecasts_at(model, states, tuple(h / model.fps for h in HORIZONS))
    return ForecastErrors(clues(states, said), np.linalg.norm((said - truth).astype(np.float64), axis=-1), recording)


def _last(arrays: CorpusArrays, number: int) -> int:
    """Give the last anchor of a recording that has the longest horizon after it, from its own start; negative: none."""
    return int(arrays.anchor_starts[number + 1] - arrays.anchor_starts[number]) - 1 - HORIZONS[-1]
