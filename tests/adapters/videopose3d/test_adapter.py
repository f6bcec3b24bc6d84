"""The whole adapter on a made recording: what comes out, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from made_sight import FPS, SIZE, STATURE, Made, as_landmarks, made_clip

from adapters.videopose3d.adapter import body_from_video
from adapters.videopose3d.clip import OVERLAP, PIECE, fuse_clip
from adapters.videopose3d.landmarks import LANDMARKS
from adapters.videopose3d.points import usual_lengths
from adapters.videopose3d.recording import VideoFile, VideoRecording
from kinetrace.motion.skeletons import INDEX
from schemas.capture import SubjectInfo
from schemas.errors import CaptureError
from schemas.motion import Validity

FILM = VideoFile(Path("film.mp4"))
WHO = SubjectInfo(id="made", height_m=STATURE, sex="m")


@dataclass
class Surfaces:
    """Depth as the made clip's places have it: each place a small patch at its range, before a floor and a far wall."""

    made: Made

    def at(self, frame: int) -> tuple[np.ndarray, np.ndarray] | None:
        pose, (fx, fy, cx, cy) = self.made.cameras.world_from_camera[frame], self.made.cameras.intrinsics[frame] * 0.4
        rows, columns = np.mgrid[0:192, 0:256] + 0.5
        rays = np.stack(((columns - cx) / fx, (rows - cy) / fy, np.ones_like(rows)), axis=-1) @ pose[:3, :3].T
        floor = -pose[1, 3] / np.minimum(rays[..., 1], -1e-6)
        depth = np.minimum(floor, 4.8).astype(np.float32)
        sight = self.made.sight
        for way, distance in zip(sight.surface_rays[frame], sight.ranges[frame], strict=True):
            local = (way @ pose[:3, :3]) * distance
            if np.isfinite(local).all():
                column, row = int(fx * local[0] / local[2] + cx), int(fy * local[1] / local[2] + cy)
                depth[row - 2 : row + 3, column - 2 : column + 3] = local[2]
        return depth, np.full(depth.shape, 2, np.uint8)

    def has(self, frame: int) -> bool:
        return 0 <= frame < len(self.made.points)


@pytest.fixture(scope="module")
def clip() -> Made:
    return made_clip(2.0)


def recording(made: Made, **changes: object) -> VideoRecording:
    whole = VideoRecording(FILM, made.cameras, Surfaces(made))
    return replace(whole, **changes)  # type: ignore[arg-type]


def test_film_depth_and_poses_give_the_body_in_the_recordings_world(clip: Made) -> None:
    found = body_from_video(recording(clip), WHO, "here", landmarks=as_landmarks(clip))
    off = np.linalg.norm(found.body.positions - clip.positions, axis=2)
    assert np.median(off) < 0.03
    assert np.median(off[:, 0]) < 0.03
    assert found.adapter == "videopose3d"
    assert found.grid.fps == FPS
    assert found.scan_points is not None
    assert (np.abs(found.scan_points[:, 1]) < 0.02).mean() > 0.3  # the floor, and the wall behind
    assert (found.body.validity[:, INDEX["r_knee"]] == Validity.MEASURED).mean() > 0.8


def test_without_a_declared_stature_depth_gives_it_and_says_so(clip: Made) -> None:
    found = body_from_video(recording(clip), SubjectInfo(id="x"), "here", landmarks=as_landmarks(clip))
    said = next(text for text in found.assumptions if text.startswith("stature"))
    assert abs(float(said.split()[1]) - STATURE) < 0.15


def test_a_film_alone_is_metric_by_the_declared_stature_and_says_what_it_assumes(clip: Made) -> None:
    found = body_from_video(recording(clip, cameras=None, depth=None), WHO, "here", landmarks=as_landmarks(clip))
    thigh = np.linalg.norm(found.body.get("r_hip") - found.body.get("r_knee"), axis=1)
    assert np.median(thigh) == pytest.approx(STATURE * usual_lengths("m")[1], rel=0.1)
    text = " ".join(found.assumptions)
    assert "a film alone" in text
    assert "declared stature of 1.75 m" in text
    assert "marked measured were seen in the image; how far away each is was estimated" in text


def test_a_film_alone_without_a_stature_is_refused_naming_the_option(clip: Made) -> None:
    with pytest.raises(CaptureError, match="--height"):
        body_from_video(
            recording(clip, cameras=None, depth=None), SubjectInfo(id="x"), "here", landmarks=as_landmarks(clip)
        )


def test_half_a_body_is_refused_naming_what_was_not_seen(clip: Made) -> None:
    seen = as_landmarks(clip)
    low = [LANDMARKS.index(f"{side}_{part}") for side in "rl" for part in ("knee", "ankle", "heel", "toe")]
    points, visibility = seen.points.copy(), seen.visibility.copy()
    points[:, low], visibility[:, low] = np.nan, 0.0
    with pytest.raises(CaptureError, match=r"r_knee, r_ankle, l_knee, l_ankle.*never seen"):
        body_from_video(recording(clip), WHO, "here", landmarks=replace(seen, points=points, visibility=visibility))


def test_poses_that_are_missing_throughout_are_refused(clip: Made) -> None:
    lost = replace(clip.cameras, world_from_camera=np.full_like(clip.cameras.world_from_camera, np.nan))
    with pytest.raises(CaptureError, match="frames with a person and a camera pose"):
        body_from_video(recording(clip, cameras=lost, depth=None), WHO, "here", landmarks=as_landmarks(clip))


def test_frames_without_depth_go_by_the_image_and_are_counted(clip: Made) -> None:
    class Sparse(Surfaces):
        def has(self, frame: int) -> bool:
            return super().has(frame) and frame % 4 == 0

        def at(self, frame: int) -> tuple[np.ndarray, np.ndarray] | None:
            return super().at(frame) if self.has(frame) else None

    found = body_from_video(recording(clip, depth=Sparse(clip)), WHO, "here", landmarks=as_landmarks(clip))
    assert "45 of 60 frames have no depth on the person: from the image alone" in found.assumptions
    assert np.nanmedian(np.linalg.norm(found.body.positions - clip.positions, axis=2)) < 0.04


def test_a_world_that_lost_gravity_is_turned_by_its_floor(clip: Made) -> None:
    from scipy.spatial.transform import Rotation

    lean = np.eye(4)
    lean[:3, :3] = Rotation.from_rotvec([0.2, 0.5, -0.15]).as_matrix()
    lost = replace(clip.cameras, world_from_camera=lean @ clip.cameras.world_from_camera, gravity_known=False)
    found = body_from_video(recording(clip, cameras=lost), WHO, "here", landmarks=as_landmarks(clip))
    assert any("lost gravity: up is the floor's normal" in text for text in found.assumptions)
    up = found.body.get("thorax") - found.body.get("pelvis")
    true = clip.positions[:, INDEX["thorax"]] - clip.positions[:, 0]
    assert np.median(np.abs(np.linalg.norm(up, axis=1) - np.linalg.norm(true, axis=1))) < 0.03
    assert np.median(np.abs(up[:, 1] - true[:, 1])) < 0.02


def test_a_long_clip_in_pieces_is_nearly_the_clip_in_one(clip: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fuse_clip(clip.sight, STATURE, STATURE * usual_lengths("m"))
    monkeypatch.setattr("adapters.videopose3d.clip.PIECE", 20)
    monkeypatch.setattr("adapters.videopose3d.clip.OVERLAP", 8)
    pieces = fuse_clip(clip.sight, STATURE, STATURE * usual_lengths("m"))
    assert np.median(np.linalg.norm(whole.points - pieces.points, axis=2)) < 0.005
    assert (PIECE, OVERLAP, SIZE) == (600, 20, (640, 480))


@pytest.mark.parametrize("height", [STATURE, None])
def test_depth_in_another_unit_is_refused(clip: Made, height: float | None) -> None:
    class Tenfold(Surfaces):
        def at(self, frame: int) -> tuple[np.ndarray, np.ndarray] | None:
            found = super().at(frame)
            return None if found is None else (0.1 * found[0], found[1])

    who = SubjectInfo(id="x", height_m=height)
    with pytest.raises(CaptureError, match=r"depth: expected a person of .*as the depth shows it.*millimetres"):
        body_from_video(recording(clip, depth=Tenfold(clip)), who, "here", landmarks=as_landmarks(clip))


def test_a_stature_that_depth_contradicts_is_said(clip: Made) -> None:
    who = SubjectInfo(id="x", height_m=0.82 * STATURE)
    found = body_from_video(recording(clip), who, "here", landmarks=as_landmarks(clip))
    assert any("the depth shows a stature of" in text and "is declared" in text for text in found.assumptions)
    found = body_from_video(recording(clip), WHO, "here", landmarks=as_landmarks(clip))
    assert not any("is declared" in text for text in found.assumptions)


def test_a_stature_that_is_needed_is_asked_for_before_anybody_looks_at_the_film(clip: Made) -> None:
    with pytest.raises(CaptureError, match="stature, as there is no depth"):
        body_from_video(recording(clip, depth=None), SubjectInfo(id="x"), "there is no such film")
