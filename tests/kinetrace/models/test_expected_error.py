"""How far off a forecast is likely to be, learnt from how far off others were."""

from __future__ import annotations

import numpy as np
import pytest

from kinetrace.models.calibration import sparsification_error
from kinetrace.models.conformal import calibrate
from kinetrace.models.expected_error import Clues, clues, fit_expected_error
from schemas.errors import ComputeError


def _made(seed: int, anchors: int = 4000) -> tuple[Clues, np.ndarray]:
    """Errors of a size that the speed of the joint tells: 10 mm at 0.1 m/s, 100 mm at 1 m/s; ten recordings."""
    rng = np.random.default_rng(seed)
    speed = rng.uniform(0.1, 1.0, size=(anchors, 2))
    size = 0.1 * speed[:, None].repeat(3, axis=1)
    error = size * np.abs(rng.normal(size=size.shape))
    return Clues(rng.uniform(1e-3, 1e-2, size=size.shape), rng.uniform(0.01, 0.1, size=size.shape), speed), error


def test_clues_are_spread_way_and_speed() -> None:
    states = np.zeros((1, 2, 9), dtype=np.float32)
    states[0, 1, 3:6] = (3.0, 0.0, 4.0)
    forecast = np.zeros((1, 1, 2, 3), dtype=np.float32)
    forecast[0, 0, 0] = (0.0, 0.6, 0.8)
    known = clues(states, forecast, np.full((1, 1, 2), 0.5))
    assert known.moved.tolist() == [[[1.0, 0.0]]]
    assert known.speed.tolist() == [[0.0, 5.0]]
    assert known.columns().shape == (1, 2 + 2 + 2)


def test_what_decides_the_error_is_found_and_orders_it_better_than_chance() -> None:
    known, error = _made(0)
    scale = fit_expected_error(known, error)
    fresh, came = _made(1)
    said = scale.of(fresh)
    assert np.corrcoef(np.log(said[:, 0, 0]), np.log(fresh.speed[:, 0]))[0, 1] > 0.85
    assert sparsification_error(came.ravel(), said.ravel()) < 0.8 * sparsification_error(
        came.ravel(), fresh.spread.ravel()
    )


def test_intervals_scaled_by_it_hold_and_are_narrower_where_less_is_expected() -> None:
    known, error = _made(0)
    scale = fit_expected_error(known, error)
    fresh, came = _made(1)
    radius = calibrate(came / scale.of(fresh), np.arange(len(came)), (0.9,)).at(0.9)
    later, truth = _made(2)
    half = radius * scale.of(later)
    assert (truth <= half).mean() == pytest.approx(0.9, abs=0.03)
    slow = later.speed[:, 0] < 0.3
    assert half[slow, :, 0].mean() < 0.6 * half[~slow, :, 0].mean()


def test_equal_arguments_give_equal_bits_and_the_random_state_is_left_alone() -> None:
    import torch

    known, error = _made(0, 100)
    before = torch.get_rng_state()
    one, other = (fit_expected_error(known, error).of(known) for _ in range(2))
    assert np.array_equal(one, other)
    assert torch.equal(before, torch.get_rng_state())


def test_expectations_are_positive_and_finite_far_outside_of_what_was_seen() -> None:
    known, error = _made(0, 100)
    scale = fit_expected_error(known, error)
    far = Clues(known.spread * 1e6, known.moved * 1e6, known.speed * 0)
    assert bool((scale.of(far) > 0).all()) and bool(np.isfinite(scale.of(far)).all())


def test_errors_that_are_no_numbers_are_refused() -> None:
    known, error = _made(0, 20)
    error[3] = np.nan
    with pytest.raises(ComputeError, match="finite errors"):
        fit_expected_error(known, error)
