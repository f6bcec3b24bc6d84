"""The uncertainty bench's sums on made forecasts, whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.uncertain_forecasts import HORIZONS, Forecasts
from benchmarks.uncertainty import Judged, _coverage, _dropout, _usefulness
from kinetrace.models.expected_error import Clues

ROWS, JOINTS = 480, 2


@pytest.fixture(scope="module")
def judged() -> Judged:
    """Errors of known size: what is expected is right, and MC-dropout says a tenth of it, of another anchor."""
    rng = np.random.default_rng(0)
    size = rng.uniform(0.01, 0.1, size=(ROWS, 1, 1)) * np.ones((1, len(HORIZONS), JOINTS))
    error = size * np.abs(rng.normal(size=size.shape))
    other = np.roll(size, 7, axis=0) / 10
    clues = Clues(size, size, size[:, 0])
    made = Forecasts(
        row=np.arange(ROWS), recording=np.arange(ROWS) // 4, error=error, clues=clues, z=rng.normal(size=(ROWS, 3)),
        dropout_spread=other, dropout_inside=np.full((ROWS, len(HORIZONS)), 0.25),
        dropout_width=np.full((ROWS, len(HORIZONS)), 0.01), dropout_distance=error,
    )  # fmt: skip
    return Judged(made, size)


def test_intervals_of_exchangeable_recordings_hold_and_scaled_ones_are_narrower(judged: Judged) -> None:
    found = _coverage(judged)
    assert found["coverage.90"].holds
    assert 79 <= (found["coverage.80"].value or 0) <= 84
    assert {f"coverage.90.h{h}" for h in HORIZONS} <= set(found)
    assert (found["width.mm"].value or 0) < (found["unscaled.width.mm"].value or 0)
    # 90 % of |N(0, 1)| lies below 1.645, and of 60 recordings and one to come 54.9 / 60 below 1.72: the diameter over size
    size = 1000 * judged.expected.mean()
    assert 2 * 1.645 * size * 0.95 < (found["width.mm"].value or 0) < 2 * 1.72 * size * 1.05


def test_too_small_a_spread_shows_as_miscalibration(judged: Judged) -> None:
    found = _dropout(judged)
    assert found["mc.coverage.90"].value == pytest.approx(25.0)
    assert found["mc.width.mm"].value == pytest.approx(10.0)
    assert (found["mc.miscalibration"].value or 0) > 0.3
    assert (found["miscalibration"].value or 1) < 0.06


def test_knowing_the_size_of_errors_orders_them_better_than_not_knowing(judged: Judged) -> None:
    found = _usefulness(judged, np.roll(judged.expected, 3, axis=0))
    assert (found["ause"].value or 1) < (found["mc.ause"].value or 0)
    assert (found["spearman"].value or 0) > 0.5
    assert abs(found["mc.spearman"].value or 0) < 0.1
    assert (found["ause"].value or 1) < (found["strangers.ause"].value or 0)
