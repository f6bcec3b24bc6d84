"""Joint angles against angles that were put in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from kinetrace.motion.kinematics import facing, foot_pitch, leg_length, sagittal_angles, segment_lengths
from kinetrace.motion.skeletons import INDEX
from schemas.physical_state import ANGLES

FLAT = (0.0, 0.0)


def column(name: str) -> int:
    return ANGLES.index(name)


def test_standing_straight_is_zero_everywhere(standing):
    angles, valid = sagittal_angles(standing.positions, standing.validity, FLAT)
    assert valid.all()
    assert np.abs(angles).max() < 1e-12


def test_a_squat_gives_back_the_angles_it_was_made_with(make_squats):
    made = make_squats(count=1, flexion_deg=90.0)
    angles, _ = sagittal_angles(made.positions, made.validity, FLAT)
    deepest = np.argmin(made.positions[:, 0, 1])
    degrees = np.degrees(angles[deepest])
    for side in "rl":
        assert degrees[column(f"knee_{side}")] == pytest.approx(90.0, abs=0.5)
        assert degrees[column(f"ankle_{side}")] == pytest.approx(0.35 * 90, abs=0.5)
        assert degrees[column(f"hip_{side}")] == pytest.approx(0.65 * 90 + 45, abs=0.5)
    assert degrees[column("trunk")] == pytest.approx(45.0, abs=0.5)


@given(st.floats(-np.pi, np.pi), st.floats(-5, 5), st.floats(-5, 5))
@settings(max_examples=20, deadline=None)
def test_angles_do_not_depend_on_where_one_stands_or_which_way_one_faces(yaw, x, z):
    rng = np.random.default_rng(0)
    p = rng.normal(size=(4, 21, 3))
    p[:, INDEX["r_hip"]], p[:, INDEX["l_hip"]] = [0.0, 0.9, 0.1], [0.0, 0.9, -0.1]
    validity = np.full((4, 21), 2, dtype=np.uint8)
    turned = Rotation.from_euler("y", yaw).apply(p.reshape(-1, 3)).reshape(p.shape) + np.array([x, 0.0, z])
    before, _ = sagittal_angles(p, validity, (0.1, 0.2))
    after, _ = sagittal_angles(turned, validity, (0.1, 0.2))
    assert np.abs(np.angle(np.exp(1j * (before - after)))).max() < 1e-9


def test_the_pitch_of_a_flat_foot_is_no_dorsiflexion(standing):
    p = standing.positions.copy()
    p[:, [INDEX["r_toe"], INDEX["l_toe"]], 1] += 0.02
    pitch = float(foot_pitch(p, "r")[0])
    angles, _ = sagittal_angles(p, standing.validity, (pitch, pitch))
    assert pitch == pytest.approx(np.arctan(0.02 / 0.23))
    assert np.abs(angles[:, column("ankle_r")]).max() < 1e-12


def test_an_angle_with_a_missing_end_is_not_known(standing):
    validity = standing.validity
    validity[:10, INDEX["l_ankle"]] = 0
    _, valid = sagittal_angles(standing.positions, validity, FLAT)
    assert not valid[:10, [column("knee_l"), column("ankle_l")]].any()
    assert valid[:10, [column("hip_l"), column("knee_r")]].all()
    assert valid[10:].all()


def test_without_shoulders_the_hip_is_held_against_the_vertical(make_squats):
    made = make_squats(count=1)
    validity = made.validity
    validity[:, INDEX["thorax"]] = 0
    angles, valid = sagittal_angles(made.positions, validity, FLAT)
    deepest = np.argmin(made.positions[:, 0, 1])
    assert np.degrees(angles[deepest, column("hip_r")]) == pytest.approx(0.65 * 90, abs=0.5)
    assert valid[:, column("hip_r")].all()
    assert not valid[:, column("trunk")].any()


def test_someone_lying_on_a_side_faces_nowhere_known(standing):
    p = standing.positions.copy()
    p[:, INDEX["r_hip"]] = p[:, INDEX["l_hip"]] + [0.0, 0.2, 0.01]
    _, known = facing(p, standing.validity)
    assert not known.any()


def test_lengths_are_medians_of_the_frames_that_have_both_ends(standing):
    p, validity = standing.positions.copy(), standing.validity
    p[:5, INDEX["r_knee"]] = 50.0
    validity[:, INDEX["l_wrist"]] = 0
    lengths = segment_lengths(p, validity)
    assert lengths["thigh_r"] == pytest.approx(0.40)
    assert lengths["pelvis_width"] == pytest.approx(0.2)
    assert leg_length(lengths) == pytest.approx(0.82)
    assert "forearm_l" not in lengths
