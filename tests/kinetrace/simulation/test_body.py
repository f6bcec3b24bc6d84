"""Placing BODY21: bone lengths, the knee, the sole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.motion.skeletons import BONES
from kinetrace.simulation.body import Drive, knee_joint, knee_of_leg, leg_length, positions, sole
from kinetrace.simulation.person import make_person
from kinetrace.simulation.truth import sagittal_angles

PERSON = make_person(1.75, 70.0, "m")


def standing(frames: int = 1, **changes: np.ndarray) -> Drive:
    still = np.zeros(frames)
    ankle = np.zeros((frames, 2, 3))
    ankle[:, :, 1], ankle[:, 0, 2], ankle[:, 1, 2] = PERSON.ankle_height, -0.0875, 0.0875
    height = PERSON.ankle_height + PERSON.leg - 1e-9
    given_ = {
        "pelvis": np.tile([0.0, height, 0.0], (frames, 1)), "pelvis_yaw": still, "trunk_lean": still, "trunk_list": still,
        "thorax_yaw": still, "ankle": ankle, "foot_pitch": np.zeros((frames, 2)), "shoulder": np.zeros((frames, 2)),
        "elbow": np.zeros((frames, 2)),
    }  # fmt: skip
    return Drive(**{**given_, **changes})


@given(st.floats(-0.5, 0.8), st.floats(-0.5, 0.5), st.floats(-0.6, 0.6), st.floats(0.0, 0.2), st.floats(-0.1, 0.1))
def test_bones_keep_their_length_whatever_the_pose(
    lean: float, tilt: float, yaw: float, down: float, aside: float
) -> None:
    rest = positions(PERSON, standing())
    pelvis = np.array([[0.0, rest[0, 0, 1] - 0.05 - down, aside]])
    one = np.ones(1)
    moved = positions(
        PERSON,
        standing(
            pelvis=pelvis, trunk_lean=lean * one, trunk_list=tilt * one, thorax_yaw=yaw * one, pelvis_yaw=0.3 * yaw * one,
            shoulder=np.array([[lean, tilt]]), elbow=np.array([[0.3, 0.9]]), foot_pitch=np.array([[tilt, lean]]),
        ),
    )  # fmt: skip
    rigid = [bone for bone in BONES if bone not in ((5, 19), (2, 17), (3, 17), (6, 19))]
    for a, b in rigid:
        before, after = (np.linalg.norm(p[0, a] - p[0, b]) for p in (rest, moved))
        assert after == pytest.approx(before, abs=1e-9)


def test_upright_standing_reaches_the_stature_and_every_angle_is_zero() -> None:
    body = positions(PERSON, standing())
    assert body[0, 10, 1] == pytest.approx(1.75, abs=1e-6)
    np.testing.assert_allclose(sagittal_angles(body), 0.0, atol=1e-3)


def test_a_right_angled_leg_has_its_knee_in_front() -> None:
    person = PERSON
    hip = np.array([[0.0, 1.0, 0.0]])
    ankle = hip - [[0.0, float(np.hypot(person.thigh, person.shank)), 0.0]]
    knee = knee_joint(person, hip, ankle)
    assert knee[0, 0] > 0.2
    assert np.dot(hip[0] - knee[0], ankle[0] - knee[0]) == pytest.approx(0.0, abs=1e-12)


def test_knee_and_leg_length_are_inverse() -> None:
    knee = np.radians([5.0, 60.0, 120.0])
    np.testing.assert_allclose(knee_of_leg(PERSON, leg_length(PERSON, knee)), knee)


def test_a_foot_with_its_toes_up_has_its_toe_above_its_heel() -> None:
    heel, toe = sole(PERSON, np.array([[0.0, PERSON.ankle_height, 0.0]]), np.array([0.2]))
    assert toe[0, 1] > 0 > heel[0, 1]


def test_an_ankle_out_of_reach_is_refused() -> None:
    with pytest.raises(ValueError, match=r"leg of 0\.849 m cannot span 1\.000 to 1\.000 m"):
        knee_joint(PERSON, np.array([[0.0, 1.0, 0.0]]), np.zeros((1, 3)))
