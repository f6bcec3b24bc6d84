from __future__ import annotations

import numpy as np
import pytest

from adapters.robotics.body import Body, Method
from adapters.robotics.plausibility import refuse_implausible, tracked_fraction
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
    refuse_implausible(_body(), "x")
    assert tracked_fraction(_body()) == 1.0


@pytest.mark.parametrize("scale", [17.0, 0.01])
def test_a_giant_and_a_dwarf_are_refused(scale: float) -> None:
    with pytest.raises(UnitsError, match=r"r_hip to r_knee: expected 0.12 to 0.75 m"):
        refuse_implausible(_body(scale), "x")


def test_a_needed_joint_missing_in_every_frame_is_refused() -> None:
    with pytest.raises(CaptureError, match=r"l_knee: expected .*found missing in every frame"):
        refuse_implausible(_body(skip="l_knee"), "x")


def test_a_frame_counts_as_tracked_when_every_needed_joint_is_there() -> None:
    body = _body()
    body.validity[:3, 2] = 0
    assert tracked_fraction(body) == pytest.approx(0.7)
