"""Bad recordings are bad in the way that was asked for, and only in that."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import PCG64, Generator

from kinetrace.motion.skeletons import INDEX
from kinetrace.simulation.ipad.faults import frame_times, kept_depth
from kinetrace.simulation.ipad.session import Wish, make_session


def test_uneven_times_go_forward_and_stay_within_the_recording() -> None:
    time = frame_times(4.0, 30.0, frozenset({"variable_rate"}), Generator(PCG64(1)))
    steps = np.diff(time)
    assert float(steps.min()) > 0.03 and float(steps.max()) > 0.06
    assert time[0] == 0.0 and 3.8 < time[-1] < 4.0
    np.testing.assert_allclose(600 * time, np.round(600 * time), atol=1e-6)


def test_even_times_are_even() -> None:
    np.testing.assert_allclose(frame_times(2.0, 30.0, frozenset(), Generator(PCG64(1))), np.arange(60) / 30)


def test_a_quarter_and_a_run_of_the_depth_images_are_missing() -> None:
    kept = kept_depth(300, frozenset({"depth_dropped"}), Generator(PCG64(1)))
    assert kept[0] and 0.6 < kept.mean() < 0.8
    assert "0" * 10 in "".join(str(int(k)) for k in kept)
    assert kept_depth(300, frozenset(), Generator(PCG64(1))).all()


def test_half_a_body_has_its_feet_out_of_view() -> None:
    session = make_session("squat", 2.6, 3, Wish(view="front", camera="tripod", faults=("half_body",)))
    toe = session.truth.positions[0, INDEX["r_toe"]] - session.camera.position[0]
    seen = session.camera.rotation[0].T @ toe
    assert session.optics.cy + session.optics.fy * seen[1] / seen[2] > session.optics.height


@pytest.mark.parametrize("fault", ["two_people", "two_walkers"])
def test_the_other_is_behind_the_subject(fault: str) -> None:
    for seed in range(4):
        session = make_session("squat", 3.0, seed, Wish(faults=(fault,)))
        middle = len(session.truth.time) // 2
        away = [np.linalg.norm(p[middle, 0, :3, 3] - session.camera.position[middle]) for p in session.poses]
        assert away[1] > away[0] + 0.3
        moved = float(np.ptp(session.poses[1][:, 0, :3, 3], axis=0).max())
        assert (moved > 1.0) == (fault == "two_walkers")


def test_nobody_is_in_an_empty_room() -> None:
    assert make_session("squat", 2.6, 3, Wish(faults=("no_person",))).people == ()


def test_what_hides_the_legs_passes_between_camera_and_person() -> None:
    session = make_session("squat", 3.0, 3, Wish(occlusion=True))
    assert session.obstacle is not None
    box, way = session.obstacle
    flat = np.array([1.0, 0.0, 1.0])
    person, camera = session.truth.positions[:, 0] * flat, session.camera.position * flat
    nearest = int(np.argmin(np.linalg.norm(way * flat - 0.5 * (person + camera), axis=-1)))
    assert np.linalg.norm((way * flat - camera)[nearest]) < np.linalg.norm((person - camera)[nearest])
    assert box.half[1] * 2 < session.truth.positions[0, INDEX["pelvis"], 1]
