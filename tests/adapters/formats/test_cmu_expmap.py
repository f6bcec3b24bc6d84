from __future__ import annotations

import json

import numpy as np
import pytest

from adapters.formats.cmu_expmap import parse_expmap, parse_frames, parse_skeleton, rest_frames
from benchmarks.made_takes import cmu_skeleton, cmu_text, rows
from schemas.errors import CaptureError

SKELETON = parse_skeleton(json.dumps(cmu_skeleton()), "made")


def test_a_take_is_38_joints_in_metres_at_the_skeletons_rate() -> None:
    found = parse_expmap(cmu_text(6), SKELETON, "x")
    assert found.positions.shape == (6, 38, 3)
    assert (found.units, found.up, found.format, found.left_out) == ("m", "y", "cmu_expmap", ())
    assert found.rate_hz == pytest.approx(120.0)
    assert found.positions[0, 0, 1] == pytest.approx(17.0 * 0.05644)
    assert "56.44 mm" in found.remarks[0]


def test_a_rest_pose_before_the_motion_is_left_out_and_said() -> None:
    motion = cmu_text(6).splitlines()
    rest = np.zeros((2, 117))
    rest[:, 1] = 17.0
    rest[:, 3 + 3 * 21 + 2] = 1.2  # the left arm raised: its hand leaps
    found = parse_expmap(rows(rest) + "\n".join(motion), SKELETON, "x")
    assert len(found.positions) == 6 and found.time[0] == pytest.approx(2 / 120)
    assert found.left_out == ("frames 1 to 2: the skeleton's rest pose",)
    with pytest.raises(CaptureError, match="beside the rest pose and a damaged root, found 1"):
        parse_expmap(rows(rest) + motion[0], SKELETON, "x")


def test_motion_that_a_person_can_make_is_no_leap() -> None:
    steps = np.zeros((11, 38, 3))
    steps[:, 5, 0] = np.arange(11) * 0.29
    assert rest_frames(steps) == 0
    steps[4:, 5, 0] += 0.1
    assert rest_frames(steps) == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parents": [0] * 38}, "parents: expected -1, then for each joint an earlier one"),
        ({"parents": [-1, 5, *range(36)]}, "parents: expected -1"),
        ({"parents": [-1] * 3}, "parents"),
        ({"offsets_cmu_units": [[0.0, 0.0, 1e9]] * 38}, "offsets_cmu_units.0.2"),
        ({"cmu_unit_m": 0.0}, "cmu_unit_m"),
        ({"fps": 1e9}, "fps"),
    ],
)
def test_a_skeleton_that_is_none_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(CaptureError, match=message):
        parse_skeleton(json.dumps(cmu_skeleton() | change), "x")


def test_rotations_of_thousands_of_turns_are_refused() -> None:
    table = np.zeros((2, 117))
    table[1, 50] = 2e4
    with pytest.raises(CaptureError, match="rotations: expected at most 10000 rad, found 20000 rad"):
        parse_frames(rows(table), "x")
