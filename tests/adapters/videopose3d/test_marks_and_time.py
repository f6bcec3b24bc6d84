"""What joints rest on, and the grid they are laid on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_sight import made_clip

from adapters.robotics.reading import JITTER_FLAG
from adapters.videopose3d.even_time import on_grid
from adapters.videopose3d.evidence import DEPTH_NOISE_M
from adapters.videopose3d.flat_ground import on_flat_ground
from adapters.videopose3d.marks import marks
from adapters.videopose3d.points import POINT
from adapters.videopose3d.surface import AT
from kinetrace.motion.skeletons import INDEX
from schemas.errors import CaptureError
from schemas.motion import Reason, Validity


def test_a_joint_is_measured_where_network_and_depth_see_it_and_inferred_where_one_does_not() -> None:
    sight = made_clip(1.0).sight
    visibility = sight.visibility.copy()
    visibility[:, POINT["l_wrist"]] = 0.3
    weight = np.full(sight.ranges.shape, DEPTH_NOISE_M**-2)
    weight[:, AT[:, POINT["r_knee"]] > 0.0] = 0.0
    found = marks(replace(sight, visibility=visibility), weight, with_depth=True)
    assert (found[:, INDEX["l_wrist"]] == Validity.INFERRED).all()
    assert (found[:, INDEX["r_knee"]] == Validity.INFERRED).all()
    assert (found[:, INDEX["l_knee"]] == Validity.MEASURED).all()
    assert (found[:, INDEX["head"]] == Validity.INFERRED).all()


def test_without_lidar_what_is_seen_is_measured() -> None:
    sight = made_clip(0.5).sight
    found = marks(sight, np.zeros(sight.ranges.shape), with_depth=False)
    assert (found[:, INDEX["r_knee"]] == Validity.MEASURED).all()


def test_a_point_that_is_not_seen_for_long_is_missing_and_for_a_moment_is_not() -> None:
    sight = made_clip(3.0).sight
    visibility = sight.visibility.copy()
    visibility[30:, POINT["r_ankle"]] = 0.0
    visibility[30:36, POINT["l_ankle"]] = 0.0
    found = marks(replace(sight, visibility=visibility), np.zeros(sight.ranges.shape), with_depth=False)
    assert (found[50:, INDEX["r_ankle"]] == Validity.MISSING).all()
    assert (found[:, INDEX["l_ankle"]] > Validity.MISSING).all()


def test_a_frame_without_anybody_has_no_body() -> None:
    sight = made_clip(1.0).sight
    visibility = sight.visibility.copy()
    visibility[10] = 0.0
    found = marks(replace(sight, visibility=visibility), np.zeros(sight.ranges.shape), with_depth=False)
    assert not found[10].any()
    assert found[9].all()


def _body(time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    positions = np.zeros((len(time), 21, 3))
    positions[..., 0] = np.sin(time)[:, None]
    return positions, np.full((len(time), 21), 2, np.uint8)


def test_dropped_frames_become_empty_slots() -> None:
    time = np.delete(np.arange(60) / 30.0, [20, 21])
    grid, out, found, _, _ = on_grid(time, *_body(time), "film")
    assert grid.frames == 60
    assert np.isnan(out[20:22]).all()
    assert not found[20:22].any()
    np.testing.assert_allclose(out[19, 0, 0], np.sin(19 / 30.0))


def test_a_variable_rate_is_read_in_between() -> None:
    steps = np.random.default_rng(0).choice([1.0, 1.25, 2.0], p=[0.6, 0.3, 0.1], size=120) / 30.0
    time = np.concatenate(([0.0], np.cumsum(steps)))
    grid, out, found, flags, told = on_grid(time, *_body(time), "film")
    assert "variable frame rate" in told[0]
    at = grid.start_s + np.arange(grid.frames) / grid.fps
    np.testing.assert_allclose(out[:, 0, 0], np.sin(at), atol=2e-3)
    assert found.all()
    nearest = np.abs(at[:, None] - time).min(axis=1)
    np.testing.assert_allclose(grid.jitter_s, nearest, atol=1e-9)
    flagged = (flags & np.uint32(Reason.TIMESTAMP_JITTER)) > 0
    assert (flagged == (nearest * grid.fps > JITTER_FLAG)).all() and flagged.any()


def test_far_from_a_frame_a_place_is_inferred_and_near_one_it_is_measured() -> None:
    """Frames come at 0, 1, …, 19, then every 2 slots: half of the later slots have a frame."""
    time = np.concatenate((np.arange(20), np.arange(20, 60, 2))) / 30.0
    time[::3] += 0.3 / 30.0
    grid, _, found, flags, _ = on_grid(time, *_body(time), "film")
    at = grid.start_s + np.arange(grid.frames) / grid.fps
    nearest = np.abs(at[:, None] - time).min(axis=1) * grid.fps
    late = at > 21 / 30
    assert (found[late & (nearest > 0.75)] == Validity.INFERRED).all() and (late & (nearest > 0.75)).any()
    assert ((flags[late & (nearest > 0.75)] & np.uint32(Reason.GAP_FILLED)) > 0).all()
    assert not (flags[(at < 18 / 30) | (nearest < 0.2)] & np.uint32(Reason.GAP_FILLED)).any()
    assert (found[late & (nearest < 0.2)] == Validity.MEASURED).all() and (late & (nearest < 0.2)).any()
    assert (found[(at > 1 / 30) & (at < 18 / 30)] == Validity.MEASURED).all()


def test_times_of_no_recording_are_refused() -> None:
    time = np.arange(40) * 0.5
    with pytest.raises(CaptureError, match="frames a second"):
        on_grid(time, *_body(time), "film")


def test_a_walker_who_climbs_because_the_camera_leans_walks_level_again() -> None:
    made = made_clip(4.0)
    leaning = made.positions.copy()
    leaning[..., 1] += (0.05 * leaning[..., 0]) - 1.3
    level, told = on_flat_ground(made.sight.time, leaning, np.full(leaning.shape[:2], 2, np.uint8))
    assert "flat ground assumed" in told[0]
    assert float((leaning - made.positions)[..., 1].std()) > 0.06
    assert float((level - made.positions)[..., 1].std()) < 0.02


def test_a_level_walk_is_only_put_on_the_ground() -> None:
    made = made_clip(4.0)
    moved, _ = on_flat_ground(
        made.sight.time, made.positions - (0.0, 1.0, 0.0), np.full(made.positions.shape[:2], 2, np.uint8)
    )
    assert np.abs(moved - made.positions).max() < 0.03
