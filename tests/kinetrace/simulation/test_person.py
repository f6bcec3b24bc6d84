"""The simulated person: proportions and refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.simulation.person import make_person
from schemas.errors import UsageError


@given(st.floats(0.6, 2.4), st.sampled_from(["f", "m", "unknown"]))
def test_segments_from_sole_to_vertex_add_up_to_the_stature(height: float, sex: str) -> None:
    p = make_person(height, 70.0, sex)  # type: ignore[arg-type]
    assert p.ankle_height + p.shank + p.thigh + p.hip_to_c7 + p.head == pytest.approx(height)


def test_a_man_of_de_levas_mean_stature_has_his_thigh_within_two_and_a_half_percent() -> None:
    assert make_person(1.741, 73.0, "m").thigh == pytest.approx(0.4222, rel=0.025)


def test_an_unknown_sex_lies_between_both() -> None:
    f, m, u = (make_person(1.7, 70.0, s).thigh for s in ("f", "m", "unknown"))  # type: ignore[arg-type]
    assert f < u < m


@pytest.mark.parametrize(
    ("height", "mass", "text"),
    [
        (30.0, 70.0, r"height_m: expected 0\.6 to 2\.4 m, found 30 m"),
        (1.7, 0.0, r"mass_kg: expected 5 to 400 kg, found 0 kg"),
    ],
)
def test_a_body_that_nobody_has_is_refused(height: float, mass: float, text: str) -> None:
    with pytest.raises(UsageError, match=text):
        make_person(height, mass, "m")
