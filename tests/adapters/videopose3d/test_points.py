"""The points of the fusion and BODY21."""

from __future__ import annotations

import numpy as np
import pytest
from made_sight import STATURE, made_clip

from adapters.videopose3d.points import BONES, LENGTHS, POINTS, bone_coefficients, from_body21, to_body21, usual_lengths
from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.simulation.person import make_person


def test_there_and_back_keeps_every_joint_of_the_simulated_person() -> None:
    made = made_clip(0.5)
    back = to_body21(from_body21(made.positions), "m")
    off = np.linalg.norm(back - made.positions, axis=2)
    assert off.max() < 0.02, dict(zip(BODY21, off.max(axis=0).round(3).tolist(), strict=True))


@pytest.mark.parametrize("sex", ["f", "m"])
def test_usual_lengths_are_the_simulated_persons(sex: str) -> None:
    person = make_person(STATURE, 70.0, sex)  # type: ignore[arg-type]
    lengths = dict(zip(LENGTHS, STATURE * usual_lengths(sex), strict=True))  # type: ignore[arg-type]
    assert lengths["thigh"] == pytest.approx(person.thigh, rel=1e-6)
    assert lengths["shank"] == pytest.approx(person.shank, rel=1e-6)
    assert lengths["hips"] == pytest.approx(2.0 * person.hip_half_width, rel=1e-6)


def test_a_bone_is_its_far_end_less_its_near_end() -> None:
    points = np.zeros((17, 3))
    points[POINTS.index("r_knee")] = (0.0, -0.4, 0.0)
    thigh = bone_coefficients()[[name for name, _, _ in BONES].index("thigh")]
    np.testing.assert_allclose(thigh @ points, (0.0, -0.4, 0.0))


def test_the_pelvis_lies_amid_the_hips() -> None:
    made = made_clip(0.5)
    body = to_body21(made.points, "m")
    middle = (body[:, INDEX["r_hip"]] + body[:, INDEX["l_hip"]]) / 2.0
    np.testing.assert_allclose(body[:, INDEX["pelvis"]], middle)


def test_a_name_that_is_no_point_is_refused() -> None:
    from adapters.videopose3d.points import coefficients

    with pytest.raises(KeyError, match="nose"):
        coefficients({"nose": 1.0})
