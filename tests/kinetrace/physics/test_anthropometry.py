import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.physics.anthropometry import RigidPart, c7_height, combine, segment_part, segments

LIMBS = ("upper_arm", "forearm", "hand", "thigh", "shank", "foot")


@pytest.mark.parametrize("sex", ["f", "m", "unknown"])
def test_the_segments_of_a_body_weigh_what_the_body_weighs(sex):
    table = segments(sex)
    assert table["head"].mass + table["trunk"].mass + 2 * sum(table[n].mass for n in LIMBS) == pytest.approx(
        1, abs=1e-12
    )


def test_a_thigh_of_a_woman_is_de_levas():
    thigh = segments("f")["thigh"]
    assert thigh.mass == pytest.approx(0.1478, abs=2e-4)
    assert (thigh.com, thigh.radii) == (0.3612, (0.369, 0.364, 0.162))


def test_unknown_sex_is_half_way():
    f, m, u = (segments(s)["shank"] for s in ("f", "m", "unknown"))
    assert u.com == pytest.approx((f.com + m.com) / 2)
    assert c7_height("unknown") == pytest.approx((c7_height("f") + c7_height("m")) / 2)


@given(st.floats(0.1, 5), st.floats(0.1, 5), st.floats(-1, 1))
def test_a_part_taken_away_again_leaves_the_rest_as_it_was(m1, m2, z):
    a = RigidPart(m1, np.array([0.0, 0.0, 0.2]), np.array([0.3, 0.2, 0.1]))
    b = RigidPart(m2, np.array([0.0, 0.0, z]), np.array([0.1, 0.1, 0.1]))
    rest = combine((combine((a, b)),), minus=(b,))
    assert rest.mass == pytest.approx(m1)
    assert np.allclose(rest.com, a.com, atol=1e-9)
    assert np.allclose(rest.inertia, a.inertia, atol=1e-9)


def test_two_point_masses_on_a_stick():
    ends = tuple(RigidPart(1.0, np.array([0, 0, z]), np.zeros(3)) for z in (0.0, 2.0))
    both = combine(ends)
    assert np.allclose(both.com, [0, 0, 1])
    assert np.allclose(both.inertia, [2, 2, 0])


def test_a_foot_lies_along_x():
    part = segment_part(segments("m")["foot"], 80.0, np.zeros(3), np.array([0.25, 0, 0]), long_axis=0)
    assert part.inertia.argmin() == 0
    assert part.com[0] == pytest.approx(0.4415 * 0.25)
