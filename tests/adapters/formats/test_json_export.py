from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from adapters.formats.json_export import is_assessment, read_json_export
from benchmarks.made_exports import mediapipe_json, swift_json, vision_json
from schemas.errors import CaptureError


def test_each_kind_is_told_by_its_content(tmp_path: Path, walk: np.ndarray) -> None:
    path = tmp_path / "export.json"
    for data, name in (
        (swift_json(walk[:3]), "arkit_swift_json"),
        (vision_json(walk[:3], height=1.8, true_height=1.75), "vision_json"),
        (mediapipe_json(walk[:3]), "mediapipe_json"),
    ):
        path.write_bytes(data)
        assert not is_assessment(path) and read_json_export(path, 60.0).format == name


def test_an_assessment_is_no_motion(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"assessment_type": "FMS"}))
    assert is_assessment(path)


@pytest.mark.parametrize("text", ["{}", "[]", "3", '{"kind": "FMS"}', "[[1, 2], [3]]", '"simd"', "null"])
def test_anything_else_is_refused_with_what_is_known(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(CaptureError, match=r"simd_float4x4.*Vision.*MediaPipe.*assessment_type.*of another kind"):
        read_json_export(path, 60.0)
