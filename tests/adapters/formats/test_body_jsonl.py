from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adapters.formats.body_jsonl import read_body
from schemas.errors import CaptureError

QUARTER_TURN = [0, 0, -1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 10, 20, 30, 1]
"""+90° about Y (x goes to −z, z to x), standing at (10, 20, 30), column by column."""


ROW_MAJOR = [1.0, 0.0, 0.0, 4.0, 0.0, 1.0, 0.0, 5.0, 0.0, 0.0, 1.0, 6.0, 0.0, 0.0, 0.0, 1.0]
"""A place of (4, 5, 6) written row by row."""


def _line(t: float, **change: Any) -> dict[str, Any]:
    joints = {"root": {"p": [1.0, 2.0, 3.0], "tracked": True}}
    return {"t": t, "frame": 0, "tracked": True, "scale": 1.0, "anchor": QUARTER_TURN, "joints": joints} | change


def _write(folder: Path, *lines: Any) -> Path:
    path = folder / "body.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    return path


def test_a_joint_stands_in_the_world_at_anchor_times_p(tmp_path: Path) -> None:
    found = read_body(_write(tmp_path, _line(5.0), _line(5.1)))
    np.testing.assert_allclose(found.positions[0, 0], [10 + 3, 20 + 2, 30 - 1])
    np.testing.assert_array_equal(found.time, [5.0, 5.1])


def test_a_joint_matrix_gives_its_translation(tmp_path: Path) -> None:
    matrix = [*np.eye(4).ravel()[:12], 1.0, 2.0, 3.0, 1.0]
    first = _line(0.0, joints={"root": {"m": matrix, "tracked": False}})
    found = read_body(_write(tmp_path, first, _line(0.1)))
    np.testing.assert_allclose(found.positions[0, 0], [13.0, 22.0, 29.0])
    assert not found.joint_tracked[0, 0] and found.joint_tracked[1, 0]


def test_an_untracked_body_or_one_without_anchor_is_missing(tmp_path: Path) -> None:
    found = read_body(_write(tmp_path, _line(0.0, tracked=False), _line(0.1, anchor=None), _line(0.2)))
    np.testing.assert_array_equal(found.body_tracked, [False, False, True])
    assert np.isnan(found.positions[:2]).all() and np.isfinite(found.positions[2]).all()


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (_line(-1.0), ":2: t: expected a later time than the line before, found -1 s after 0 s"),
        (_line(0.1, anchor=[1] * 16), ":2: anchor: expected a rigid pose"),
        (_line(0.1, anchor=[1] * 15), ":2: anchor: expected .*16"),
        (_line(0.1, joints={"root": {"tracked": True}}), "either p .3 numbers. or m"),
        (_line(0.1, joints={"root": {"m": ROW_MAJOR}}), "a matrix column by column"),
        (_line(0.1, joints={"root": {"p": [1e300, 0.0, 0.0]}}), ":2: joints.root.p.0"),
        (_line(0.1, colour="red"), ":2: colour: expected Extra inputs"),
        ([1], ":2: document"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, second: Any, message: str) -> None:
    with pytest.raises(CaptureError, match=message):
        read_body(_write(tmp_path, _line(0.0), second))


def test_one_pose_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match=r"at least 2 frames, found 1"):
        read_body(_write(tmp_path, _line(0.0)))


@pytest.mark.parametrize("start", [1.1e6, 1.7e9, 1.7e12])
def test_a_clock_may_count_from_the_devices_start_or_from_1970(tmp_path: Path, start: float) -> None:
    found = read_body(_write(tmp_path, _line(start), _line(start + 0.125)))
    assert found.time[1] - found.time[0] == pytest.approx(0.125, abs=1e-3)
    with pytest.raises(CaptureError, match=r":1: t"):
        read_body(_write(tmp_path, _line(1e14), _line(1e14 + 1)))
