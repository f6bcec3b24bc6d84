from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pinn import made_recording, tiny_params

from kinetrace.training.pinn_data import bone_std_mm, configuration, resampled, window_starts, window_table
from schemas.errors import ComputeError


@settings(max_examples=10, deadline=None)
@given(rate=st.floats(20, 100))
def test_a_slow_sway_survives_another_rate(rate: float) -> None:
    fast = made_recording(201, fps=100.0)
    slow = resampled(fast, rate)
    assert slow is not None
    if slow.fps == 100.0:
        assert slow is fast
        return
    assert len(slow.positions) == int(2.0 * rate + 1e-9) + 1
    at = np.arange(len(slow.positions)) / rate
    random = np.random.default_rng(0)
    phase = random.uniform(0, 2 * np.pi, (1, 17, 3))
    truth = (
        made_recording(1).positions[0] - 0.05 * np.sin(phase[0]) + 0.05 * np.sin(2 * np.pi * at[:, None, None] + phase)
    )
    assert np.allclose(slow.positions[2:-2], truth[2:-2], atol=2e-5)


def test_a_slower_recording_is_not_brought_up() -> None:
    assert resampled(made_recording(fps=30.0), 100.0) is None
    assert resampled(made_recording(1), 10.0) is None


def test_a_sample_beside_a_gap_is_not_there() -> None:
    recording = made_recording(61, fps=60.0)
    recording.present[20, 4] = False
    slow = resampled(recording, 40.0)
    assert slow is not None
    assert np.flatnonzero(~slow.present[:, 4]).tolist() == [
        13
    ]  # 19.5 lies between 19 and 20; 18 and 21 do not touch it
    assert slow.present[:, 5].all()


def test_windows_hold_hips_throughout() -> None:
    recording = made_recording(40)
    recording.present[10, 1] = False
    assert window_starts(recording, 16).tolist() == list(range(11, 25))


def test_half_a_window_is_one_window_with_hidden_frames_and_less_is_none() -> None:
    params = tiny_params()
    table = window_table([made_recording(9)], params)
    positions, present = table.take(torch.tensor([0]))
    assert positions.shape == (1, 16, 17, 3)
    assert present[0].any(dim=1).tolist() == [True] * 9 + [False] * 7
    with pytest.raises(ComputeError, match=r"expected one with 8 frames in a row at 30 Hz.*the longest has 7 frames"):
        window_table([made_recording(7)], params)
    with pytest.raises(ComputeError, match="0 recordings"):
        window_table([], params)


def test_two_frames_are_refused_with_what_would_work() -> None:
    with pytest.raises(ComputeError, match="Give longer recordings"):
        window_table([made_recording(2)], tiny_params())


def test_every_window_says_its_rate_and_rates_are_drawn_alike() -> None:
    table = window_table(
        [made_recording(200, fps=100.0), made_recording(60)], tiny_params(rates_hz=(30.0, 100.0, 300.0))
    )
    assert table.counts[2] == 0
    rate = table.rate_of(table.draw(4000, torch.Generator().manual_seed(0)))
    assert float((rate == 0).float().mean()) == pytest.approx(0.5, abs=0.03)
    assert not bool((rate == 2).any())
    assert table.rate_of(torch.arange(len(table.starts))).tolist() == [0] * table.counts[0] + [1] * table.counts[1]


def test_windows_never_reach_into_the_next_recording() -> None:
    first, second = made_recording(30), made_recording(30, seed=1)
    second = replace(second, positions=second.positions + 50)
    table = window_table([first, second], tiny_params())
    positions, present = table.take(torch.arange(len(table.starts)))
    far = positions[..., 0] > 20
    assert bool((far.all(dim=(1, 2)) | ~far.any(dim=2).any(dim=1)).all())
    assert bool(present.all())


def test_the_statistics_are_those_of_the_motion() -> None:
    table = window_table([made_recording(300, fps=30.0)], tiny_params())
    config = configuration(table, tiny_params())
    spread = np.array(config.spread)
    sway = 0.05 / np.sqrt(2)
    knee = spread[2].reshape(4, 3)
    assert knee[0, 1] == pytest.approx(sway, rel=0.6)  # relative to the pelvis' mean, which sways as well
    assert knee[1, 1] == pytest.approx(sway * 2 * np.pi, rel=0.1)
    assert config.jerk_limits[0] == pytest.approx(0.05 * (2 * np.pi) ** 3 * np.sqrt(3), rel=0.3)


def test_constant_motion_has_finite_statistics() -> None:
    still = replace(made_recording(40), positions=np.repeat(made_recording(1).positions, 40, axis=0))
    config = configuration(window_table([still], tiny_params()), tiny_params())
    assert config.jerk_limits == (0.0,)
    assert np.allclose(np.array(config.spread), 0.0, atol=1e-3)


def test_a_rigid_person_has_rigid_bones() -> None:
    still = np.repeat(made_recording(1).positions, 40, axis=0)
    recording = replace(made_recording(40), positions=still)
    assert bone_std_mm(still, recording) == pytest.approx(0.0, abs=1e-4)
    breathing = still.copy()
    breathing[::2, 2, 1] += 0.02  # the right knee: thigh and shank, 10 mm of spread each, of ten bones
    assert bone_std_mm(breathing, recording) == pytest.approx(2.0, rel=0.05)
