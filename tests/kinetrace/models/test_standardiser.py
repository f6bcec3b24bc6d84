from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.models.standardiser import fit_standardiser


@given(seed=st.integers(0, 99), floor=st.sampled_from([1e-6, 0.5]))
def test_undo_gives_back_what_apply_took(seed: int, floor: float) -> None:
    x = torch.randn(20, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * 3 + 7
    it = fit_standardiser(x, floor)
    assert torch.allclose(it.undo(it.apply(x)), x)
    assert torch.allclose(it.apply(x).mean(dim=0), torch.zeros(4, dtype=torch.float64), atol=1e-12)


def test_scales_by_hand() -> None:
    x = torch.tensor([[0.0, 0.0, 0.0, 5.0], [2.0, 4.0, 0.2, 5.0]])
    it = fit_standardiser(x, 0.5)  # spreads 1, 2, 0.1, 0; torch's median of four is the lower middle: 0.1
    assert it.scale.tolist() == pytest.approx([1.0, 2.0, 0.1, 0.05])
    assert it.mean.tolist() == pytest.approx([1.0, 2.0, 0.1, 5.0])


def test_a_motionless_recording_stays_finite() -> None:
    it = fit_standardiser(torch.ones(5, 3), 0.5)
    assert it.apply(torch.ones(5, 3)).tolist() == [[0.0] * 3] * 5
