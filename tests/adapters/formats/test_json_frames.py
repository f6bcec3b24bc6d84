from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from adapters.formats.json_frames import find_frames, load_export, numbers, timed
from schemas.errors import CaptureError


def _timed(value: object, fps: float | None = None) -> object:
    found = find_frames(value)
    assert found is not None
    return timed(found, fps, "x.json")


@pytest.mark.parametrize(
    "value",
    [
        [{"a": 1}, {"a": 2}],
        {"frames": [{"a": 1}, {"a": 2}]},
        {"frame_1": {"a": 1}, "frame_2": {"a": 2}},
        {"10": {"a": 2}, "9": {"a": 1}},
    ],
)
def test_frames_are_found_in_every_shape_and_in_their_order(value: object) -> None:
    found = find_frames(value)
    assert found is not None and [item["a"] for item in found[0]] == [1, 2]


def test_other_documents_have_no_frames() -> None:
    assert find_frames({"a": 1}) is None and find_frames({}) is None and find_frames("x") is None
    assert find_frames({"1": 1, "x": 2}) is None


@pytest.mark.parametrize("key", ["t", "time", "timestamp"])
def test_own_times_win_over_a_declared_rate_and_begin_at_zero(key: str) -> None:
    frames = _timed([{key: 5.0}, {key: 5.5}, {key: 6.5}], 60.0)
    np.testing.assert_allclose(frames.time, [0.0, 0.5, 1.5])  # type: ignore[attr-defined]
    assert "was not needed" in frames.remarks[0]  # type: ignore[attr-defined]


def test_milliseconds_are_read_as_such_and_the_documents_own_rate_is_used() -> None:
    np.testing.assert_allclose(_timed([{"timestamp_ms": 0}, {"timestamp_ms": 40}]).time, [0.0, 0.04])  # type: ignore[attr-defined]
    own = _timed({"fps": 25, "frames": [{}, {}]}, 60.0)
    np.testing.assert_allclose(own.time, [0.0, 0.04])  # type: ignore[attr-defined]
    assert "the file says 25" in own.remarks[0]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([{}, {}], "neither.*--fps"),
        ([{"t": 0}, {}], "frame 2, time: expected a time in every frame"),
        ([{"t": 0}, {"t": 0}], "frame 2, time: expected a later time"),
        ([{"t": "0"}, {"t": 1}], "frame 1, t: expected 1 numbers"),
        ([{"t": True}, {"t": 1}], "frame 1, t"),
        ([{"t": 0}], "at least 2 frames"),
        ({"fps": 0, "frames": [{}, {}]}, "fps: expected 5 to 20000"),
        ({"fps": [60], "frames": [{}, {}]}, "fps: expected 1 numbers"),
    ],
)
def test_times_that_are_none_are_refused(value: object, message: str) -> None:
    with pytest.raises(CaptureError, match=message):
        _timed(value)


def test_one_frame_with_a_rate_is_no_recording() -> None:
    with pytest.raises(CaptureError, match="at least 2 frames, found 1"):
        _timed([{}], 60.0)


@pytest.mark.parametrize("value", [[1, 2], [1, 2, "3"], [1, 2, True], [1, 2, 2e6], "abc", None, {"x": 1}])
def test_numbers_are_counted_and_bounded(value: object) -> None:
    assert numbers([1, 2.5, -3], 3, "x", "f") == [1.0, 2.5, -3.0]
    with pytest.raises(CaptureError, match="f: expected 3 numbers below"):
        numbers(value, 3, "x", "f")


def test_a_document_is_read_within_bounds(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps([{"t": 0}]))
    assert load_export(path) == [{"t": 0}]
    path.write_text("[" * 100)
    with pytest.raises(CaptureError, match="at most 32 levels"):
        load_export(path)


def test_a_clock_may_count_from_1970_and_a_place_may_not() -> None:
    seconds, thousandths = (
        _timed([{"t": 1.7e9}, {"t": 1.7e9 + 0.25}]),
        _timed([{"time_ms": 1.7e12}, {"time_ms": 1.7e12 + 250}]),
    )
    for frames in (seconds, thousandths):
        np.testing.assert_allclose(frames.time, [0.0, 0.25], atol=1e-6)  # type: ignore[attr-defined]
    with pytest.raises(CaptureError, match=r"frame 1, t: expected 1 numbers below 1e\+13"):
        _timed([{"t": 1e14}, {"t": 2e14}])
