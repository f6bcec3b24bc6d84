from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adapters.formats.marker_file import MarkerFile
from adapters.formats.take_zip import read_take
from adapters.formats.ui_prmd import KINECT_JOINTS, KINECT_PARENTS, VICON_MARKERS, parse_kinect, parse_vicon
from benchmarks.made_takes import kinect_texts, rows, vicon_text
from schemas.errors import CaptureError


def test_a_vicon_take_is_39_markers_in_mm_z_up_at_100_hz() -> None:
    found = parse_vicon(vicon_text(5), "x")
    assert found.names == VICON_MARKERS and len(VICON_MARKERS) == 39
    assert (found.units, found.up, found.rate_hz, found.format) == ("mm", "z", 100.0, "ui_prmd_vicon")
    np.testing.assert_allclose(found.positions[0, VICON_MARKERS.index("LASI")], [90, 125, 970])
    np.testing.assert_allclose(np.diff(found.time), 0.01)


def test_a_kinect_joint_is_placed_by_its_parents_offset_and_angles() -> None:
    offsets, angles = np.zeros((2, 22, 3)), np.zeros((2, 22, 3))
    at = {name: i for i, name in enumerate(KINECT_JOINTS)}
    offsets[:, at["waist"]] = (1.0, 90.0, -200.0)
    offsets[:, at["left_upper_leg"]] = (8.0, 0.0, 0.0)
    offsets[:, at["left_lower_leg"]] = (0.0, -40.0, 0.0)
    offsets[:, at["left_foot"]] = (0.0, -38.0, 0.0)
    angles[1, at["waist"]] = (0.0, 90.0, 0.0)  # to the person's left: X becomes -Z
    angles[1, at["left_upper_leg"]] = (-90.0, 0.0, 0.0)  # thigh forward
    found = parse_kinect(rows(offsets.reshape(2, -1)), rows(angles.reshape(2, -1)), "x")
    assert (found.units, found.up, found.rate_hz) == ("cm", "y", 30.0)
    hip, knee, ankle = (found.positions[:, at[f"left_{n}"]] for n in ("upper_leg", "lower_leg", "foot"))
    np.testing.assert_allclose(hip, [[9, 90, -200], [1, 90, -208]], atol=1e-9)
    np.testing.assert_allclose(knee[0], [9, 50, -200], atol=1e-9)
    np.testing.assert_allclose(knee[1], [41, 90, -208], atol=1e-9)  # forward is +Z, turned to +X
    np.testing.assert_allclose(ankle[1] - knee[1], [38, 0, 0], atol=1e-9)


def test_angles_turn_about_z_then_x_then_y() -> None:
    offsets, angles = np.zeros((2, 22, 3)), np.zeros((2, 22, 3))
    offsets[:, 1] = (0.0, 0.0, 10.0)
    angles[:, 0] = (90.0, 90.0, 90.0)
    found = parse_kinect(rows(offsets.reshape(2, -1)), rows(angles.reshape(2, -1)), "x")
    # Ry 90 takes Z to X, Rx leaves it, Rz 90 takes X to Y; the order ZYX would leave it on Z's turn of Rx instead
    np.testing.assert_allclose(found.positions[0, 1], [0, 10, 0], atol=1e-9)


def test_bones_are_as_long_as_their_offsets_whatever_the_angles() -> None:
    rng = np.random.default_rng(1)
    offsets, angles = rng.normal(0, 20, (3, 22, 3)), rng.uniform(-180, 180, (3, 22, 3))
    found = parse_kinect(rows(offsets.reshape(3, -1)), rows(angles.reshape(3, -1)), "x").positions
    for joint, parent in enumerate(KINECT_PARENTS[1:], start=1):
        length = np.linalg.norm(found[:, joint] - found[:, parent], axis=1)
        np.testing.assert_allclose(length, np.linalg.norm(offsets[:, joint], axis=1), atol=1e-4)


def test_what_does_not_fit_is_refused() -> None:
    offsets, angles = kinect_texts(4)
    with pytest.raises(CaptureError, match="expected as many angles as positions, found 3 and 4"):
        parse_kinect(offsets, "\n".join(angles.splitlines()[:3]), "x")
    with pytest.raises(CaptureError, match=r"x \(angles\): line 1: expected 66 numbers, found 117"):
        parse_kinect(offsets, vicon_text(4), "x")
    with pytest.raises(CaptureError, match="line 1: expected 117 numbers, found 66"):
        parse_vicon(offsets, "x")


def shank_tilt(take: MarkerFile, knee: str, ankle: str, up: int) -> np.ndarray:
    at = {name: i for i, name in enumerate(take.names)}
    shank = take.positions[:, at[knee]] - take.positions[:, at[ankle]]
    return np.degrees(np.arccos(shank[:, up] / np.linalg.norm(shank, axis=1)))


@pytest.mark.parametrize("take", ["m01_s01_e03", "m01_s02_e03"])
def test_the_kinects_shank_follows_the_vicons_of_the_same_squat(recordings: Path, take: str) -> None:
    folder = recordings / "ui_prmd"
    vicon = read_take(folder / f"vicon_m01_deep_squat_s01-s06.zip::{take}")
    kinect = read_take(folder / f"kinect_m01_deep_squat_s01-s06.zip::{take}")
    for short, side in (("L", "left"), ("R", "right")):
        true = shank_tilt(vicon, f"{short}KNE", f"{short}ANK", 2)
        seen = shank_tilt(kinect, f"{side}_lower_leg", f"{side}_foot", 1)
        true = np.interp(np.linspace(0, 1, len(seen)), np.linspace(0, 1, len(true)), true)
        assert np.sqrt(np.mean((seen - true) ** 2)) < 15.0
