"""Quiet-standing metrics of the centre of mass."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from jaxtyping import Bool, Float
from scipy.stats import f as fisher

from kinetrace.motion.filters import bridged, gap_free_runs
from stages.s09_task_pack.measure import Kind, Measured, single
from stages.s09_task_pack.record import Record

SHORTEST_S: Final = 5.0
"""Less standing than this is no trial [s] (stabilometry: 25 to 40 s are recommended, Scoppa 2013)."""

LONGEST_GAP_S: Final = 0.3
"""A longer gap ends the trial [s]. Chosen: the centre of mass of quiet stance moves at well under 1 Hz."""

PATH = Kind("com_path", "m", "length of the centre of mass's horizontal path", "screening")
SPEED = Kind("com_mean_speed", "mm/s", "horizontal path over time (Prieto 1996)", "screening")
RMS_AP = Kind("com_rms_ap", "mm", "root mean square distance from the mean, fore and aft (Prieto 1996)", "trusted")
RMS_ML = Kind("com_rms_ml", "mm", "root mean square distance from the mean, side to side (Prieto 1996)", "screening")
ELLIPSE = Kind(
    "prediction_ellipse_area", "mm2",
    "95 % prediction ellipse, pi sqrt(l1 l2) 2 (n^2 - 1) / (n (n - 2)) F.95(2, n - 2) (Schubert and Kirchner 2014)",
    "screening",
)  # fmt: skip
DURATION = Kind("trial_time", "s", "longest stretch in which the centre of mass is known", "not_applicable")


def balance_metrics(record: Record) -> tuple[Measured, ...]:
    """Measure the longest stretch of standing with a known centre of mass, straight lines across its short gaps."""
    first, stop = trial(record)
    if stop - first < SHORTEST_S * record.fps:
        return (
            f"com metrics: {(stop - first) / record.fps:.1f} s with a known centre of mass, {SHORTEST_S:g} s needed",
        )
    seen = record.com_seen[first:stop]
    level = bridged(record.com[first:stop][:, [0, 2]], seen)
    n = len(level)
    path = float(np.sum(np.linalg.norm(np.diff(level, axis=0), axis=1)))
    duration = (n - 1) / record.fps
    rms = 1000.0 * np.sqrt(np.mean((level - level.mean(axis=0)) ** 2, axis=0))
    values = (
        (DURATION, duration),
        (PATH, path),
        (SPEED, 1000.0 * path / duration),
        (RMS_AP, float(rms[0])),
        (RMS_ML, float(rms[1])),
        (ELLIPSE, 1e6 * prediction_ellipse(level)),
    )
    return tuple(single(_across_gaps(kind, seen), "none", value, n) for kind, value in values)


def trial(record: Record) -> tuple[int, int]:
    """Give the longest stretch with a known centre of mass, gaps of up to `LONGEST_GAP_S` included.

    Returns:
        First frame, and the frame after the last; both ends are known frames.
    """
    runs = gap_free_runs(_without_short_gaps(record.com_seen, record.fps))
    return max(runs, key=lambda run: run[1] - run[0]) if runs else (0, 0)


def prediction_factor(n: int) -> float:
    """Give what pi sqrt(l1 l2) is multiplied by: 2 (n^2 - 1) / (n (n - 2)) F.95(2, n - 2); 6.093 at n = 300.

    Raises:
        ValueError: Fewer than three points span no ellipse.
    """
    if n < 3:
        raise ValueError(f"a prediction ellipse needs at least 3 points, got {n}")
    return float(2.0 * (n**2 - 1) / (n * (n - 2)) * fisher.ppf(0.95, 2, n - 2))


def prediction_ellipse(points: Float[np.ndarray, "n 2"]) -> float:
    """Give the area that holds the next point with 95 % (Schubert and Kirchner 2014), in the points' units squared."""
    eigenvalues = np.linalg.eigvalsh(np.cov(points, rowvar=False))
    return float(np.pi * np.sqrt(np.prod(np.maximum(eigenvalues, 0.0))) * prediction_factor(len(points)))


def _without_short_gaps(seen: Bool[np.ndarray, "frames"], fps: float) -> Bool[np.ndarray, "frames"]:
    """Close the gaps between known frames that are short enough to be bridged."""
    closed = seen.copy()
    for first, stop in gap_free_runs(~seen):
        if first > 0 and stop < len(seen) and (stop - first) / fps <= LONGEST_GAP_S:
            closed[first:stop] = True
    return closed


def _across_gaps(kind: Kind, seen: Bool[np.ndarray, "frames"]) -> Kind:
    """Say in the method how many frames were interpolated, where some were."""
    gaps = int((~seen).sum())
    if not gaps:
        return kind
    said = f"{gaps} of {len(seen)} frames interpolated linearly, over gaps of at most {LONGEST_GAP_S:g} s"
    return replace(kind, method=f"{kind.method}; {said}")
