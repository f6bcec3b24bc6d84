from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.robotics.body import Body, Method
from adapters.robotics.feet import complete_feet, pitch_above_floor
from adapters.robotics.proportions import ANKLE_HEIGHT, HEEL_BACK, TOE_FORWARD, foot_length
from schemas.motion import Validity

FOOT = foot_length("unknown")


@given(st.floats(-1.5, 1.5), st.floats(0.05, 1.0))
def test_no_sole_point_goes_through_the_floor(wanted: float, clearance: float) -> None:
    (pitch,) = pitch_above_floor(np.array([wanted]), np.array([clearance]), FOOT)
    heel = clearance - HEEL_BACK * FOOT * np.sin(pitch) - ANKLE_HEIGHT * np.cos(pitch)
    toe = clearance + TOE_FORWARD * FOOT * np.sin(pitch) - ANKLE_HEIGHT * np.cos(pitch)
    assert min(heel, toe) >= min(0.0, clearance - ANKLE_HEIGHT) - 1e-9
    assert abs(pitch) <= abs(wanted) + 1e-12


def test_a_standing_foot_is_flat_and_a_lifted_one_free() -> None:
    pitch = pitch_above_floor(np.array([-0.5, 0.5, -0.5]), np.array([ANKLE_HEIGHT, ANKLE_HEIGHT, 1.0]), FOOT)
    np.testing.assert_allclose(pitch, [0.0, 0.0, -0.5], atol=1e-9)


def _legs(lean: float = 0.0) -> Body:
    body = Body.empty(10)
    for side, z in (("r", 0.1), ("l", -0.1)):
        for joint, place in (("hip", (0, 0.9, z)), ("knee", (0.45 * np.sin(lean), 0.5, z)), ("ankle", (0, 0.07, z))):
            body.put(f"{side}_{joint}", np.tile(np.array(place, dtype=float), (10, 1)), Method("made"))
    return body


def test_feet_point_where_the_pelvis_faces_and_stand_flat_although_the_shank_leans() -> None:
    body = _legs(lean=0.4)
    complete_feet(body, "unknown")
    heel, toe, ankle = body.get("r_heel")[0], body.get("r_toe")[0], body.get("r_ankle")[0]
    assert heel[0] < ankle[0] < toe[0]
    assert heel[1] == pytest.approx(toe[1]) and heel[2] == pytest.approx(ankle[2])
    assert (body.validity[:, 17:] == Validity.INFERRED).all()


def test_a_heel_follows_from_a_known_toe() -> None:
    flat, body = _legs(), _legs()
    complete_feet(flat, "m")
    body.put("r_toe", flat.get("r_toe"), Method("marker"))
    complete_feet(body, "m")
    np.testing.assert_allclose(body.get("r_heel"), flat.get("r_heel"), atol=1e-9)
    assert body.methods["r_toe"].text == "marker" and "shank and toe" in body.methods["r_heel"].text


def test_a_foot_that_was_measured_is_left_alone() -> None:
    body = _legs()
    body.put("r_heel", np.full((10, 3), 0.5), Method("marker"))
    body.put("r_toe", np.full((10, 3), 0.7), Method("marker"))
    complete_feet(body, "unknown")
    assert (body.get("r_heel") == 0.5).all() and (body.get("r_toe") == 0.7).all()
