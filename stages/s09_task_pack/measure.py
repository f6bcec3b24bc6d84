"""From the values of single cycles to a metric, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from schemas.base import Side
from schemas.task_pack import Metric

Trust = Literal["trusted", "screening", "not_applicable"]
Measured = Metric | str
"""A metric, or one sentence that says which metric is left out and why."""


@dataclass(frozen=True)
class Kind:
    """What a metric is, whatever its value.

    Attributes:
        name: As in `metrics.json`.
        units: Of the value.
        method: How it is found, with its source.
        trust: Sagittal quantities are trusted, frontal and transverse ones are for screening.
    """

    name: str
    units: str
    method: str
    trust: Trust


def summarise(kind: Kind, side: Side, values: Sequence[float | None], min_cycles: int) -> Measured:
    """Give mean and sample standard deviation over the cycles that have a value.

    Args:
        kind: What is measured.
        side: Of which side.
        values: One a cycle; None where the cycle does not show it.
        min_cycles: Fewer than this are no metric.
    """
    known = [v for v in values if v is not None]
    if len(known) < max(min_cycles, 1):
        label = kind.name if side == "none" else f"{kind.name} ({side})"
        return f"{label}: {len(known)} of {len(values)} cycles show it, {max(min_cycles, 1)} needed"
    spread = float(np.std(known, ddof=1)) if len(known) > 1 else None
    return single(kind, side, float(np.mean(known)), len(known), spread)


def single(kind: Kind, side: Side, value: float, n: int, sd: float | None = None) -> Metric:
    """Give a metric that is one number over `n` cycles or frames."""
    return Metric(
        name=kind.name, side=side, value=value, units=kind.units, n=n, sd=sd, method=kind.method, plane_trust=kind.trust
    )


def symmetry_index(left: float, right: float) -> float:
    """Give 100 (R - L) / ((R + L) / 2) [%]: 0 is symmetric, positive leans to the right (Robinson, Herzog and Nigg 1987).

    Raises:
        ValueError: Both are zero or of opposite sign, where the index has no meaning.
    """
    if left * right < 0 or left + right == 0:
        raise ValueError(f"symmetry index needs two quantities of one sign, got {left:g} and {right:g}")
    return 200.0 * (right - left) / (right + left)


def symmetry(name: str, measured: Sequence[Measured], min_cycles: int) -> Measured:
    """Compare the left and right metric of one name among what was measured."""
    sides = {m.side: m for m in measured if isinstance(m, Metric) and m.name == name}
    if not {"left", "right"} <= sides.keys():
        return f"{name}_symmetry_index: needs {name} on both sides"
    left, right = sides["left"], sides["right"]
    method = "100 (R - L) / ((R + L) / 2) of the sides' means (Robinson, Herzog and Nigg 1987)"
    kind = Kind(f"{name}_symmetry_index", "%", method, left.plane_trust)
    if left.value * right.value <= 0:
        return f"{kind.name}: has no meaning for {left.value:g} and {right.value:g} {left.units}"
    n = min(left.n, right.n)
    if n < min_cycles:
        return f"{kind.name}: {n} cycles a side, {min_cycles} needed"
    return single(kind, "none", symmetry_index(left.value, right.value), n)
