from __future__ import annotations

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from made_prediction import TINY, made_places

from kinetrace.models.cmu_protocol import COPIES, windows, zero_velocity
from kinetrace.models.motion_prediction.forecast import forecast
from kinetrace.models.motion_prediction.mirror import mirrored
from kinetrace.models.motion_prediction.network import MotionPredictor


def moving() -> MotionPredictor:
    """Make a network that predicts something, the same at every call."""
    network = MotionPredictor(TINY).eval()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in network.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator) * 0.2)
    return network


def test_an_untrained_network_is_zero_velocity() -> None:
    stretches = windows(made_places(60))
    with torch.random.fork_rng(devices=[]):
        found = forecast(MotionPredictor(TINY).eval(), stretches)
    want = zero_velocity(stretches)
    want[:, :, list(COPIES)] = want[:, :, list(COPIES.values())]
    np.testing.assert_allclose(found, want, atol=1e-3)


def test_the_future_is_not_read() -> None:
    network, stretches = moving(), windows(made_places(60)).copy()
    other = stretches.copy()
    other[:, 10:] = 0.0
    np.testing.assert_array_equal(forecast(network, stretches), forecast(network, other))


def test_mirrored_motions_have_mirrored_futures() -> None:
    network, places = moving(), made_places(60)
    straight = forecast(network, windows(places))
    turned = forecast(network, windows(mirrored(places)))
    assert np.abs(straight - windows(places)[:, 9:10]).max() > 10.0
    joints = [j for j in range(38) if j not in COPIES]
    want = np.stack([mirrored(one) for one in straight])
    np.testing.assert_allclose(turned[:, :, joints], want[:, :, joints], atol=0.01)


def test_another_unit_scales_the_forecast_and_windows_are_independent() -> None:
    network, stretches = moving(), windows(made_places(340))
    whole = forecast(network, stretches)
    np.testing.assert_allclose(forecast(network, stretches * 0.8, 56.0), whole * 0.8, atol=1e-2)
    np.testing.assert_allclose(forecast(network, stretches[300:302]), whole[300:302], atol=1e-2)
    assert forecast(network, stretches[:0]).shape == (0, 25, 38, 3)


def test_windows_of_another_length_are_refused() -> None:
    with pytest.raises(TypeCheckError, match="windows 35 38 3"):
        forecast(moving(), np.zeros((1, 34, 38, 3)))
