import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from walker import walk

from kinetrace.motion.skeletons import BODY21, BONES, INDEX
from kinetrace.report.palette import MIDDLE
from kinetrace.report.stick_figures import bend, comparison, filmstrip, knee_traces, trace


def leg(angle: float) -> np.ndarray:
    motion = np.zeros((1, len(BODY21), 3))
    motion[:, INDEX["l_hip"]] = (0.0, 1.0, 0.0)
    motion[:, INDEX["l_knee"]] = (0.0, 0.5, 0.0)
    motion[:, INDEX["l_ankle"]] = (-0.5 * np.sin(angle), 0.5 - 0.5 * np.cos(angle), 0.0)
    return motion


@pytest.mark.parametrize("degrees", [0.0, 30.0, 90.0, 135.0])
def test_a_knee_bent_by_hand_has_that_bend(degrees: float) -> None:
    assert bend(leg(np.radians(degrees)), "l") == pytest.approx([degrees], abs=1e-6)


@given(st.floats(0.0, 3.0), st.floats(-3.0, 3.0), st.floats(0.5, 2.0))
@settings(deadline=None)
def test_the_bend_knows_neither_heading_nor_size(angle: float, yaw: float, size: float) -> None:
    turned = Rotation.from_euler("y", yaw).apply(leg(angle)[0]) * size
    assert np.allclose(bend(turned[None], "l"), bend(leg(angle), "l"), atol=1e-6)


def test_every_bone_between_known_joints_is_drawn_and_no_other() -> None:
    _, positions = walk(1.0)
    validity = np.full(positions.shape[:2], 2, np.uint8)
    full = filmstrip(positions, validity, poses=4)
    assert full.count("<line") == 4 * len(BONES) + 1
    validity[:, INDEX["head"]] = 0
    assert filmstrip(positions, validity, poses=4).count("<line") == 4 * (len(BONES) - 1) + 1


def test_a_comparison_draws_recorded_and_planned_at_three_moments() -> None:
    _, positions = walk(0.5)
    svg = comparison(positions, positions + np.array([0.1, 0.0, 0.0]), np.full(len(BODY21), 2, np.uint8))
    assert svg.count("<line") == 6 * len(BONES) + 1
    assert 'stroke-opacity="0.55"' in svg
    assert MIDDLE in svg


def test_a_trace_writes_its_range_and_one_line_a_series() -> None:
    svg = trace([(np.array([10.0, 20.0, 60.0]), "#111111", False), (np.array([5.0, 5.0]), "#222222", True)], "°")
    assert svg.count("<polyline") == 2
    assert ">60°<" in svg
    assert ">5°<" in svg


def test_a_knee_that_does_not_move_still_draws() -> None:
    still = np.repeat(leg(0.5), 3, axis=0)
    assert knee_traces(still, still).count("<polyline") == 4
    assert "nan" not in knee_traces(still, still)
