"""Whatever is done to a recording, the answer is a refusal that a person can act on or a usable motion."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.robotics.adapter import adapt
from adapters.robotics.arkit import JOINTS
from kinetrace.motion.skeletons import INDEX
from schemas.adapter import AdapterParams
from schemas.errors import KinetraceError

PIECES = (
    "", "\t", "\t\t", "\n", "\r", "nan", "inf", "-1", "0", "1e308", "1e-308", "999999999999", "x", "m", "mm", ":",
    "\u2028", "[", "]", "{", "}", ",", '"', "null", "true", "\\", "-", ".", " ",
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(PIECES), st.booleans()), min_size=1, max_size=4
)


def _edited(text: str, edits: list[tuple[float, int, str, bool]]) -> str:
    """Replace stretches of a text; half of the edits hit the header, where most goes wrong."""
    for place, length, piece, header in edits:
        at = int(place * min(len(text), 600 if header else len(text)))
        text = text[:at] + piece + text[at + length :]
    return text


def _usable_or_refused(folder: Path) -> None:
    try:
        result, arrays = adapt(folder, AdapterParams())
    except KinetraceError as error:
        assert error.fix and error.expected and error.found
        return
    assert len(arrays.time) == result.source_info.frames >= 30
    assert np.isfinite(arrays.positions).all() and np.abs(arrays.positions).max() < 1e4


def _bundle(folder: Path, name: str, role: str, text: str) -> Path:
    (folder / name).write_text(text, newline="")
    document = {"device": {"model": "x"}, "subject": {"id": "s"}, "units": "m", "files": {name: role}}
    (folder / "capture.json").write_text(json.dumps(document))
    return folder


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_an_edited_marker_file(
    walker: np.ndarray,
    keypoints: Callable[..., dict[str, np.ndarray]],
    trc: Callable[..., str],
    edits: list[tuple[float, int, str, bool]],
) -> None:
    text = _edited(trc({name: track[:40] for name, track in keypoints(walker).items()}, decimals=3), edits)
    with tempfile.TemporaryDirectory() as folder:
        _usable_or_refused(_bundle(Path(folder), "motion.trc", "motion", text))


@pytest.fixture(scope="module")
def body_lines(walker: np.ndarray) -> str:
    lines = []
    for i, frame in enumerate(walker[:40]):
        joints = {
            theirs: {"p": [round(float(v), 3) for v in frame[INDEX[ours]]], "tracked": True}
            for ours, theirs in JOINTS.items()
        }
        anchor = [float(v) for v in np.eye(4).ravel()]
        lines.append(
            json.dumps({"t": i / 60, "frame": i, "tracked": True, "scale": 1.0, "anchor": anchor, "joints": joints})
        )
    return "\n".join(lines)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_an_edited_body_file(body_lines: str, edits: list[tuple[float, int, str, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _usable_or_refused(_bundle(Path(folder), "body.jsonl", "body", _edited(body_lines, edits)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**31), st.floats(0.0, 0.95), st.floats(0.0, 3.0))
def test_markers_that_come_and_go_and_jump(
    walker: np.ndarray,
    lab_markers: Callable[..., dict[str, np.ndarray]],
    trc: Callable[..., str],
    seed: int,
    missing: float,
    noise: float,
) -> None:
    rng = np.random.default_rng(seed)
    made = lab_markers(walker)
    for track in made.values():
        wild = rng.random(len(track)) < 0.05
        track[wild] += rng.normal(0, noise, (int(wild.sum()), 3))
        track[rng.random(len(track)) < missing * rng.random()] = np.nan
    with tempfile.TemporaryDirectory() as folder:
        _usable_or_refused(_bundle(Path(folder), "motion.trc", "motion", trc(made)))
