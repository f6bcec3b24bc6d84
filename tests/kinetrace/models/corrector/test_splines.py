from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from scipy.interpolate import CubicSpline

from kinetrace.models.corrector.splines import BANK, spline_matrices, splines

T = 40


def gap(first: int, length: int, frames: int = T) -> torch.Tensor:
    seen = torch.ones(1, frames, dtype=torch.bool)
    seen[:, first : first + length] = False
    return seen


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 25), st.integers(3, 9), st.floats(-3, 3), st.floats(-3, 3), st.floats(-100, 100))
def test_a_straight_line_is_filled_exactly_wherever_it_lies(
    length: int, first: int, slope: float, start: float, far: float
) -> None:
    line = (far + start + slope * torch.arange(T, dtype=torch.float64) / T)[None, :, None].float()
    made = splines(line, gap(first, length))
    assert made.shape == (1, len(BANK), T, 1)
    assert float((made - line[:, None]).abs().max()) < 5e-4 * max(1.0, abs(far) / 10)


def test_weak_second_differences_are_the_cubic_spline() -> None:
    t = np.arange(T)
    curve = np.sin(t / 6.0)
    seen = gap(15, 8)
    made = splines(torch.from_numpy(curve)[None, :, None].float(), seen)[0, 0, :, 0].numpy()
    at = seen[0].numpy()
    peer = CubicSpline(t[at], curve[at], bc_type="natural")(t)
    assert np.abs(made - peer)[~at].max() < 0.03 * np.abs(curve - np.interp(t, t[at], curve[at])).max()


def test_beyond_the_samples_the_nearest_is_held() -> None:
    seen = torch.zeros(1, T, dtype=torch.bool)
    seen[:, 10:20] = True
    made = splines(torch.arange(T, dtype=torch.float32)[None, :, None] ** 2, seen)[0, :, :, 0]
    assert bool((made[:, :10] - made[:, 10:11]).abs().max() == 0) or float((made[:, :10] - 100).abs().max()) < 1e-3
    assert float((made[:, 20:] - 361).abs().max()) < 1e-3


def test_what_is_hidden_has_no_say() -> None:
    seen = gap(12, 6)
    curve = torch.randn(1, T, 2, generator=torch.Generator().manual_seed(0))
    other = torch.where(seen[..., None], curve, torch.full_like(curve, 9e9))
    assert torch.equal(splines(curve, seen), splines(other, seen))


def test_large_weights_take_noise_out_and_small_ones_keep_the_samples() -> None:
    noise = torch.randn(1, T, 30, generator=torch.Generator().manual_seed(1))
    made = splines(noise, torch.ones(1, T, dtype=torch.bool))[0].std(dim=(1, 2))
    weights = [spline.weight for spline in BANK if spline.order == 3]
    spreads = [float(made[k]) for k, spline in enumerate(BANK) if spline.order == 3]
    assert spreads == [s for _, s in sorted(zip(weights, spreads, strict=True))] or spreads == sorted(
        spreads, reverse=True
    )
    assert spreads[0] > 0.8 and spreads[-1] < 0.5


def test_a_trajectory_that_is_never_seen_gives_zeros_and_one_sample_a_constant() -> None:
    none = torch.zeros(1, T, dtype=torch.bool)
    assert float(spline_matrices(none).abs().max()) == 0.0
    one = none.clone()
    one[0, 7] = True
    made = splines(torch.full((1, T, 1), 3.0), one)
    assert torch.equal(made, torch.full_like(made, 3.0))


def test_masks_of_another_length_are_refused() -> None:
    with pytest.raises(TypeCheckError, match="seen"):
        splines(torch.zeros(1, T, 1), torch.ones(1, T - 1, dtype=torch.bool))
