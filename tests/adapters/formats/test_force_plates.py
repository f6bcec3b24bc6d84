"""Force plates: a force that is put on a plate of each type comes back, in newtons, metres and the markers' frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adapters.formats.c3d import read_c3d
from adapters.formats.force_plates import ForcePlate, force_plates
from benchmarks.made_c3d import make_c3d
from schemas.errors import CaptureError

CORNERS = np.array([[400.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 600.0, 0.0], [400.0, 600.0, 0.0]])
"""Z up, in millimetres; X of the plate along +X, Y along -Y, Z down."""
TURN = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]])
"""Rows: the plate's axes in the laboratory."""
ORIGIN = np.array([1.5, -0.7, -45.0])
FORCE = np.array([30.0, 50.0, 700.0])
PLACE = np.array([0.31, 0.12, 0.0])
FREE = 4.0
"""About the upward normal [N m]."""
A, B = 120.0, 210.0


def _moment_at_sensor(force: np.ndarray, origin: np.ndarray = ORIGIN) -> np.ndarray:
    """The plate's own reading [N mm] of a force at PLACE with a free moment."""
    own = TURN @ force
    arm = TURN @ (1000.0 * PLACE - CORNERS.mean(axis=0)) + origin
    return np.asarray(np.cross(arm, own) + 1000.0 * FREE * TURN[:, 2] * np.sign(force[2]))


def _six(force: np.ndarray = FORCE) -> np.ndarray:
    return np.concatenate((TURN @ force, _moment_at_sensor(force)))


def _kistler(force: np.ndarray = FORCE) -> np.ndarray:
    """Four sensors at (±A, ±B) whose sums are the force and its moment about their middle."""
    origin = np.array([0.0, 0.0, ORIGIN[2]])
    fx, fy, fz = TURN @ force
    mx, my, mz = _moment_at_sensor(force, origin)
    share = np.array([[1, 1, 1, 1], [B, B, -B, -B], [-A, A, A, -A]])
    z = np.linalg.lstsq(share, np.array([fz, mx, my]), rcond=None)[0]
    # mz = B (fx34 - fx12) + A (fy14 - fy23), all of it by the pair along X
    return np.array([(fx - mz / B) / 2, (fx + mz / B) / 2, fy / 2, fy / 2, *z])


def _plates(
    tmp_path: Path, kind: int, channels: np.ndarray, origin: np.ndarray = ORIGIN, **change: Any
) -> tuple[ForcePlate, ...]:
    groups: dict[str, Any] = {
        "POINT": {"Y_SCREEN": "+Z"},
        "ANALOG": {"UNITS": ["N"] * 3 + ["Nmm"] * (len(channels) - 3)},
        "FORCE_PLATFORM": {
            "USED": 1, "TYPE": np.array([kind]), "ZERO": np.array([1, 0]),
            "CORNERS": CORNERS.T[:, :, None].astype(np.float32), "ORIGIN": origin[:, None].astype(np.float32),
            "CHANNEL": np.arange(1, len(channels) + 1)[:, None],
        },
    }  # fmt: skip
    groups["FORCE_PLATFORM"] |= change
    path = tmp_path / "plate.c3d"
    rows = np.stack([channels * part for part in (0.0, 0.5, 1.0, 1.0)]).repeat(2, axis=0)
    path.write_bytes(make_c3d(np.ones((4, 1, 3)), ["A"], analogs=rows, groups=groups))
    return force_plates(read_c3d(path), str(path))


def _holds(plate: ForcePlate, rtol: float = 1e-5) -> None:
    upright = np.array([FORCE[0], FORCE[2], -FORCE[1]])
    assert np.allclose(plate.force[-1], upright, rtol=rtol) and np.allclose(plate.force[2], 0.5 * upright, rtol=rtol)
    assert np.allclose(plate.centre[-1], [PLACE[0], 0.0, -PLACE[1]], atol=1e-5)
    assert plate.free_moment[-1] == pytest.approx(FREE, abs=1e-3)
    assert np.isnan(plate.centre[0]).all() and (plate.force[0] == 0.0).all()
    assert plate.corners[:, 1].max() == 0.0 and plate.corners[2].tolist() == pytest.approx([0.0, 0.0, -0.6])


def test_force_and_moment_of_a_type_2_plate(tmp_path: Path) -> None:
    (plate,) = _plates(tmp_path, 2, _six())
    _holds(plate)
    assert plate.remarks == () and np.allclose(np.diff(plate.time), 1 / 200)


def test_a_type_4_plate_goes_through_its_matrix(tmp_path: Path) -> None:
    matrix = np.diag([200.0, 300.0, 900.0, 4e4, 5e4, 6e4]) + np.random.default_rng(3).normal(0.0, 5.0, (6, 6))
    channels = np.linalg.solve(matrix, _six())
    (plate,) = _plates(tmp_path, 4, channels, CAL_MATRIX=matrix[:, :, None].astype(np.float32))
    _holds(plate, rtol=1e-4)


def test_eight_channels_of_a_type_3_plate(tmp_path: Path) -> None:
    (plate,) = _plates(tmp_path, 3, _kistler(), np.array([A, B, ORIGIN[2]]))
    _holds(plate)


def test_force_and_centre_of_a_type_1_plate(tmp_path: Path) -> None:
    # A sum of forces half as large has the same centre: the made ramp scales channels, so only full load is held.
    arm = TURN @ (1000.0 * PLACE - CORNERS.mean(axis=0))
    channels = np.array([*(TURN @ FORCE), arm[0], arm[1], -1000.0 * FREE])
    (plate,) = _plates(tmp_path, 1, channels, np.zeros(3))
    assert np.allclose(plate.force[-1], [FORCE[0], FORCE[2], -FORCE[1]])
    assert np.allclose(plate.centre[-1], [PLACE[0], 0.0, -PLACE[1]], atol=1e-6)
    assert plate.free_moment[-1] == pytest.approx(FREE, rel=1e-5)


def test_forces_on_the_plate_are_turned_into_the_grounds(tmp_path: Path) -> None:
    (plate,) = _plates(tmp_path, 2, -_six())
    _holds(plate)
    assert plate.remarks == ("forces on the plate: turned into the ground's",)


def test_an_origin_that_points_the_other_way_is_turned_round(tmp_path: Path) -> None:
    (plate,) = _plates(tmp_path, 2, _six(), -ORIGIN)
    _holds(plate)
    assert plate.remarks == ("ORIGIN points the other way: turned round",)


def test_a_baseline_named_by_the_file_is_taken_off(tmp_path: Path) -> None:
    (plain,) = _plates(tmp_path, 2, _six())
    (plate,) = _plates(tmp_path, 2, _six(), ZERO=np.array([2, 2]))
    assert np.allclose(plate.force, plain.force - 0.5 * plain.force[-1], rtol=1e-5)


def test_a_file_without_plates_has_none(tmp_path: Path) -> None:
    assert _plates(tmp_path, 2, _six(), USED=0) == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"TYPE": np.array([7])}, "plate 1"),
        ({"CHANNEL": np.array([[1], [2], [3], [4], [5], [99]])}, "plate 1"),
        ({"CORNERS": np.zeros((3, 4, 1), np.float32)}, "plate 1"),
        ({"CORNERS": np.zeros(3, np.float32)}, "FORCE_PLATFORM:CORNERS"),
        ({"USED": 3}, "FORCE_PLATFORM:TYPE"),
    ],
)
def test_a_plate_that_cannot_be_read_is_refused(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    with pytest.raises(CaptureError) as caught:
        _plates(tmp_path, 2, _six(), **change)
    assert caught.value.field == field and "compare without plates" in caught.value.fix


@pytest.mark.parametrize(
    ("name", "mass_kg", "tolerance"),
    [("welk007_single_leg/static1.c3d", 57.0, 0.01), ("btk/FunctionalWalk.c3d", 60.0, 0.06),
     ("rehazenter_2014001/2014001_C1_01.c3d", 67.0, 0.06)],
)  # fmt: skip
def test_a_real_person_weighs_on_real_plates_what_the_file_says(
    recordings: Path, name: str, mass_kg: float, tolerance: float
) -> None:
    plates = force_plates(read_c3d(recordings / name), name)
    total = sum(plate.force[:, 1] for plate in plates)
    # From one foot alone on a plate to the other: the middle of a walk, all of a standing trial.
    loaded = [np.flatnonzero(plate.force[:, 1] > 20.0) for plate in plates]
    if "static" not in name:
        first = min(loaded, key=lambda at: at[0])
        second = min((at for at in loaded if at is not first), key=lambda at: at[0])
        total = total[first[0] + len(first) // 4 : second[-1] - len(second) // 4]
    assert float(np.mean(total)) == pytest.approx(9.81 * mass_kg, rel=tolerance)
    for plate in plates:
        low, high = plate.corners.min(axis=0) - 0.005, plate.corners.max(axis=0) + 0.005
        centre = plate.centre[np.isfinite(plate.centre).all(axis=1) & (plate.force[:, 1] > 50.0)]
        assert ((centre >= low) & (centre <= high)).all()
