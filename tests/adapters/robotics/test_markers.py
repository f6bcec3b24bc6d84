from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adapters.formats.marker_file import MarkerFile
from adapters.robotics.markers import prepare
from schemas.errors import CaptureError, MarkerSetError, UnitsError

NAMES = ("R.Foot", "L.Foot", "R.Knee", "L.Knee", "Pelvis", "Back", "R.Shoulder", "L.Shoulder")
STANDING = np.array(
    [
        [0, 0, 0.1],
        [0, 0, -0.1],
        [0, 0.5, 0.1],
        [0, 0.5, -0.1],
        [0.05, 1, 0],
        [-0.1, 1, 0],
        [0, 1.4, 0.2],
        [0, 1.4, -0.2],
    ]
)
LOW, HIGH = ("rfoot", "lfoot"), ("rshoulder", "lshoulder")


def _file(positions: np.ndarray, units: str | None = "m", names: tuple[str, ...] = NAMES) -> MarkerFile:
    return MarkerFile(names, positions, np.arange(len(positions)) / 100.0, units, 100.0)


def _still(frames: int = 40) -> np.ndarray:
    return np.repeat(STANDING[None], frames, axis=0) + np.array([0.3, 0.0, 0.1])


def _prepare(file: MarkerFile, **options: object):  # type: ignore[no-untyped-def]
    return prepare(file, LOW, HIGH, options.get("units"), options.get("up"), "x")  # type: ignore[arg-type]


@pytest.mark.parametrize(("unit", "factor"), [("m", 1.0), ("cm", 100.0), ("mm", 1000.0), ("Millimeters", 1000.0)])
def test_every_unit_gives_the_same_metres(unit: str, factor: float) -> None:
    found = _prepare(_file(_still() * factor, unit))
    np.testing.assert_allclose(found.points["rknee"][0], [0.3, 0.5, 0.2])


def test_a_z_up_recording_is_turned_without_mirroring() -> None:
    z_up = _still()[:, :, [0, 2, 1]] * np.array([1.0, -1.0, 1.0])  # y_up = (x, z, -y)
    found = _prepare(_file(z_up))
    assert found.up == "z"
    np.testing.assert_allclose(found.points["rshoulder"][0], [0.3, 1.4, 0.3])


def test_ghosts_zeros_and_mostly_missing_markers_are_no_markers() -> None:
    positions = _still()
    positions[5, 2] = (9.0, 9.0, 9.0)
    positions[7, 2] = 0.0
    positions[:25, 5] = np.nan
    found = _prepare(_file(positions))
    assert np.isnan(found.points["rknee"][[5, 7]]).all() and np.isfinite(found.points["rknee"][[4, 6]]).all()
    np.testing.assert_array_equal(np.flatnonzero(found.ghosts), [5])
    assert found.get("back") is None and found.left_out == ("marker Back: missing in 62% of the frames",)


@pytest.mark.parametrize(
    ("factor", "units", "message"),
    [
        (
            1.0,
            None,
            r"Units: expected m, cm or mm, found no unit.*says: units: m \(what the markers span is then 1.40 m",
        ),
        (1000.0, "furlong", "found 'furlong'.*says: units: mm"),
        (20.0, None, "No unit makes this a person .*28 m if in m, 0.28 m if in cm, 0.028 m if in mm"),
        (20.0, "m", "expected a person.*found 15.1 m with unit m.*No unit makes .*28 m if in m, 0.28 m if in cm"),
        (1.0, "mm", "expected a person.*says: units: m "),
        (1000.0, "cm", "expected a person.*says: units: mm"),
    ],
)
def test_a_length_without_a_believable_unit_is_refused(factor: float, units: str | None, message: str) -> None:
    with pytest.raises(UnitsError, match=message):
        _prepare(_file(_still() * factor, units))


def test_markers_far_from_a_person_are_no_matter_of_units() -> None:
    positions = _still()
    positions[:, 6:, 2] += 2.0
    with pytest.raises(UnitsError, match=r"expected a person.*leave out markers that are not on the body"):
        _prepare(_file(positions))


def test_a_declared_unit_wins_over_the_header() -> None:
    assert _prepare(_file(_still() * 1000.0, None), units="mm").units == "mm"


@pytest.mark.parametrize("order", [[1, 0, 2], [0, 1, 2]])
def test_lying_along_x_or_standing_on_the_head_is_refused(order: list[int]) -> None:
    sign = np.array([1.0, -1.0, -1.0]) if order == [0, 1, 2] else np.ones(3)
    with pytest.raises(CaptureError, match=r"up axis: expected shoulders above feet"):
        _prepare(_file(_still()[:, :, order] * sign))


def test_two_subjects_in_one_file_are_refused() -> None:
    names = ("a:R.Foot", "b:R.Foot", *NAMES[2:])
    with pytest.raises(MarkerSetError, match=r"One file may hold one subject"):
        _prepare(_file(_still(), names=names))


def test_an_up_axis_that_the_file_names_is_taken_and_doubted_where_the_person_stands_along_another() -> None:
    standing = _prepare(replace(_file(_still()), up="y"))
    assert standing.up == "y" and standing.remarks == ()
    doubted = _prepare(replace(_file(_still()), up="z"))
    assert doubted.up == "z"
    (remark,) = doubted.remarks
    assert remark.startswith("Z is said to be up, but the shoulders are above the feet along Y") and "up: y" in remark
    assert _prepare(replace(_file(_still()), up="z"), up="y").remarks == ()


def test_markers_that_are_never_seen_are_said_in_one_line() -> None:
    positions = _still()
    positions[:, 4:6] = np.nan
    found = _prepare(_file(positions))
    assert found.left_out == (f"markers never seen: {NAMES[4]}, {NAMES[5]}",)
