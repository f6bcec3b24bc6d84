from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.models.pinn.stencils import NOISE_GAINS, differentiate, noise_scale, whole_stencils
from kinetrace.motion.derivatives import run_derivatives


def clip(frames: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(2, frames, 17, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@settings(max_examples=20, deadline=None)
@given(frames=st.integers(1, 12), fps=st.floats(10, 200), seed=st.integers(0, 99))
def test_it_is_what_stage_two_computes(frames: int, fps: float, seed: int) -> None:
    p = clip(frames, seed)
    state = differentiate(p, torch.full((2,), fps, dtype=torch.float64))
    v, a, j = run_derivatives(p[0].numpy(), fps)
    np.testing.assert_allclose(state[0].numpy(), np.concatenate((p[0].numpy(), v, a, j), axis=-1), atol=1e-6, rtol=1e-9)


def test_a_cubic_has_its_own_derivatives() -> None:
    t = torch.arange(9, dtype=torch.float64) / 10
    p = (t**3)[None, :, None, None].expand(1, 9, 17, 3)
    state = differentiate(p, torch.tensor([10.0], dtype=torch.float64))
    assert torch.allclose(state[0, 1:-1, 0, 6], 6 * t[1:-1])
    assert torch.allclose(state[0, :, 0, 9], torch.tensor(6.0, dtype=torch.float64))


def test_frame_alternating_jitter_costs_in_acceleration_and_jerk() -> None:
    p = torch.tensor([1.0, -1.0] * 5)[None, :, None, None].expand(1, 10, 17, 3)
    state = differentiate(p, torch.tensor([1.0]))
    assert float(state[0, 4, 0, 6].abs()) == 4.0
    assert float(state[0, 4, 0, 9].abs()) == 8.0


def test_two_frames_have_a_velocity_and_nothing_more() -> None:
    state = differentiate(torch.tensor([0.0, 2.0])[None, :, None, None].expand(1, 2, 17, 3), torch.tensor([30.0]))
    assert state.shape == (1, 2, 17, 12)
    assert float(state[0, 1, 0, 3]) == 60.0
    assert not state[..., 6:].any()


def test_each_clip_has_its_own_rate() -> None:
    p = clip(6)[:1].expand(2, -1, -1, -1)
    state = differentiate(p, torch.tensor([10.0, 20.0], dtype=torch.float64))
    assert torch.allclose(state[1, ..., 3:6], 2 * state[0, ..., 3:6])
    assert torch.allclose(state[1, ..., 9:], 8 * state[0, ..., 9:])


def test_boundary_frames_and_neighbours_of_gaps_have_no_whole_stencil() -> None:
    present = torch.ones(1, 8, 17, dtype=torch.bool)
    present[0, 4, 2] = False
    whole = whole_stencils(present)
    assert whole[0, :, 0, 0].all()
    assert whole[0, :, 0, 1].tolist() == [False] + [True] * 6 + [False]
    assert whole[0, :, 0, 3].tolist() == [False] + [True] * 5 + [False] * 2
    assert whole[0, :, 2, 0].tolist() == [True] * 4 + [False] + [True] * 3
    assert whole[0, :, 2, 2].tolist() == [False, True, True, False, False, False, True, False]
    assert whole[0, :, 2, 3].tolist() == [False, True] + [False] * 6


@pytest.mark.parametrize("fps", [30.0, 100.0])
def test_white_noise_spreads_as_the_scale_says(fps: float) -> None:
    noise = 0.01 * torch.randn(64, 60, 17, 3, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    state = differentiate(noise, torch.full((64,), fps, dtype=torch.float64))[:, 2:-2]
    found = state.unflatten(-1, (4, 3)).std(dim=(0, 1, 2, 4))
    want = noise_scale(torch.tensor([fps], dtype=torch.float64), 0.01)[0]
    assert torch.allclose(found, want, rtol=0.02)
    assert NOISE_GAINS[2] == pytest.approx(6**0.5)
