"""Forecasts of recordings with all that says how far they may be off, and how far they were."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from benchmarks.held_out_model import UnderTest
from benchmarks.progress import track
from kinetrace.models.ensemble import Ensemble, dropout_forecasts, forecast_at, spread
from kinetrace.models.expected_error import Clues, ExpectedError, clues

Array = np.ndarray

HORIZONS = (1, 2, 5, 10, 15, 20, 25, 30)
"""Frames at 30 Hz."""

NORMAL_90 = 1.6448536269514722
CHUNK = 64
"""Recordings that are forecast together."""


@dataclass(frozen=True)
class Forecasts:
    """What was said of anchors of many recordings, and what came; all horizons from the same anchors.

    Attributes:
        row: Of the corpus.
        recording: Number of the recording.
        error: Distance of every joint from where it was [m].
        clues: Known of the forecast when it was made.
        z: Latent of the anchor.
        dropout_spread: Of MC-dropout's passes [m]; empty where it was not asked for.
        dropout_inside: Share of coordinates inside of MC-dropout's 90 % intervals.
        dropout_width: Mean width of these [m].
        dropout_distance: Distance of every joint from the passes' mean [m].
    """

    row: Int[Array, "anchors"]
    recording: Int[Array, "anchors"]
    error: Float[Array, "anchors horizons joints"]
    clues: Clues
    z: Float[Array, "anchors latent"]
    dropout_spread: Float[Array, "anchors horizons joints"]
    dropout_inside: Float[Array, "anchors horizons"]
    dropout_width: Float[Array, "anchors horizons"]
    dropout_distance: Float[Array, "anchors horizons joints"]

    def of(self, chosen: Bool[Array, "anchors"]) -> Forecasts:
        """Give some of the anchors."""
        same = self.clues
        apart = None if same.spread is None else same.spread[chosen]
        known = Clues(apart, same.moved[chosen], same.speed[chosen])
        parts: dict[str, Any] = {
            f.name: known if f.name == "clues" else getattr(self, f.name)[chosen] for f in fields(self)
        }
        return Forecasts(**parts)

    def expected(self, scale: ExpectedError) -> Float[Array, "anchors horizons joints"]:
        """Give the expected error of every joint [m]."""
        return scale.of(self.clues)


def forecasts(of: UnderTest, members: Ensemble, numbers: tuple[int, ...], anchors: int, passes: int) -> Forecasts:
    """Forecast some anchors of every recording, evenly spread over those that have the longest horizon after them.

    Args:
        of: The model under test.
        members: Its ensemble.
        numbers: Recordings; those too short are left out.
        anchors: Of every recording, at most.
        passes: Of MC-dropout; 0: none.
    """
    rows, recording = [], []
    for number in numbers:
        begin, end = of.arrays.anchor_starts[number : number + 2]
        last = end - begin - 1 - HORIZONS[-1]
        if last >= 0:
            rows.append(begin + np.unique(np.linspace(0, last, anchors).astype(int)))
            recording.append(np.full(len(rows[-1]), number))
    pieces = range(0, len(rows), CHUNK)
    parts = [
        _forecast(of, members, np.concatenate(rows[k : k + CHUNK]), np.concatenate(recording[k : k + CHUNK]), passes)
        for k in track(pieces, "forecasting", len(pieces))
    ]
    return _joined(parts)


def _forecast(of: UnderTest, members: Ensemble, row: Array, recording: Array, passes: int) -> Forecasts:
    states = of.arrays.states[row]
    truth = np.stack([of.arrays.states[row + h][..., :3] for h in HORIZONS], axis=1)
    said = forecast_at(of.model, states, HORIZONS)
    known = clues(states, said, spread(members.forecast(states, HORIZONS)))
    error = np.linalg.norm((said - truth).astype(np.float64), axis=-1)
    z = of.model.encode(states)
    if not passes:
        none, short = np.zeros((len(row), 0, 0)), np.zeros((len(row), 0))
        return Forecasts(row, recording, error, known, z, none, short, short, none)
    dropped = dropout_forecasts(of.model, states, HORIZONS, passes, int(row[0])).astype(np.float64)
    off, half = np.abs(truth - dropped.mean(axis=0)), NORMAL_90 * dropped.std(axis=0, ddof=1)
    return Forecasts(
        row, recording, error, known, z, spread(dropped), (off <= half).mean(axis=(2, 3)), 2 * half.mean(axis=(2, 3)),
        np.linalg.norm(off, axis=-1),
    )  # fmt: skip


def _joined(parts: list[Forecasts]) -> Forecasts:
    known = Clues(*(np.concatenate([getattr(p.clues, f.name) for p in parts]) for f in fields(Clues)))
    whole: dict[str, Any] = {
        f.name: known if f.name == "clues" else np.concatenate([getattr(p, f.name) for p in parts])
        for f in fields(Forecasts)
    }
    return Forecasts(**whole)
