"""Holding a reading against a made recording's truth: nothing off gives nothing, and known offsets give themselves."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.film_truth import EVENT_REACH_S, drift, held_against
from benchmarks.made_films import COUNT, FIRST_SEED, plans
from kinetrace.simulation.bundle import truth_arrays
from kinetrace.simulation.simulate import Recording, simulate
from schemas.adapter import AdapterResult, SourceInfo
from schemas.capture import SubjectInfo
from schemas.motion import AdapterArrays
from schemas.simulation import FilmTruthArrays

BEGAN = 100.0


@pytest.fixture(scope="module")
def walk() -> Recording:
    return simulate("gait", 4.0, 7)


@pytest.fixture(scope="module")
def truth(walk: Recording) -> FilmTruthArrays:
    frames = len(walk.truth.time)
    poses = np.tile(np.eye(4), (frames, 1, 1))
    return FilmTruthArrays(**truth_arrays(walk).model_dump(), camera_pose=poses, intrinsics=np.ones((frames, 4)))


def reading(
    walk: Recording, truth: FilmTruthArrays, off: tuple[float, float, float]
) -> tuple[AdapterResult, AdapterArrays]:
    """Give the truth as if it had been recorded, moved by a constant."""
    frames = len(truth.time)
    world = truth.positions.astype(float) @ truth.to_capture[:3, :3].T + truth.to_capture[:3, 3] + off
    arrays = AdapterArrays(
        positions=world.astype(np.float32), validity=np.full((frames, 21), 2, np.uint8), time=truth.time - truth.time[0],
        reasons=np.zeros(frames, np.uint32), scan_points=np.zeros((0, 3), np.float32),
    )  # fmt: skip
    info = SourceInfo(
        adapter="videopose3d", format="made", files=(), layout="made", units_found="m", up_found="y", native_fps=60.0, fps=60.0,
        time_offset_s=BEGAN, max_timestamp_jitter_s=0.0, frames=frames, joints=(), simulated=True,
    )  # fmt: skip
    result = AdapterResult(
        capture="made", source_info=info, subject=SubjectInfo(id="made", height_m=walk.truth.person.height_m, sex="m"),
        movement="gait", quality=(), tracked_fraction=1.0,
    )  # fmt: skip
    return result, arrays


def test_the_truth_itself_is_off_by_nothing_but_the_filter(walk: Recording, truth: FilmTruthArrays) -> None:
    errors = held_against(*reading(walk, truth, (0.0, 0.0, 0.0)), truth, BEGAN)
    assert errors.joints.max() < 1e-3
    assert np.nanmax(errors.angles) < 3.0
    assert errors.floor_m < 0.01
    assert len(errors.events) >= 0.9 * errors.asked > 0
    assert errors.events.max() <= EVENT_REACH_S
    assert errors.events.mean() < 0.025


def test_a_body_that_is_moved_by_five_centimetres_is_off_by_five_centimetres(
    walk: Recording, truth: FilmTruthArrays
) -> None:
    errors = held_against(*reading(walk, truth, (0.03, 0.04, 0.0)), truth, BEGAN)
    np.testing.assert_allclose(errors.joints, 0.05, atol=1e-3)
    np.testing.assert_allclose(errors.pelvis, 0.05, atol=1e-3)
    assert errors.floor_m == pytest.approx(0.04, abs=0.01)  # found by the soles, which were raised too


def test_the_bench_films_enough_people_with_seeds_nobody_looked_at() -> None:
    made = plans()
    assert len(made) == COUNT >= 20
    assert {plan.seed for plan in made} == set(range(FIRST_SEED, FIRST_SEED + COUNT))
    assert FIRST_SEED >= 1000
    assert {plan.movement for plan in made} == {"gait", "squat", "sit_to_stand", "balance"}
    for movement in ("gait", "squat", "sit_to_stand", "balance"):
        assert len({plan.view for plan in made if plan.movement == movement}) >= 3


def test_a_film_without_cameras_has_no_drift_to_measure(truth: FilmTruthArrays) -> None:
    from pathlib import Path

    from adapters.videopose3d.recording import VideoFile, VideoRecording

    with pytest.raises(ValueError, match="without cameras"):
        drift(VideoRecording(VideoFile(Path("film.mp4"))), truth)
