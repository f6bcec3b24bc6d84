from __future__ import annotations

from pathlib import Path

import pytest

from adapters.ingest import Declared
from benchmarks.made_exports import mediapipe_json
from commands.motion_picture import draw
from kinetrace.simulation.simulate import simulate
from schemas.errors import CaptureError, UsageError


def test_a_recording_is_drawn_as_it_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "pose.json"
    path.write_bytes(mediapipe_json(simulate("squat", 4.0, 1).truth.positions.astype(float)))
    draw(path, Declared(), tmp_path / "squat.svg")
    text = (tmp_path / "squat.svg").read_text(encoding="utf-8")
    assert (
        text.startswith("<svg xmlns") and "MediaPipe, 33 landmarks (mediapipe_json)" in text and "21 inferred" in text
    )


def test_what_cannot_be_drawn_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pose.json"
    path.write_text("{}")
    with pytest.raises(UsageError, match=r"--picture: expected a file that ends in .svg.*a.png.*a.svg"):
        draw(path, Declared(), tmp_path / "a.png")
    with pytest.raises(CaptureError, match="of another kind"):
        draw(path, Declared(), tmp_path / "a.svg")
    path.write_bytes(mediapipe_json(simulate("squat", 4.0, 1).truth.positions.astype(float)))
    with pytest.raises(UsageError, match="in a folder that is there"):
        draw(path, Declared(), tmp_path / "no" / "a.svg")
    assert not (tmp_path / "a.svg").exists()
