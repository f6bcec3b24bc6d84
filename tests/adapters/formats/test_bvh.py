from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from adapters.formats.bvh import parse_bvh, read_bvh
from benchmarks.made_takes import bvh_text
from schemas.errors import CaptureError

TWO = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation
  JOINT Arm
  {
    OFFSET 1 0 0
    CHANNELS 3 %s
    End Site
    {
      OFFSET 0 2 0
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.0333333
0 0 0  0 0 0  0 0 0
10 20 30  90 0 0  %s
"""


@settings(max_examples=40, deadline=None)
@given(
    st.permutations(["Xrotation", "Yrotation", "Zrotation"]),
    st.tuples(*[st.floats(-180, 180).map(lambda v: round(v, 3))] * 3),
)
def test_a_joint_turns_in_the_order_that_it_lists(order: list[str], angles: tuple[float, float, float]) -> None:
    found = parse_bvh(TWO % (" ".join(order), " ".join(map(str, angles))), "x")
    turn = Rotation.identity()
    for name, angle in zip(order, angles, strict=True):
        turn = turn * Rotation.from_euler(name[0].lower(), angle, degrees=True)
    quarter = Rotation.from_euler("z", 90, degrees=True)
    root = np.array([10.0, 20.0, 30.0])
    np.testing.assert_allclose(found.positions[1, 1], root + quarter.apply([1, 0, 0]), atol=1e-9)
    end = root + quarter.apply([1, 0, 0]) + (quarter * turn).apply([0, 2, 0])
    np.testing.assert_allclose(found.positions[1, 2], end, atol=1e-9)


def test_names_rate_and_end_sites_are_read() -> None:
    found = parse_bvh(bvh_text(8), "x")
    assert {"Hips", "LeftUpLeg", "LeftToeBaseEnd", "HeadEnd"} <= set(found.names)
    assert found.rate_hz == 60.0 and len(found.time) == 8  # .0166667 s is meant as 1/60
    assert (found.up, found.format) == ("y", "bvh")


@pytest.mark.parametrize(("scale", "unit"), [(0.01, "m"), (1.0, "cm"), (10.0, "mm")])
def test_the_unit_is_the_one_that_makes_a_person_and_is_said(scale: float, unit: str) -> None:
    found = parse_bvh(bvh_text(4, scale=scale), "x")
    assert found.units == unit
    assert found.remarks == (f"BVH names no unit: {unit}, which makes a person of the skeleton",)


def test_no_unit_is_made_up_where_none_fits() -> None:
    found = parse_bvh(bvh_text(4, scale=3000.0), "x")
    assert found.units is None and found.remarks == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("HIERARCHY", "HIERARCHIE", "line 1: expected HIERARCHY"),
        ("MOTION", "MOTON", "expected a line of a hierarchy, found 'MOTON'"),
        ("  OFFSET 1 0 0", "  OFFSET 1 0", "line 8: expected a line of a hierarchy"),
        ("    OFFSET 1 0 0\n", "", "Arm: expected an OFFSET and a parent"),
        ("CHANNELS 3", "CHANNELS 4", "expected a line of a hierarchy"),
        ("Xposition Yposition", "Xposition Xposition", "channels"),
        ("Xposition", "Wposition", "channels"),
        ("JOINT Arm", "JOINT Hips", "each name once, found 'Hips' twice"),
        ("JOINT Arm", "ROOT Arm", "one root"),
        ("Frames: 2", "Frames: 3", "Frames: expected 3 rows, found 2"),
        ("Frames: 2", "Frames: 1", "Frames: expected 2 frames or more"),
        ("Frames: 2", "Frames: 999999999", "at most .* numbers"),
        ("Frames: 2", "Frames: -2", "MOTION: expected Frames: N"),
        ("0.0333333", "0", "MOTION: expected Frames: N and Frame Time"),
        ("0.0333333", "1e999", "MOTION: expected Frames: N and Frame Time"),
        ("10 20 30", "10 20", "line 20: expected 9 numbers, found 8"),
        ("10 20 30", "10 nan 30", "line 20: expected finite numbers"),
        ("10 20 30", "10 1e9 30", "line 20: expected finite numbers"),
        ("10 20 30", "10 x 30", "line 20: expected finite numbers"),
        ("  }\n}\n", "  }\n", "line 15: expected closed braces, found 1 open"),
        ("ROOT Hips\n", "", "expected a line of a hierarchy"),
    ],
)
def test_what_is_no_bvh_is_refused(old: str, new: str, message: str) -> None:
    text = TWO % ("Zrotation Yrotation Xrotation", "1 2 3")
    assert old in text
    with pytest.raises(CaptureError, match=message):
        parse_bvh(text.replace(old, new, 1), "x")


def test_a_tree_as_deep_as_the_sea_is_refused() -> None:
    deep = "HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\n" + "".join(f"JOINT j{i}\n{{\nOFFSET 0 0 0\n" for i in range(100_000))
    with pytest.raises(CaptureError, match="too deep a tree"):
        parse_bvh(deep, "x")


def test_a_file_cut_in_its_tree_is_refused() -> None:
    with pytest.raises(CaptureError, match="expected a line MOTION, found the end of the file"):
        parse_bvh("HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\n", "x")


def test_the_cmu_librarys_conversion_is_in_cmu_units(recordings: Path) -> None:
    found = read_bvh(recordings / "cmu_bvh" / "131_01.bvh")
    assert found.units == "m" and found.rate_hz == 120.0 and "56.44 mm" in found.remarks[0]
    at = {name: i for i, name in enumerate(found.names)}
    thigh = np.linalg.norm(found.positions[:, at["LeftHip"]] - found.positions[:, at["LeftKnee"]], axis=1)
    assert np.ptp(thigh) < 1e-9 and 0.38 < thigh[0] < 0.45
    toes = found.positions[:, [at["LeftToe"], at["RightToe"]], 1].min(axis=1)
    assert 0.0 < np.median(toes) < 0.1 and toes.min() > -0.05  # on the floor
