"""Stage 1 as a whole, against worlds whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from adapters.robotics.adapter import adapt
from kinetrace.simulation.bundle import simulate_capture
from kinetrace.store.arrays import read_h5
from schemas.adapter import AdapterParams, AdapterResult, SourceInfo
from schemas.alignment import AlignmentParams
from schemas.base import Movement
from schemas.capture import Plane, SubjectInfo
from schemas.errors import AlignmentError
from schemas.motion import AdapterArrays
from schemas.simulation import TruthArrays
from stages.s01_alignment.align import align

Make = Callable[..., np.ndarray]


def _result(*planes: Plane) -> AdapterResult:
    info = SourceInfo(
        adapter="robotics", format="trc", files=(), layout="made", units_found="m", up_found="y", native_fps=30.0, fps=30.0,
        time_offset_s=0.0, max_timestamp_jitter_s=0.0, frames=60, joints=(), simulated=False,
    )  # fmt: skip
    return AdapterResult(
        capture="made", source_info=info, subject=SubjectInfo(id="s"), movement=None, planes=planes, quality=(),
        tracked_fraction=1.0,
    )  # fmt: skip


def _motion(positions: np.ndarray, valid: np.ndarray) -> AdapterArrays:
    return AdapterArrays(
        positions=positions, validity=valid, time=np.arange(len(positions)) / 30.0,
        reasons=np.zeros(len(positions), dtype=np.uint32), scan_points=np.zeros((0, 3), dtype=np.float32),
    )  # fmt: skip


@pytest.mark.parametrize("yaw", [0.0, 1.0, -2.5])
def test_wherever_a_person_stands_the_aligned_one_stands_at_the_origin_facing_x(
    make_person: Make, make_marks: Make, yaw: float
) -> None:
    motion = _motion(make_person(yaw=yaw, place=(3.0, -1.7, 2.0)), make_marks())
    aligned, account = align(motion, _result(), AlignmentParams())
    np.testing.assert_allclose(aligned.positions, make_person(), atol=2e-6)
    assert account.floor_source == "sole_envelope" and account.floor_height_m == pytest.approx(-1.7)
    assert account.origin_source == "root" and account.forward_source == "pelvis_facing"
    matrix = np.array(account.transform).reshape(4, 4)
    np.testing.assert_allclose(
        motion.positions[0, 0] @ matrix[:3, :3].T + matrix[:3, 3], aligned.positions[0, 0], atol=1e-5
    )


def test_a_scanned_room_gives_the_origin(make_person: Make, make_marks: Make, make_plane: Callable[..., Plane]) -> None:
    floor = make_plane(-1.2, "floor", "f", at=(1.0, 0.5), size=(4.0, 3.0))
    aligned, account = align(_motion(make_person(place=(0, -1.2, 0)), make_marks()), _result(floor), AlignmentParams())
    assert account.origin_source == "room_centre"
    np.testing.assert_allclose(aligned.positions[0, 0], [-1.0, 0.95, -0.5], atol=1e-6)


def test_an_inverted_world_is_refused(make_person: Make, make_marks: Make) -> None:
    positions = make_person()
    positions[:, :, 1:] = -positions[:, :, 1:]
    with pytest.raises(AlignmentError, match=r"upside down"):
        align(_motion(positions, make_marks()), _result(), AlignmentParams())


@pytest.mark.parametrize("movement", ["gait", "squat", "sit_to_stand", "balance"])
def test_simulated_captures_come_back_to_the_truths_frame(tmp_path: Path, movement: Movement) -> None:
    folder = simulate_capture(movement, 6.0, 4, tmp_path, "made")
    result, arrays = adapt(folder, AdapterParams())
    aligned, account = align(arrays, result, AlignmentParams())
    truth = read_h5(folder / "truth.h5", TruthArrays)
    matrix = np.array(account.transform).reshape(4, 4) @ truth.to_capture
    assert abs(matrix[1, 3]) < 0.01  # the floor, to a centimetre
    assert np.degrees(np.arccos(min(1.0, matrix[1, 1]))) < 1.0 and account.floor_tilt_deg < 1.0
    assert abs(np.degrees(np.arctan2(-matrix[2, 0], matrix[0, 0]))) < 3.0
    assert (
        account.floor_source == "scan_plane"
        and next(c for c in account.floor_candidates if c.chosen).identifier == "floor"
    )
    if len(truth.seat_height) and movement == "sit_to_stand":
        assert account.seat is not None and account.seat.height_m == pytest.approx(truth.seat_height[0], abs=0.01)
    there = truth.positions @ matrix[:3, :3].T + matrix[:3, 3]
    error = np.linalg.norm(aligned.positions - there[: len(aligned.positions)], axis=2)
    for joints in (slice(0, 7), slice(17, 21)):
        seen = aligned.validity[:, joints] > 0
        assert np.median(error[:, joints][seen]) < 0.03


@pytest.mark.parametrize(
    ("motion", "static", "forward", "floor"),
    [
        ("opencap_s4/walking1.trc", "opencap_s4/static1.trc", "displacement", 0.05),
        ("opencap_s4/squats1.trc", "opencap_s4/static1.trc", "pelvis_facing", 0.05),
        ("opencap_s4/STS1.trc", "opencap_s4/static1.trc", "pelvis_facing", 0.05),
        ("gait2354_treadmill/subject01_walk1.trc", "gait2354_treadmill/subject01_static.trc", "pelvis_facing", 0.04),
        ("rajagopal_walk/markers_walk.trc", None, "displacement", 0.02),
        ("opencap_video_keypoints/squats.trc", None, "pelvis_facing", -0.49),
    ],
)
def test_real_recordings_stand_on_their_floor_facing_x(
    recordings: Path, tmp_path: Path, motion: str, static: str | None, forward: str, floor: float
) -> None:
    from adapters.ingest import ingest

    ingest(recordings / motion, tmp_path, "a", static=None if static is None else recordings / static)
    result, arrays = adapt(tmp_path / "a", AdapterParams())
    aligned, account = align(arrays, result, AlignmentParams())
    assert account.forward_source == forward and account.floor_height_m == pytest.approx(floor, abs=0.015)
    assert account.forward == pytest.approx((1.0, 0.0, 0.0), abs=0.05)  # all these laboratories look along X
    assert all(check.ok for check in account.checks)
    toes, heels = aligned.positions[:, [18, 20], 0], aligned.positions[:, [17, 19], 0]
    assert np.median(toes - heels) > 0.1
