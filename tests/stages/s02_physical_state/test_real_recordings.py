"""Stage 2 on real recordings, against force plates, a reference inverse kinematics and a count by eye."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinetrace.motion.filters import gap_free_runs
from schemas.physical_state import ANGLES

STATIC = "opencap_s4/static1.trc"
WALKS = ("walking1", "walking2", "walkingTS1", "walkingTI1", "walkingTO1")


def table(path: Path) -> dict[str, np.ndarray]:
    lines = path.read_text().splitlines()
    head = next(i for i, line in enumerate(lines) if line.strip() == "endheader") + 1
    values = np.array([[float(x) for x in line.split()] for line in lines[head + 1 :] if line.strip()])
    return dict(zip(lines[head].split(), values.T, strict=True))


def agreement(a: np.ndarray, b: np.ndarray) -> float:
    return float(2 * (a & b).sum() / (a.sum() + b.sum()))


@pytest.mark.parametrize(
    ("motion", "static", "movement"),
    [
        ("opencap_s4/walking1.trc", STATIC, "gait"),
        ("opencap_s4/walkingTS1.trc", STATIC, "gait"),
        ("rajagopal_walk/markers_walk.trc", None, "gait"),
        ("gait2354_treadmill/subject01_walk1.trc", "gait2354_treadmill/subject01_static.trc", "gait"),
        ("opencap_s4/squats1.trc", STATIC, "squat"),
        ("opencap_video_keypoints/squats.trc", None, "squat"),
        ("opencap_s4/STS1.trc", STATIC, "sit_to_stand"),
        ("opencap_video_keypoints/sit_to_stand.trc", None, "sit_to_stand"),
        ("opencap_s4/static1.trc", STATIC, "balance"),
        ("opencap_s4/DJ1.trc", STATIC, "other"),
    ],
)
def test_the_movement_is_guessed(recorded, motion, static, movement):
    assert recorded(motion, static).document.movement == movement


@pytest.mark.parametrize(
    ("motion", "static"),
    [
        ("opencap_s4/squats1.trc", STATIC),
        ("opencap_s4/squatsAsym1.trc", STATIC),
        ("opencap_video_keypoints/squats.trc", None),
        ("opencap_s4/STS1.trc", STATIC),
        ("opencap_s4/STSAsym1.trc", STATIC),
        ("opencap_s4/STSweakLegs1.trc", STATIC),
        ("opencap_video_keypoints/sit_to_stand.trc", None),
    ],
)
def test_exactly_five_repetitions_are_counted(recorded, motion, static):
    found = recorded(motion, static)
    assert len(found.document.repetitions) == 5
    ends = [f for rep in found.document.repetitions for f in (rep.start_frame, rep.end_frame)]
    assert ends == sorted(ends)


@pytest.mark.parametrize(
    ("motion", "static", "speed", "treadmill"),
    [
        ("opencap_s4/walking1.trc", STATIC, 1.28, False),
        ("rajagopal_walk/markers_walk.trc", None, 1.25, False),
        ("gait2354_treadmill/subject01_walk1.trc", "gait2354_treadmill/subject01_static.trc", 1.13, True),
    ],
)
def test_walking_speed_over_ground_and_on_a_treadmill(recorded, motion, static, speed, treadmill):
    document = recorded(motion, static).document
    assert document.walking_speed == pytest.approx(speed, abs=0.05)
    assert document.treadmill is treadmill
    assert document.contact_speed_source == "walking_speed"


@pytest.mark.parametrize("trial", ["walking1", "squats1", "STS1"])
@pytest.mark.parametrize("side", ["r", "l"])
def test_knee_and_ankle_follow_the_reference_kinematics(recorded, recordings, trial, side):
    found = recorded(f"opencap_s4/{trial}.trc", STATIC)
    reference = table(recordings / f"opencap_s4/{trial}_ik.mot")
    for joint, bound_deg in (("knee", 5.0), ("ankle", 9.0)):
        column = ANGLES.index(f"{joint}_{side}")
        use = (found.arrays.angles_valid[:, column] > 0) & (found.clock <= reference["time"][-1])
        truth = np.interp(found.clock, reference["time"], reference[f"{joint}_angle_{side}"])
        error = np.degrees(found.arrays.angles[:, column] - truth)[use]
        assert np.sqrt(np.mean(error**2)) <= bound_deg, joint


@pytest.mark.parametrize("trial", WALKS)
def test_contacts_agree_with_the_force_plates(recorded, recordings, trial):
    found = recorded(f"opencap_s4/{trial}.trc", STATIC)
    forces = table(recordings / f"opencap_s4/{trial}_grf.mot")
    plates = [np.interp(found.clock, forces["time"], forces[f"ground_force_{k}_vy"]) > 20.0 for k in (1, 2)]
    for plate in plates:
        scores = []
        for side in (0, 1):
            contact = found.arrays.contacts[:, side] == 1
            step = np.zeros_like(contact)
            for start, stop in gap_free_runs(contact):
                step[start:stop] = plate[start:stop].any()
            scores.append(agreement(plate, step))
        assert max(scores) > 0.95


@pytest.mark.parametrize("trial", WALKS)
def test_the_plates_first_and_last_loaded_frame_are_events(recorded, recordings, trial):
    found = recorded(f"opencap_s4/{trial}.trc", STATIC)
    forces = table(recordings / f"opencap_s4/{trial}_grf.mot")
    loaded = np.flatnonzero(np.interp(found.clock, forces["time"], forces["ground_force_2_vy"]) > 20.0)
    left = {e.kind: e.frame for e in found.document.events if e.side == "left" and e.frame > 20}
    assert left["heel_strike"] == pytest.approx(loaded[0], abs=5)
    assert left["toe_off"] == pytest.approx(loaded[-1] + 1, abs=5)


def test_the_feet_stay_down_through_squats_and_the_seat_is_found(recorded):
    squat = recorded("opencap_s4/squats1.trc", STATIC)
    assert (squat.arrays.contacts == 1).mean() > 0.99
    rise = recorded("opencap_s4/STS1.trc", STATIC)
    height = rise.arrays.state[:, 0, 1]
    for rep in rise.document.repetitions:
        assert rep.upright_frame is not None
        assert height[rep.upright_frame] - height[rep.turn_frame] > 0.3
