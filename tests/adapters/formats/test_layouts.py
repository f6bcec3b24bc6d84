"""The same simulated take as our bundle, as Stray Scanner and as Record3D write it is one recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adapters.declared import Declared
from adapters.formats.video_bundle import read_recording
from adapters.sources import open_source
from adapters.videopose3d.recording import VideoRecording
from kinetrace.simulation.ipad.simulate_rgbd import simulate_rgbd
from kinetrace.store.arrays import read_h5
from schemas.simulation import FilmTruthArrays

SECONDS, SEED, SMALL = 1.0, 50, (96, 72)
WRITTEN_M = 2e-5
"""Places are written to 0.01 mm."""
Recordings = dict[str, VideoRecording]
pytestmark = pytest.mark.usefixtures("opengl")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, opengl: None) -> tuple[Path, Recordings]:
    folder = tmp_path_factory.mktemp("captures")
    found: Recordings = {}
    for layout in ("bundle", "stray_scanner", "record3d"):
        path = simulate_rgbd("gait", SECONDS, SEED, folder, layout, layout=layout, size=SMALL)
        found[layout] = read_recording(open_source(path, "a", Declared()))
    return folder, found


@pytest.mark.parametrize("layout", ["stray_scanner", "record3d"])
def test_cameras_depth_and_time_agree(written: tuple[Path, Recordings], layout: str) -> None:
    ours, theirs = written[1]["bundle"], written[1][layout]
    assert ours.cameras is not None and theirs.cameras is not None
    assert ours.depth is not None and theirs.depth is not None and ours.time is not None
    np.testing.assert_allclose(theirs.time, ours.time, atol=1e-9)
    np.testing.assert_allclose(theirs.cameras.intrinsics, ours.cameras.intrinsics, atol=1e-3)
    start, own = ours.cameras.world_from_camera[0], theirs.cameras.world_from_camera[0]
    moved = start @ np.linalg.inv(own) @ theirs.cameras.world_from_camera
    np.testing.assert_allclose(moved, ours.cameras.world_from_camera, atol=WRITTEN_M)
    assert ours.cameras.gravity_known and theirs.cameras.gravity_known == (layout == "stray_scanner")
    for frame in range(0, len(ours.time), 5):
        mine, other = ours.depth.at(frame), theirs.depth.at(frame)
        assert mine is not None and other is not None
        np.testing.assert_allclose(other[0], mine[0], atol=1e-6)
        np.testing.assert_array_equal(other[1], mine[1])


def test_the_camera_is_where_the_simulator_held_it(written: tuple[Path, Recordings]) -> None:
    """The simulator's own camera (ARKit's, truth frame) against what is read: one place and one attitude up to drift."""
    folder, found = written
    truth = read_h5(folder / "bundle" / "truth.h5", FilmTruthArrays)
    cameras = found["bundle"].cameras
    assert cameras is not None
    true = truth.to_capture @ truth.camera_pose @ np.diag([1.0, -1.0, -1.0, 1.0])
    away = np.linalg.inv(true) @ cameras.world_from_camera
    assert np.linalg.norm(away[:, :3, 3], axis=1).max() < 0.03
    turned = np.degrees(np.arccos(np.clip((np.trace(away[:, :3, :3], axis1=1, axis2=2) - 1) / 2, -1, 1)))
    assert turned.max() < 1.0
