from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from adapters.ingest import validate
from adapters.reports import ValidationReport


@pytest.fixture
def report(
    tmp_path: Path, walker: np.ndarray, keypoints: Callable[..., dict[str, np.ndarray]], trc: Callable[..., str]
) -> ValidationReport:
    made = keypoints(walker)
    for name in ("RShoulder", "LShoulder", "RElbow", "LElbow", "RWrist", "LWrist"):
        del made[name]
    (tmp_path / "a.trc").write_text(trc(made))
    return validate(tmp_path / "a.trc")


def test_every_joint_is_counted_once(report: ValidationReport) -> None:
    motion = report.motion
    assert motion is not None
    assert motion.joints_measured + motion.joints_inferred + len(motion.joints_absent) == 21
    assert set(motion.joints_absent) >= {"thorax", "head", "r_wrist"} and motion.joints_measured == 11


def test_the_text_says_what_was_recognised_assumed_and_absent(report: ValidationReport) -> None:
    text = report.text()
    for expected in ("recognised:  20 video keypoints", "150 frames at 60 Hz, 2.50 s", "10 absent (spine", "assumed:"):
        assert expected in text


def test_the_json_is_a_check_that_a_machine_can_read(report: ValidationReport) -> None:
    document = json.loads(report.model_dump_json())
    assert document["schema"] == "kinetrace.check/1" and document["ok"] is True and document["findings"] == []
