from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from adapters.formats.body_jsonl import read_body
from adapters.robotics.arkit import JOINTS, body_from_arkit
from kinetrace.motion.skeletons import INDEX
from schemas.errors import CaptureError
from schemas.motion import Validity


def _write(folder: Path, joints: np.ndarray, scale: float = 1.0, tracked: bool = True) -> Path:
    """Write a body with the anchor at the pelvis; toes are there but untracked, heels do not exist."""
    lines = []
    for i, frame in enumerate(joints):
        pelvis = frame[0]
        anchor = [*np.eye(4).ravel()[:12], *(float(v) for v in pelvis), 1.0]
        relative = {
            theirs: {"p": [float(v) for v in (frame[INDEX[ours]] - pelvis) / scale], "tracked": "toes" not in theirs}
            for ours, theirs in JOINTS.items()
        }
        lines.append(
            {"t": 100.0 + i / 60, "frame": i, "tracked": tracked, "scale": scale, "anchor": anchor, "joints": relative}
        )
    path = folder / "body.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


def test_the_misleading_names_are_read_as_what_they_are() -> None:
    assert JOINTS["r_hip"] == "right_upLeg_joint" and JOINTS["l_knee"] == "left_leg_joint"
    assert JOINTS["r_ankle"] == "right_foot_joint" and JOINTS["l_shoulder"] == "left_arm_joint"


def test_joints_stand_where_they_stood_and_feet_are_marked_inferred(tmp_path: Path, walker: np.ndarray) -> None:
    body, grid, remarks = body_from_arkit(read_body(_write(tmp_path, walker)), "m", 1.75, "x")
    direct = [INDEX[joint] for joint in (*JOINTS, "pelvis", "thorax")]
    assert np.linalg.norm(body.positions[:, direct] - walker[:, direct], axis=2).max() < 1e-4
    assert grid.fps == 60.0 and grid.start_s == pytest.approx(100.0)
    assert (body.validity[:, INDEX["r_knee"]] == Validity.MEASURED).all()
    assert (body.validity[:, [INDEX["r_toe"], INDEX["r_heel"]]] == Validity.INFERRED).all()
    heel = np.linalg.norm(body.get("r_heel") - walker[:, INDEX["r_heel"]], axis=1)
    assert np.median(heel) < 0.03
    assert remarks[0] == "ARKit scale 1.000: joints are metres"
    assert remarks[1:] == ("12.0 joints tracked on average, good recordings have 20",)  # as few as were written


def test_the_declared_stature_decides_whether_the_scale_applies(tmp_path: Path, walker: np.ndarray) -> None:
    file = read_body(_write(tmp_path, walker, scale=0.8))
    scaled, _, remarks = body_from_arkit(file, "m", 1.75, "x")
    assert "was applied" in remarks[0]
    knee = INDEX["r_knee"]
    assert np.linalg.norm(scaled.positions[:, knee] - walker[:, knee], axis=1).max() < 1e-4
    plain, _, remarks = body_from_arkit(file, "m", None, "x")
    assert "was not applied: no stature declared" in remarks[0]
    assert np.linalg.norm(plain.positions[:, knee] - walker[:, knee], axis=1).min() > 0.05


def test_a_body_that_was_never_tracked_is_refused(tmp_path: Path, walker: np.ndarray) -> None:
    file = read_body(_write(tmp_path, walker[:5], tracked=False))
    with pytest.raises(CaptureError, match=r"frames with a tracked body, found 0 of 5"):
        body_from_arkit(file, "m", None, "x")
