"""In which phases, and at which left–right asymmetry, uncertainty rises."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from benchmarks.held_out_model import UnderTest
from benchmarks.uncertain_forecasts import HORIZONS, Forecasts
from kinetrace.models.asymmetry import asymmetry_m
from kinetrace.models.calibration import by_recording, confidence, rank_correlation
from schemas.benchmark import Figure

Array = np.ndarray

AHEAD = 10
"""Frames: a third of a second."""

LEAST = 40
"""Anchors of a phase that are enough to say something."""


def by_phase(of: UnderTest, same: Forecasts, expected: Float[Array, "anchors horizons joints"]) -> dict[str, Figure]:
    """Give expected and true error in every phase of the left side, and MC-dropout's spread."""
    column = HORIZONS.index(AHEAD)
    kinds, names = [], []
    for row, number in zip(same.row, same.recording, strict=True):
        line = of.about.recordings[int(number)]
        kinds.append(line.kind)
        names.append(line.phase_names[int(of.arrays.phases[row, 0])])
    kind, name = np.array(kinds), np.array(names)
    figures = {}
    for one in ("gait", "squat", "sit_to_stand"):
        for phase in sorted(set(name[kind == one]) - {"unknown"}):
            chosen = (kind == one) & (name == phase)
            if chosen.sum() < LEAST:
                continue
            said, came, dropped = (
                1000 * values[chosen, column].mean() for values in (expected, same.error, same.dropout_spread)
            )
            figures[f"phase.{one}.{phase}"] = Figure(
                value=float(said), units="mm", note=f"expected (geometric mean) {AHEAD} frames ahead; true "
                f"{came:.1f}, MC-dropout's spread {dropped:.1f}; {int(chosen.sum())} anchors",
            )  # fmt: skip
    return figures


def by_asymmetry(
    of: UnderTest, same: Forecasts, expected: Float[Array, "anchors horizons joints"]
) -> dict[str, Figure]:
    """Correlate a recording's left–right asymmetry with its uncertainty, in movements that should be symmetric.

    Asymmetry: mean distance of the joints, relative to the root, from their mirror image.
    """
    column = HORIZONS.index(AHEAD)
    asymmetry = 1000 * asymmetry_m(of.arrays.states[same.row])
    figures = {}
    for kind in ("squat", "sit_to_stand"):
        chosen = np.array([of.about.recordings[int(n)].kind == kind for n in same.recording])
        if chosen.sum() < LEAST:
            continue
        record = same.recording[chosen]
        own = by_recording(asymmetry[chosen], record)
        parts = {
            "expected": expected, "mc": same.dropout_spread, "error": same.error,
        }  # fmt: skip
        for who, values in parts.items():
            mine = by_recording(values[chosen, column].mean(axis=1), record)
            rho = rank_correlation(mine, own)
            low, high = confidence(np.stack((mine, own), axis=1), _correlations, draws=500)
            figures[f"asymmetry.{kind}.{who}"] = Figure(
                value=rho, units="Spearman", note=f"95 % {low:.2f} to {high:.2f}; {len(own)} recordings, asymmetry "
                f"{np.percentile(own, 10):.0f} to {np.percentile(own, 90):.0f} mm, {AHEAD} frames ahead",
            )  # fmt: skip
    return figures


def _correlations(parts: Float[Array, "draws recordings 2"]) -> Float[Array, "draws"]:
    found: Array = np.array([rank_correlation(one[:, 0], one[:, 1]) or 0.0 for one in parts])
    return found
