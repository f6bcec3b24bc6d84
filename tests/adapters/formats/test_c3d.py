"""C3D as markers, events and channels, on files made byte by byte."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adapters.formats.c3d import C3dEvent, read_c3d, read_c3d_markers
from benchmarks.made_c3d import Groups, make_c3d
from schemas.errors import CaptureError

POINTS = np.random.default_rng(2).normal(0.0, 500.0, (6, 3, 3)).astype(np.float32).astype(float)
NAMES = ("LKNE", "RKNE", "SACR")


def _made(tmp_path: Path, names: tuple[str, ...] = NAMES, points: np.ndarray = POINTS, **options: object) -> Path:
    path = tmp_path / "trial.c3d"
    path.write_bytes(make_c3d(points, names, **options))  # type: ignore[arg-type]
    return path


def test_markers_come_with_their_names_unit_and_clock(tmp_path: Path) -> None:
    file = read_c3d_markers(_made(tmp_path, rate=120.0, first_frame=481))
    assert file.names == NAMES and file.units == "mm" and file.rate_hz == 120.0 and file.format == "c3d"
    assert np.array_equal(file.positions, POINTS)
    assert file.time[0] == pytest.approx(4.0) and np.allclose(np.diff(file.time), 1 / 120)


def test_three_ways_of_saying_missing_are_one(tmp_path: Path) -> None:
    points, residuals = POINTS.copy(), np.zeros((6, 3))
    residuals[1, 0] = -1.0
    points[2, 1] = 0.0
    points[3, 2] = np.nan
    found = read_c3d_markers(_made(tmp_path, points=points, residuals=residuals)).positions
    missing = np.isnan(found).all(axis=2)
    assert np.argwhere(missing).tolist() == [[1, 0], [2, 1], [3, 2]]
    assert np.array_equal(found[~missing], points[~missing])


def test_one_subjects_name_is_taken_off_and_said_and_two_are_left_for_the_refusal(tmp_path: Path) -> None:
    one = read_c3d_markers(_made(tmp_path, ("anna:LKNE", "anna:RKNE", "SACR")))
    assert one.names == NAMES and "labels carry the subject 'anna'" in one.remarks
    two = read_c3d_markers(_made(tmp_path, ("anna:LKNE", "bob:LKNE", "anna:SACR")))
    assert two.names == ("anna:LKNE", "bob:LKNE", "anna:SACR")


def test_points_that_are_no_places_are_left_out_and_said(tmp_path: Path) -> None:
    groups: Groups = {"POINT": {"MOMENTS": ["LKneeMoment", "Odd"]}}
    points = np.repeat(POINTS[:, :1], 5, axis=1) + 1.0
    file = read_c3d_markers(_made(tmp_path, ("C7", "RKneeAngles", "Odd", "*12", "LKNE"), points, groups=groups))
    assert file.names == ("C7", "LKNE")
    assert file.left_out == ("2 outputs of a gait model that are no places", "1 points without a name")


@pytest.mark.parametrize(
    ("screen", "up", "said"),
    [("+Z", "z", "as POINT:Y_SCREEN says"), ("+Y", "y", "as POINT:Y_SCREEN says"), ("-X", None, "says -X: decided"),
     (None, None, "does not say which axis is up: decided")],
)  # fmt: skip
def test_the_screens_vertical_axis_is_up(tmp_path: Path, screen: str | None, up: str | None, said: str) -> None:
    groups: Groups = {} if screen is None else {"POINT": {"X_SCREEN": "+X", "Y_SCREEN": screen}}
    file = read_c3d_markers(_made(tmp_path, groups=groups))
    assert file.up == up and any(said in remark for remark in file.remarks)


def test_events_are_in_order_on_the_markers_clock(tmp_path: Path) -> None:
    times = np.array([[0.0, 1.0], [2.5, 3.25]], np.float32)
    groups: Groups = {
        "EVENT": {"USED": 2, "CONTEXTS": ["Right", "General"], "LABELS": ["Foot Off", "Trigger"], "TIMES": times}
    }
    assert read_c3d(_made(tmp_path, groups=groups)).events == (
        C3dEvent(2.5, "right", "Foot Off"),
        C3dEvent(63.25, "none", "Trigger"),
    )


def test_channels_keep_their_own_rate_on_the_same_clock(tmp_path: Path) -> None:
    channels = np.arange(6 * 10 * 2, dtype=float).reshape(60, 2)
    file = read_c3d(_made(tmp_path, analogs=channels, first_frame=101, groups={"ANALOG": {"LABELS": ["Fz1", "EMG"]}}))
    assert (
        file.analog_names == ("Fz1", "EMG") and file.analog_rate_hz == 1000.0 and np.array_equal(file.analogs, channels)
    )
    assert file.analog_time()[[0, 10]] == pytest.approx([1.0, 1.01])


def test_a_file_without_channels_is_a_file(tmp_path: Path) -> None:
    file = read_c3d(_made(tmp_path))
    assert file.analogs.shape[1] == 0 and file.plates.get("USED") == [0]


@pytest.mark.parametrize(
    ("options", "field"),
    [({"rate": 0.0}, "POINT:RATE"), ({"names": ("*1", "*2", "")}, "POINT:LABELS"), ({"header": {5: 60_000}}, "frames")],
)
def test_what_cannot_be_used_is_refused_with_what_would_work(
    tmp_path: Path, options: dict[str, object], field: str
) -> None:
    with pytest.raises(CaptureError) as caught:
        read_c3d(_made(tmp_path, **options))  # type: ignore[arg-type]
    assert caught.value.field == field and caught.value.where.endswith("trial.c3d") and caught.value.fix
