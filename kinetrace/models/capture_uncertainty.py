"""How far off the forecasts of one capture's model may be: shipped uncertainty, held against the capture's own end.

The shipped radii hold on held-out recordings of the data that the weights were trained on. Another laboratory's captures
are not such recordings. So where the held-out part is long enough, one factor a level stretches or shrinks all radii until
they hold there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float, Int

from kinetrace.models.asymmetry import asymmetry_m
from kinetrace.models.calibration import rank_correlation
from kinetrace.models.ensemble import dropout_forecasts, spread
from kinetrace.models.inference import LoadedModel
from kinetrace.models.uncertainty import ForecastUncertainty, forecasts_at
from schemas.dataset import Part, TransitionArrays
from schemas.uncertainty import (
    AsymmetryUncertainty,
    HorizonUncertainty,
    PhaseUncertainty,
    Uncertainty,
    UncertaintyArrays,
)

Array = np.ndarray

AHEAD_S: Final = 1 / 3
"""Phases and asymmetry are told at the horizon nearest to it."""

LEAST_JUDGED: Final = 30
"""Held-out anchors with the longest horizon after them, one second of starts, that are enough to recalibrate on. On 11
recordings of other laboratories, adapted to 5 s: 83 % of joints inside of 90 % balls without, 89 % with, judged after."""

LEAST_OF_PHASE: Final = 5
SIDES: Final[tuple[Literal["left", "right"], ...]] = ("left", "right")
NO_PHASE: Final = ("none", "unknown")


@dataclass(frozen=True)
class Judged:
    """Held-out anchors whose truth is known, horizon by horizon.

    Attributes:
        anchors: Rows that were judged, a list a horizon; the same for all where all are long enough.
        error: Distance of every joint from where it was [m], a table a horizon.
    """

    anchors: tuple[Int[Array, "_"], ...]
    error: tuple[Float[Array, "_ joints"], ...]


@dataclass(frozen=True)
class CaptureUncertainty:
    """What stage 6 writes of it."""

    arrays: UncertaintyArrays
    document: Uncertainty


def capture_uncertainty(
    model: LoadedModel, known: ForecastUncertainty, table: TransitionArrays, phase_names: tuple[str, ...]
) -> CaptureUncertainty:
    """Give expected errors at every anchor, radii, and where they are large.

    Args:
        model: Adapted from the weights that `known` is about.
        known: Shipped uncertainty.
        table: The capture's states.
        phase_names: Of the labels in it.
    """
    forecast = forecasts_at(model, table.states, known.horizons_s)
    expected = known.of_forecast(table.states, forecast)
    judged = _judge(model, known, table, forecast)
    factors = _factors(known, expected, judged)
    radius = known.radius * (np.ones(len(known.levels)) if factors is None else factors)[:, None, None]
    at = int(np.argmin(np.abs(np.array(known.horizons_s) - AHEAD_S)))
    frames = max(1, round(known.horizons_s[at] * model.fps))
    passes = model.config.params.mc_passes
    dropped = spread(dropout_forecasts(model, table.states, (frames,), passes, model.config.params.seed))[:, 0]
    document = Uncertainty(
        source=known.sha256,
        calibration=_said(factors, judged, known),
        factors=None if factors is None else tuple(factors.tolist()),
        ahead_s=known.horizons_s[at],
        horizons=tuple(_horizon(k, known, expected, radius, judged) for k in range(len(known.horizons_s))),
        phases=tuple(_phases(table, phase_names, expected[:, at], dropped, judged, at)),
        asymmetry=_asymmetry(table, expected[:, at], dropped),
    )
    arrays = UncertaintyArrays(
        horizons_s=np.array(known.horizons_s), levels=np.array(known.levels), expected=expected.astype(np.float32),
        radius=radius.astype(np.float32),
    )  # fmt: skip
    return CaptureUncertainty(arrays, document)


def no_uncertainty(anchors: int, joints: int) -> UncertaintyArrays:
    """Give the arrays of a model whose uncertainty is not known: no horizons."""
    none = np.zeros((0, 0, joints), dtype=np.float32)
    return UncertaintyArrays(
        horizons_s=np.zeros(0), levels=np.zeros(0), expected=np.zeros((anchors, 0, joints), np.float32), radius=none
    )


def _judge(
    model: LoadedModel, known: ForecastUncertainty, table: TransitionArrays, forecast: Float[Array, "a h j 3"]
) -> Judged:
    rows, errors = [], []
    held_out = np.flatnonzero(table.part == Part.HELD_OUT)
    for k, ahead_s in enumerate(known.horizons_s):
        step = round(ahead_s * model.fps)
        even = abs(step - ahead_s * model.fps) < 1e-3
        start = held_out[held_out + step < len(table.time)] if even else held_out[:0]
        start = start[np.abs(table.time[start + step] - table.time[start] - ahead_s) < 1e-3] if len(start) else start
        away = forecast[start, k].astype(np.float64) - table.states[start + step, :, :3]
        rows.append(start)
        errors.append(np.linalg.norm(away, axis=-1))
    return Judged(tuple(rows), tuple(errors))


def _factors(
    known: ForecastUncertainty, expected: Float[Array, "anchors horizons joints"], judged: Judged
) -> Float[Array, "levels"] | None:
    if len(judged.anchors[-1]) < LEAST_JUDGED:
        return None
    ratio = np.stack(
        [
            error[: len(judged.anchors[-1])] / expected[start[: len(judged.anchors[-1])], k]
            for k, (start, error) in enumerate(zip(judged.anchors, judged.error, strict=True))
        ],
        axis=1,
    )
    return np.array([np.quantile(ratio / known.at(level), level) for level in known.levels])


def _said(factors: Float[Array, "levels"] | None, judged: Judged, known: ForecastUncertainty) -> str:
    base = (
        "radii calibrated on held-out recordings of the data that the weights were trained on; "
        "of other laboratories' joints 70 % lie inside of 90 % balls before adapting"
    )
    if factors is None:
        return f"{base}; the held-out part is too short to recalibrate ({len(judged.anchors[-1])} anchors, {LEAST_JUDGED} needed)"
    middle = factors[known.levels.index(0.9)] if 0.9 in known.levels else factors[0]
    return f"{base}; recalibrated on {len(judged.anchors[-1])} held-out anchors of this capture: 90 % radii times {middle:.2f}"


def _horizon(
    k: int,
    known: ForecastUncertainty,
    expected: Float[Array, "anchors horizons joints"],
    radius: Float[Array, "levels horizons joints"],
    judged: Judged,
) -> HorizonUncertainty:
    sizes = {level: 1000 * float((expected[:, k] * radius[row, k]).mean()) for row, level in enumerate(known.levels)}
    start, error = judged.anchors[k], judged.error[k]
    inside = error <= expected[start, k] * known.at(0.9)[k]
    return HorizonUncertainty(
        horizon_s=known.horizons_s[k],
        expected_mm=1000 * float(expected[:, k].mean()),
        radius_80_mm=sizes[0.8],
        radius_90_mm=sizes[0.9],
        radius_95_mm=sizes[0.95],
        judged_anchors=len(start),
        held_out_coverage_90=float(inside.mean()) if len(start) else None,
    )


def _phases(
    table: TransitionArrays,
    names: tuple[str, ...],
    expected: Float[Array, "anchors joints"],
    dropped: Float[Array, "anchors joints"],
    judged: Judged,
    at: int,
) -> list[PhaseUncertainty]:
    found = []
    for column, side in enumerate(SIDES):
        for number, name in enumerate(names):
            chosen = table.phases[:, column] == number
            if name in NO_PHASE or chosen.sum() < LEAST_OF_PHASE:
                continue
            known = chosen[judged.anchors[at]]
            error = 1000 * float(judged.error[at][known].mean()) if known.any() else None
            found.append(
                PhaseUncertainty(
                    side=side, phase=name, anchors=int(chosen.sum()), expected_mm=1000 * float(expected[chosen].mean()),
                    mc_dropout_mm=1000 * float(dropped[chosen].mean()), judged_anchors=int(known.sum()), error_mm=error,
                )
            )  # fmt: skip
    return found


def _asymmetry(
    table: TransitionArrays, expected: Float[Array, "anchors joints"], dropped: Float[Array, "anchors joints"]
) -> AsymmetryUncertainty:
    own = asymmetry_m(table.states)
    low, high = np.percentile(1000 * own, (10, 90))
    return AsymmetryUncertainty(
        anchors=len(own),
        low_mm=float(low),
        high_mm=float(high),
        expected_rho=rank_correlation(own, expected.mean(axis=1)),
        mc_dropout_rho=rank_correlation(own, dropped.mean(axis=1)),
    )
