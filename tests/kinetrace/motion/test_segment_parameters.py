"""De Leva's table against itself: the same mass seen from other end points, and what the two columns add up to."""

from __future__ import annotations

import pytest

from kinetrace.motion.segment_parameters import (
    ANKLE_HEIGHT,
    HIPS_TO_C7_M,
    LEG_OF_STATURE,
    SEGMENTS,
    STATURE_M,
    by_sex,
    pair,
)

LIMBS = ("upper_arm", "forearm", "hand", "thigh", "shank", "foot")
# The first half of the table has other end points for the same bodies: head to mid-gonion, trunk from suprasternale,
# shank to the lateral malleolus. Length, centre, radii; female, male.
OTHER_ENDS = {
    "head": ((0.2002, 0.5894, (0.330, 0.359, 0.318)), (0.2033, 0.5976, (0.362, 0.376, 0.312))),
    "trunk": ((0.5293, 0.4151, (0.357, 0.339, 0.171)), (0.5319, 0.4486, (0.372, 0.347, 0.191))),
    "shank": ((0.4323, 0.4416, (0.271, 0.267, 0.093)), (0.4340, 0.4459, (0.255, 0.249, 0.103))),
}


@pytest.mark.parametrize("column", [0, 1])
def test_the_masses_add_up_to_a_body(column: int) -> None:
    whole = SEGMENTS["head"][column].mass + SEGMENTS["trunk"][column].mass
    assert whole + 2 * sum(SEGMENTS[limb][column].mass for limb in LIMBS) == pytest.approx(1.0, abs=2e-4)


@pytest.mark.parametrize("name", OTHER_ENDS)
@pytest.mark.parametrize("column", [0, 1])
def test_a_mass_has_the_same_radii_in_metres_from_whatever_ends(name: str, column: int) -> None:
    length, _, radii = OTHER_ENDS[name][column]
    here = SEGMENTS[name][column]
    for other, own in zip(radii, here.radii, strict=True):
        assert other * length == pytest.approx(own * here.length_m, abs=6e-4)


@pytest.mark.parametrize("column", [0, 1])
def test_the_ends_that_two_definitions_share_are_as_far_from_the_centre(column: int) -> None:
    for name, from_upper_end in (("head", True), ("shank", True), ("trunk", False)):
        length, com, _ = OTHER_ENDS[name][column]
        here = SEGMENTS[name][column]
        other = com if from_upper_end else 1.0 - com
        own = here.com if from_upper_end else 1.0 - here.com
        assert other * length == pytest.approx(own * here.length_m, abs=2e-3)


def test_standing_on_its_soles_a_woman_of_the_table_is_as_tall_as_its_mean() -> None:
    stack = sum(pair(name, "length_m")[0] for name in ("thigh", "shank", "head")) + HIPS_TO_C7_M[0]
    assert stack + ANKLE_HEIGHT * STATURE_M["f"] == pytest.approx(STATURE_M["f"], abs=0.005)
    legs = [sum(pair(name, "length_m")[i] for name in ("thigh", "shank")) / STATURE_M[s] for i, s in enumerate("fm")]
    assert by_sex((legs[0], legs[1]), "unknown") == pytest.approx(LEG_OF_STATURE, abs=0.015)


def test_an_unknown_sex_is_half_way_and_an_unknown_segment_an_error() -> None:
    assert by_sex((1.0, 2.0), "unknown") == 1.5
    with pytest.raises(KeyError, match="tail"):
        pair("tail", "mass")
