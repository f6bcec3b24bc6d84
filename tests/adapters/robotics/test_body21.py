from __future__ import annotations

import numpy as np
import pytest

from adapters.robotics.body import Body, Method
from adapters.robotics.body21 import place_trunk
from adapters.robotics.proportions import trunk_ratios
from schemas.motion import Validity


def _body() -> Body:
    body = Body.empty(3)
    for joint, place in (("pelvis", (0, 1.0, 0)), ("l_shoulder", (0, 1.5, -0.2)), ("r_shoulder", (0, 1.5, 0.2))):
        body.put(joint, np.tile(np.array(place, dtype=float), (3, 1)), Method("made"))
    return body


def test_thorax_and_spine_are_midpoints_and_the_head_is_along_the_trunk() -> None:
    body = _body()
    place_trunk(body, "m")
    np.testing.assert_allclose(body.get("thorax")[0], [0, 1.5, 0])
    np.testing.assert_allclose(body.get("spine")[0], [0, 1.25, 0])
    # de Leva, male: C7 is (603.3 - 515.5) / 515.5 trunk lengths above the shoulders, the vertex 242.9 / 515.5 above C7
    c7, head = 1.5 + 0.5 * 87.8 / 515.5, 0.5 * 242.9 / 515.5
    np.testing.assert_allclose(body.get("head")[0], [0, c7 + head, 0], atol=1e-4)
    np.testing.assert_allclose(body.get("neck")[0], [0, c7 + head / 3, 0], atol=1e-4)
    assert (body.validity[:, [9, 10]] == Validity.INFERRED).all()


def test_a_recorded_c7_and_vertex_are_used_and_measured() -> None:
    body = _body()
    place_trunk(body, "f", c7=np.full((3, 3), 1.6), vertex=np.full((3, 3), 1.9))
    np.testing.assert_allclose(body.get("neck"), 1.7)
    assert (body.validity[:, [9, 10]] == Validity.MEASURED).all()


def test_without_shoulders_nothing_is_invented() -> None:
    body = Body.empty(3)
    body.put("pelvis", np.ones((3, 3)), Method("made"))
    place_trunk(body, "f")
    assert not body.has("thorax") and not body.has("head")


def test_an_unknown_sex_lies_between_both() -> None:
    f, m, mean = trunk_ratios("f"), trunk_ratios("m"), trunk_ratios("unknown")
    assert m.c7_above_thorax < mean.c7_above_thorax < f.c7_above_thorax
    assert mean.head == pytest.approx((f.head + m.head) / 2, abs=0.001)


def test_a_joint_is_not_overwritten_and_no_better_than_what_it_comes_from() -> None:
    body = _body()
    body.put("pelvis", np.zeros((3, 3)), Method("later"))
    assert (body.get("pelvis") == (0.0, 1.0, 0.0)).all() and body.methods["pelvis"].text == "made"
    body.validity[1, 0] = Validity.INFERRED
    np.testing.assert_array_equal(body.weakest("pelvis", "l_shoulder"), [2, 1, 2])
