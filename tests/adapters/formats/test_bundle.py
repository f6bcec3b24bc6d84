from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adapters.formats.bundle import read_bundle
from schemas.errors import CaptureError

PLANE = {
    "identifier": "p", "transform": [float(v) for v in np.eye(4).ravel()], "alignment": "horizontal",
    "center": [0.0, 0.0, 0.0], "extent": {"width": 2.0, "height": 1.0, "rotation_on_y": 0.1}, "classification": "floor",
}  # fmt: skip


def _bundle(folder: Path, files: dict[str, str], **contents: Any) -> Path:
    document = {"device": {"model": "x"}, "subject": {"id": "s"}, "units": "m", "files": files}
    (folder / "capture.json").write_text(json.dumps(document))
    for name, content in contents.items():
        (folder / name.replace("__", ".")).write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def test_documents_are_read_and_what_is_not_used_is_said(tmp_path: Path) -> None:
    files = {"body.jsonl": "body", "planes.json": "planes", "assessment.json": "assessment", "rgb.mp4": "rgb"}
    folder = _bundle(
        tmp_path, files, body__jsonl="x", planes__json=[PLANE], assessment__json={"assessment_type": "tug"}, rgb__mp4="v",
        notes__txt="n",
    )  # fmt: skip
    found = read_bundle(folder)
    assert found.planes[0].classification == "floor"
    assert found.assessment is not None and found.assessment.assessment_type == "tug"
    assert found.names() == ("assessment.json", "body.jsonl", "capture.json", "planes.json")
    assert [text.split(":")[0] for text in found.left_out] == ["notes.txt", "rgb.mp4"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"motion.trc": "motion"}, "motion: expected a file, as capture.json says, found nothing"),
        ({"planes.json": "planes"}, "a body, motion, rgb or assessment file, found roles: planes"),
        ({"planes.json": "body", "b.jsonl": "body"}, "one body file"),
        ({"planes.json": "depth"}, "depth: expected a folder"),
    ],
)
def test_a_table_of_contents_that_does_not_hold_is_refused(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(CaptureError, match=message):
        read_bundle(_bundle(tmp_path, files, planes__json=[PLANE], b__jsonl="x"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"transform": [0.0] * 16}, "p.transform: expected a rigid pose"),
        ({"center": [1e9, 0.0, 0.0]}, "p: expected at most 1000 m"),
        ({"classification": "lava"}, "0.classification"),
    ],
)
def test_an_impossible_plane_is_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    files = {"body.jsonl": "body", "planes.json": "planes"}
    with pytest.raises(CaptureError, match=message):
        read_bundle(_bundle(tmp_path, files, body__jsonl="x", planes__json=[PLANE | change]))


def test_a_linked_recording_is_refused(tmp_path: Path) -> None:
    folder = _bundle(tmp_path, {"body.jsonl": "body"}, other="x")
    (folder / "body.jsonl").symlink_to(folder / "other")
    with pytest.raises(CaptureError, match=r"a symbolic link"):
        read_bundle(folder)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match=r"a folder with capture.json, found no folder"):
        read_bundle(tmp_path / "none")
