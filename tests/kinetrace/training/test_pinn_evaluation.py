from __future__ import annotations

import numpy as np
import pytest
import torch
from made_pinn import made_recording, tiny_loaded

from kinetrace.models.pinn.weights import LoadedPinn
from kinetrace.training.pinn_evaluation import SavgolChoice, at_rate, denoising, shaken, tuned_savgol
from schemas.errors import ComputeError

CALM = [made_recording(60, speed=0.5, seed=k) for k in range(3)]
QUICK = [made_recording(60, speed=6.0, seed=k) for k in range(3)]


def silent() -> LoadedPinn:
    loaded = tiny_loaded()
    torch.nn.init.zeros_(loaded.network.head.linear.weight)
    return loaded


def test_noise_moves_a_joint_by_what_was_asked_for() -> None:
    far = np.linalg.norm(shaken(CALM[0], 20.0, 0) - CALM[0].positions, axis=-1)
    assert 1000 * far.mean() == pytest.approx(20.0, rel=0.05)
    assert not np.array_equal(shaken(CALM[0], 20.0, 0), shaken(CALM[0], 20.0, 1))


def test_calm_people_allow_a_longer_filter_than_quick_ones() -> None:
    assert tuned_savgol(CALM, 20.0, 0).window > tuned_savgol(QUICK, 20.0, 0).window


def test_a_filter_keeps_its_polynomials_and_shrinks_to_short_recordings() -> None:
    line = np.linspace(0, 1, 9)[:, None, None] * np.ones((9, 17, 3))
    assert np.allclose(SavgolChoice(31, 2).smooth(line), line)
    assert np.array_equal(SavgolChoice(31, 3).smooth(line[:3]), line[:3])


def test_an_encoder_that_changes_nothing_leaves_all_of_the_noise() -> None:
    found = denoising(silent(), CALM, CALM, 30.0, 20.0)
    assert found.model_mm == pytest.approx(found.noise_mm, rel=1e-3)
    assert found.jerk == pytest.approx(found.jerk_noisy, rel=1e-3)
    assert found.bone_std_mm == pytest.approx(found.bone_std_noisy_mm, rel=1e-3)
    assert found.savgol_mm < found.noise_mm
    assert found.jerk_savgol < found.jerk_noisy
    assert found.recordings == 3


def test_recordings_with_gaps_or_too_slow_are_not_judged() -> None:
    gappy = made_recording(60)
    gappy.present[10, 3] = False
    never = made_recording(60)
    never.present[:, 3] = False
    assert at_rate([gappy, never, made_recording(4)], 30.0, 8) == [never]
    with pytest.raises(ComputeError, match="at 100 Hz, found 0 to tune the filter on, 0 held out"):
        denoising(silent(), CALM, CALM, 100.0, 20.0)
