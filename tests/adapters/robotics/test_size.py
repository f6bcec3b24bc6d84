from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.formats.marker_file import MarkerFile
from adapters.robotics.body import Body
from adapters.robotics.size import fitted, in_metres, leg_stature
from kinetrace.motion.segment_parameters import LEG_OF_STATURE
from kinetrace.motion.skeletons import INDEX
from schemas.capture import SubjectInfo
from schemas.errors import UnitsError
from schemas.motion import Validity

FILE = MarkerFile(("a",), np.ones((3, 1, 3)), np.arange(3.0), "m", None, size="reference", stature_m=1.8)


def _body(stature: float, frames: int = 4) -> Body:
    """Legs of a person, straight down from hips that move ahead by 0.1 m a frame."""
    body = Body.empty(frames)
    half = LEG_OF_STATURE * stature / 2
    for side in "rl":
        for joint, drop in (("hip", 0.0), ("knee", half), ("ankle", 2 * half)):
            places = np.stack([np.arange(frames) * 0.1, np.full(frames, 1.0 - drop), np.zeros(frames)], axis=1)
            body.positions[:, INDEX[f"{side}_{joint}"]] = places
            body.validity[:, INDEX[f"{side}_{joint}"]] = Validity.MEASURED
    body.positions[:, INDEX["pelvis"]] = body.get("r_hip")
    body.validity[:, INDEX["pelvis"]] = Validity.MEASURED
    return body


@given(st.floats(0.7, 2.2), st.floats(0.7, 2.2))
def test_legs_are_the_declared_persons_afterwards_or_were_near_enough(true: float, found: float) -> None:
    body, said = fitted(_body(found), true)
    stature = leg_stature(body)
    assert stature is not None and abs(stature / true - 1.0) <= 0.10 + 1e-9
    assert len(said) == 1 and f"{true:.2f} m is declared" in said[0]
    assert ("scaled" in said[0]) == (abs(found / true - 1.0) > 0.10)


def test_a_default_sized_body_of_a_small_person_shrinks_with_its_path_about_the_floor() -> None:
    body, said = fitted(_body(1.8), 1.5)
    assert said == ("the legs make a stature of 1.80 m, 1.50 m is declared (+20.0%): everything was scaled by 0.833",)
    pelvis = body.get("pelvis")
    np.testing.assert_allclose(np.diff(pelvis[:, 0]), 0.1 * 1.5 / 1.8)
    floor = 1.0 - LEG_OF_STATURE * 1.8
    np.testing.assert_allclose(body.get("r_ankle")[:, 1], floor)


def test_without_a_stature_or_legs_nothing_changes() -> None:
    body = _body(1.8)
    assert fitted(body, None) == (body, ()) and fitted(Body.empty(3), 1.7)[1] == ()
    giant = _body(17.0)
    assert fitted(giant, 1.7) == (giant, ())  # no person at all: refused elsewhere


def test_a_reference_is_scaled_by_the_stature_and_refused_without_one() -> None:
    scaled = in_metres(FILE, SubjectInfo(id="s", height_m=1.5), "x")
    np.testing.assert_allclose(scaled.positions, 1.5 / 1.8)
    assert "a stature of 1.80 became 1.50 m" in scaled.remarks[-1]
    with pytest.raises(UnitsError, match=r"size: expected metres, or a declared stature.*--height"):
        in_metres(FILE, SubjectInfo(id="s"), "x")
    measured = replace(FILE, size="measured", stature_m=None)
    assert in_metres(measured, SubjectInfo(id="s"), "x") is measured
