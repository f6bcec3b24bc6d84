from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinetrace.motion.skeletons import joint_index
from schemas.alignment import AlignmentParams
from schemas.errors import AlignmentError
from stages.s01_alignment.checks import alignment_checks, refuse_failed, stature

Make = Callable[..., np.ndarray]
PARAMS = AlignmentParams()


def _checks(positions: np.ndarray, valid: np.ndarray, **options: float):  # type: ignore[no-untyped-def]
    return alignment_checks(positions, valid, options.get("facing", 0.0), options.get("height"), PARAMS)


def test_a_person_on_the_floor_passes_everything(make_person: Make, make_marks: Make) -> None:
    checks = _checks(make_person(), make_marks(), height=1.75)
    assert all(check.ok for check in checks)
    refuse_failed(checks)
    assert stature(make_person(), make_marks()) == pytest.approx(0.86 / 0.491, abs=1e-5)  # legs of 0.43 + 0.43 m


@pytest.mark.parametrize(
    ("change", "name"),
    [("upside_down", "pelvis_above_soles_m"), ("giant", "stature_m"), ("floating", "sole_floor_gap_m")],
)
def test_an_impossible_world_is_refused(make_person: Make, make_marks: Make, change: str, name: str) -> None:
    positions = make_person()
    if change == "upside_down":
        positions[:, :, 1] = -positions[:, :, 1]
    elif change == "giant":
        positions = positions * np.float32(2.0)
    else:
        positions[:, :, 1] += 0.5
    with pytest.raises(AlignmentError, match=name):
        refuse_failed(_checks(positions, make_marks()))


def test_lesser_faults_are_marked_with_their_figure_and_not_refused(make_person: Make, make_marks: Make) -> None:
    positions = make_person()
    positions[:5, joint_index("r_toe"), 1] = -0.06
    positions[:, joint_index("l_ankle"), 1] -= 0.3
    checks = _checks(positions, make_marks(), facing=170.0, height=1.2)
    failed = {check.name: check.value for check in checks if not check.ok}
    assert set(failed) == {
        "sole_clearance_m", "leg_side_difference", "facing_against_travel_deg", "stature_against_declared",
    }  # fmt: skip
    assert failed["sole_clearance_m"] == pytest.approx(-0.06, abs=1e-6)
    refuse_failed(checks)


def test_a_leg_that_is_never_seen_whole_is_refused(make_person: Make, make_marks: Make) -> None:
    valid = make_marks()
    valid[::2, joint_index("r_knee")] = 0
    valid[1::2, joint_index("r_ankle")] = 0
    with pytest.raises(AlignmentError, match=r"r_knee to r_ankle: expected both in some frame"):
        _checks(make_person(), valid)
