from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.models.heading import facing_yaw, facing_yaw_rate, from_heading, to_heading

ANGLE = st.floats(-3.1, 3.1)


@given(yaw=ANGLE, vector=st.tuples(*[st.floats(-5, 5)] * 3))
def test_there_and_back_is_the_identity_and_keeps_up_and_length(yaw: float, vector: tuple[float, ...]) -> None:
    v, turn = torch.tensor([vector], dtype=torch.float64), torch.tensor([yaw], dtype=torch.float64)
    seen = to_heading(v, turn)
    assert torch.allclose(from_heading(seen, turn), v, atol=1e-12)
    assert float(seen[0, 1]) == vector[1]
    assert torch.allclose(seen.norm(), v.norm())


@pytest.mark.parametrize(
    ("right", "left", "yaw", "facing"),
    [
        ((0.0, 0.9, 0.1), (0.0, 0.9, -0.1), 0.0, (1.0, 0.0, 0.0)),  # right hip towards +Z: faces +X
        ((0.1, 0.9, 0.0), (-0.1, 0.9, 0.0), math.pi / 2, (0.0, 0.0, -1.0)),  # right hip towards +X: faces -Z
        ((-0.1, 0.9, 0.0), (0.1, 0.9, 0.0), -math.pi / 2, (0.0, 0.0, 1.0)),
    ],
)
def test_the_pelvis_faces_up_cross_right(
    right: tuple[float, ...], left: tuple[float, ...], yaw: float, facing: tuple[float, ...]
) -> None:
    found = facing_yaw(torch.tensor([right]), torch.tensor([left]))
    assert float(found) == pytest.approx(yaw, abs=1e-6)
    forward = from_heading(torch.tensor([[1.0, 0.0, 0.0]]), found)
    assert forward[0].tolist() == pytest.approx(facing, abs=1e-6)


@given(yaw=ANGLE, rate=st.floats(-3, 3))
def test_the_yaw_rate_is_the_yaws_derivative(yaw: float, rate: float) -> None:
    across = torch.tensor([[math.sin(yaw), 0.0, math.cos(yaw)]], dtype=torch.float64)
    moving = rate * torch.tensor([[math.cos(yaw), 0.3, -math.sin(yaw)]], dtype=torch.float64)
    assert float(facing_yaw_rate(across, moving)) == pytest.approx(rate, abs=1e-9)


def test_hips_above_each_other_give_a_finite_rate() -> None:
    zero = torch.zeros(1, 3)
    assert float(facing_yaw_rate(zero, torch.ones(1, 3))) == 0.0
