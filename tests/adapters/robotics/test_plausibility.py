from __future__ import annotations

import numpy as np
import pytest

from adapters.robotics.body import Body, Method
from adapters.robotics.plausibility import asymmetry, refuse_implausible, tracked_fraction
from adapters.robotics.units import Unit
from kinetrace.motion.skeletons import INDEX
from schemas.errors import CaptureError, UnitsError


def _body(scale: float = 1.0, skip: str = "") -> Body:
    body = Body.empty(10)
    places = {"pelvis": (0, 0.9, 0)}
    for side, z in (("r", 0.1), ("l", -0.1)):
        places |= {f"{side}_hip": (0, 0.9, z), f"{side}_knee": (0, 0.5, z), f"{side}_ankle": (0, 0.1, z)}
    for joint, place in places.items():
        if joint != skip:
            body.put(joint, np.tile(np.array(place) * scale, (10, 1)), Method("made"))
    return body


def test_a_persons_legs_pass() -> None:
    refuse_implausible(_body(), "x", "m")
    assert tracked_fraction(_body()) == 1.0


@pytest.mark.parametrize("scale", [17.0, 0.01])
def test_a_giant_and_a_dwarf_are_refused(scale: float) -> None:
    with pytest.raises(UnitsError, match=r"r_hip to r_knee: expected 0.12 to 0.75 m"):
        refuse_implausible(_body(scale), "x", "m")


@pytest.mark.parametrize(
    ("scale", "unit", "fix"),
    [
        (1000.0, "m", "says: units: mm (the stature that the legs make is then 1.63 m)."),
        (10.0, "cm", "says: units: mm (the stature that the legs make is then 1.63 m)."),
        (0.001, "mm", "says: units: m (the stature that the legs make is then 1.63 m)."),
        (20.0, "m", "No unit makes this a person (the stature that the legs make: 32.6 m if in m, 0.326 m if in cm, "),
        (20.0, None, "The legs make a stature of 32.6 m: it is read as metres, its scale is wrong;"),
        (1000.0, None, "a stature of 1.63e+03 m: it is read as metres, it seems to be in mm; export it again in m"),
    ],
)
def test_a_unit_is_named_only_where_it_makes_a_person(scale: float, unit: Unit | None, fix: str) -> None:
    with pytest.raises(UnitsError) as caught:
        refuse_implausible(_body(scale), "x", unit)
    assert fix in caught.value.fix
    assert unit is not None or "mapping" not in caught.value.fix


@pytest.mark.parametrize(("unit", "mapping"), [("m", True), (None, False)])
def test_one_odd_segment_in_a_person_is_no_matter_of_units(unit: Unit | None, mapping: bool) -> None:
    body = _body()
    body.positions[:, INDEX["l_hip"], 2] -= 0.6
    with pytest.raises(UnitsError, match=r"r_hip to l_hip") as caught:
        refuse_implausible(body, "x", unit)
    assert "so the unit is right: correct r_hip and l_hip" in caught.value.fix
    assert ("--mapping" in caught.value.fix) == mapping


def test_a_needed_joint_missing_in_every_frame_is_refused() -> None:
    with pytest.raises(CaptureError, match=r"l_knee: expected .*found missing in every frame"):
        refuse_implausible(_body(skip="l_knee"), "x", "m")
    with pytest.raises(CaptureError) as caught:
        refuse_implausible(_body(skip="l_knee"), "x", None)
    assert caught.value.fix == "Record these joints."


def test_joints_never_seen_together_have_no_length() -> None:
    body = _body()
    for start, joint in ((0, "r_hip"), (5, "r_knee"), (0, "l_hip"), (5, "l_knee")):
        body.positions[start : start + 5, INDEX[joint]] = np.nan
    with pytest.raises(UnitsError, match=r"found never both in one frame.*same frames"):
        refuse_implausible(body, "x", "m")


def test_a_frame_counts_as_tracked_when_every_needed_joint_is_there() -> None:
    body = _body()
    body.validity[:3, 2] = 0
    assert tracked_fraction(body) == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("shorter", "said"), [(0.93, ()), (0.80, ("left shank 0.32 m, right 0.40 m: kept as measured",))]
)
def test_sides_that_differ_by_more_than_a_tenth_are_said(shorter: float, said: tuple[str, ...]) -> None:
    body = _body()
    knee, ankle = INDEX["l_knee"], INDEX["l_ankle"]
    body.positions[:, ankle] = body.positions[:, knee] + shorter * (body.positions[:, ankle] - body.positions[:, knee])
    assert asymmetry(body) == said


def test_a_leg_that_is_short_only_while_it_is_bent_is_not_said() -> None:
    body = _body()
    body.positions[2:, INDEX["l_ankle"], 1] += 0.06  # the marker slips while the knee is bent, in 8 frames of 10
    assert asymmetry(body) == ()


def test_a_leg_without_an_ankle_says_nothing() -> None:
    assert asymmetry(_body(skip="l_ankle")) == ()
