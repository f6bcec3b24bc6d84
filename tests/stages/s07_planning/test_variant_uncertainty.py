import numpy as np
import pytest
import torch
from made_latent import PoseModel
from made_model import JOINTS, squat_states
from torch import nn

from kinetrace.models.expected_error import ExpectedError
from kinetrace.models.uncertainty import ForecastUncertainty
from stages.s07_planning.rollouts import roll_out
from stages.s07_planning.variant_uncertainty import KnownErrors, variant_errors

STATES = squat_states(90)
HORIZONS_S = (1 / 30, 0.5)


def known(usual_m: float, slope: float = 0.0) -> KnownErrors:
    """Expects an error that grows with how far joints go by a power."""
    joints = len(JOINTS)
    columns, outputs = 2 * joints + joints, 2 * joints
    network = nn.Linear(columns, outputs)
    nn.init.zeros_(network.weight)
    nn.init.zeros_(network.bias)
    with torch.no_grad():
        network.weight[:, : 2 * joints] = slope * torch.eye(2 * joints)
    usual = torch.full((outputs,), float(np.log(usual_m)))
    expected = ExpectedError(torch.zeros(columns), torch.ones(columns), usual, network)
    radius = np.full((3, 2, joints), 2.0)
    shipped = ForecastUncertainty(JOINTS, HORIZONS_S, (0.8, 0.9, 0.95), expected, radius, "e" * 64)
    return KnownErrors(shipped, radius[1])


def errors(of: KnownErrors, size: float, horizon: int):
    change = size * np.ones((2, 21))
    change[1] *= 10
    starts = np.array([20, 20])
    rollout = roll_out(PoseModel(), STATES, starts, change, horizon)
    return variant_errors(PoseModel(), of, STATES[starts], rollout)


def test_an_error_that_is_the_same_everywhere_is_reported_as_it_is():
    found = errors(known(0.02), 0.01, 15)
    assert found.expected_mm == pytest.approx([20.0, 20.0], rel=1e-3)
    assert found.radius_90_mm == pytest.approx([40.0, 40.0], rel=1e-3)


def test_a_variant_that_goes_farther_is_less_certain():
    found = errors(known(0.02, slope=0.5), 0.005, 15)
    assert found.expected_mm[1] > 2 * found.expected_mm[0]


def test_steps_beyond_the_last_horizon_are_left_out():
    assert errors(known(0.02), 0.01, 30).expected_mm == pytest.approx([20.0, 20.0], rel=1e-3)
