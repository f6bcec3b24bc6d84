"""What stage 0 hands on to the film's path, and what it adds to its account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_sight import STATURE, as_landmarks, made_clip
from pydantic import ValidationError

from adapters.formats.bundle import Bundle
from adapters.robotics.adapter import adapt_bundle
from adapters.videopose3d.landmarks import Landmarks
from adapters.videopose3d.recording import VideoFile, VideoRecording
from benchmarks.made_videos import write_bundle
from kinetrace.store.stage_run import StageRun
from kinetrace.store.workspace import Workspace
from schemas.adapter import AdapterParams
from schemas.capture import CaptureFile, Device, Extent, Plane, SubjectInfo
from schemas.errors import CaptureError
from stages.registry import STAGES
from stages.s00_adapter import stage

Asked = dict[str, object]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the pose network is asked; it sees nobody."""
    told: Asked = {}

    def nobody(film: VideoFile, **how: object) -> Landmarks:
        told.update(how)
        raise CaptureError(where=str(film.path), field="film", expected="a person", found="nobody", fix="Film one.")

    monkeypatch.setattr("adapters.videopose3d.adapter.find_landmarks", nobody)
    return told


def test_the_declared_place_and_the_bar_reach_the_pose_network(tmp_path: Path, asked: Asked) -> None:
    write_bundle(tmp_path / "captures" / "made")
    draft = Workspace(tmp_path).stage("made", "s00_adapter")
    draft.mkdir(parents=True)
    run = StageRun(Workspace(tmp_path), "made", next(plan for plan in STAGES if plan.name == "s00_adapter"), draft)
    with pytest.raises(CaptureError, match="nobody"):
        stage.run(run, AdapterParams(place=(0.8, 0.5)))
    assert asked["place"] == (0.8, 0.5)
    assert asked["progress"] == run.progress


def test_no_place_is_asked_for_by_default_and_one_outside_the_picture_is_refused() -> None:
    assert AdapterParams().place is None
    with pytest.raises(ValidationError, match="place"):
        AdapterParams(place=(1.2, 0.5))


def _bundle(*planes: Plane) -> Bundle:
    subject = SubjectInfo(id="made", height_m=STATURE, sex="m")
    capture = CaptureFile(device=Device(model="made"), subject=subject, units="m", files={"rgb.mp4": "rgb"})
    return Bundle(Path("made"), capture, {"rgb": Path("rgb.mp4")}, planes, None, None, ())


def _lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every bundle's film be a made clip without depth in a world that has lost gravity."""
    made = made_clip(2.0)
    cameras = replace(made.cameras, gravity_known=False)
    read: Callable[[Bundle], VideoRecording] = lambda bundle: VideoRecording(VideoFile(Path("rgb.mp4")), cameras)  # noqa: E731
    monkeypatch.setattr("adapters.formats.video_bundle.read_recording", read)
    monkeypatch.setattr("adapters.videopose3d.adapter.find_landmarks", lambda film, **how: as_landmarks(made))


def test_planes_of_a_world_that_lost_gravity_are_left_out_and_that_is_said_where_there_are_any(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _lost(monkeypatch)
    floor = Plane(
        identifier="floor", alignment="horizontal", classification="floor", center=(0.0, 0.0, 0.0),
        transform=tuple(np.eye(4).ravel().tolist()), extent=Extent(width=4.0, height=4.0),
    )  # fmt: skip
    for planes, said in (((), False), ((floor,), True)):
        result, _ = adapt_bundle(_bundle(*planes), "made", AdapterParams())
        assert any("planes: in the world that had lost gravity" in text for text in result.source_info.left_out) == said
        assert result.planes == ()
