"""ARKit body frames, one JSON object a line: `body.jsonl` of the open bundle.

`{t, frame, tracked, scale, anchor[16], joints{name: {p[3] | m[16], tracked, conf?}}}`. Matrices are column-major (the
translation is elements 12, 13, 14); a joint is relative to the anchor, so its place in the world is anchor @ p.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from jaxtyping import Bool, Float
from pydantic import Field, TypeAdapter, model_validator

from adapters.formats.json_text import parse_json, validate_json
from adapters.formats.marker_file import MAX_TIME
from adapters.formats.poses import pose_matrix
from adapters.formats.raw_file import capture_errors
from kinetrace.store.safe_io.text import Lines, open_lines
from schemas.base import Strict
from schemas.errors import CaptureError

MAX_FRAMES = 1_000_000
Finite = Annotated[float, Field(ge=-1e6, le=1e6)]
Seconds = Annotated[float, Field(ge=-MAX_TIME, le=MAX_TIME)]


class JointRecord(Strict):
    """One joint in one frame, relative to the body anchor."""

    p: tuple[Finite, Finite, Finite] | None = None
    m: tuple[Finite, ...] | None = Field(default=None, min_length=16, max_length=16)
    tracked: bool = True
    conf: float | None = Field(default=None, ge=0.0, le=1.0)

    @model_validator(mode="after")
    def _one_pose(self) -> JointRecord:
        if (self.p is None) == (self.m is None):
            raise ValueError("expected either p (3 numbers) or m (16 numbers)")
        if self.m is not None and max(abs(v - w) for v, w in zip(self.m[3::4], (0, 0, 0, 1), strict=True)) > 1e-3:
            raise ValueError("expected a matrix column by column: its elements 3, 7, 11, 15 are 0, 0, 0, 1")
        return self


class BodyRecord(Strict):
    """One line of `body.jsonl`; without an anchor or joints the body was not seen."""

    t: Seconds
    frame: int
    tracked: bool = True
    scale: float | None = Field(default=None, gt=0.0, le=10.0)
    anchor: tuple[Finite, ...] | None = Field(default=None, min_length=16, max_length=16)
    joints: dict[str, JointRecord] = Field(default_factory=dict, max_length=200)


@dataclass(frozen=True)
class BodyFile:
    """ARKit joints and the anchor's origin in the world [m]: NaN where absent or the body was not tracked."""

    names: tuple[str, ...]
    positions: Float[np.ndarray, "samples joints 3"]
    origins: Float[np.ndarray, "samples 3"]
    joint_tracked: Bool[np.ndarray, "samples joints"]
    body_tracked: Bool[np.ndarray, "samples"]
    time: Float[np.ndarray, "samples"]
    scale: Float[np.ndarray, "samples"]


def read_body(path: Path) -> BodyFile:
    """Read `body.jsonl`.

    Raises:
        CaptureError: Names the line: no JSON, a wrong field, an anchor that is no rigid pose, time that does not go
            forward; or fewer than two frames.
    """
    with capture_errors(str(path)), open_lines(path) as (_, lines):
        return _arrays(*_records(lines, str(path)))


def _records(lines: Lines, where: str) -> tuple[list[BodyRecord], list[Float[np.ndarray, "4 4"] | None]]:
    records: list[BodyRecord] = []
    anchors: list[Float[np.ndarray, "4 4"] | None] = []
    adapter = TypeAdapter(BodyRecord)
    for number, line in lines:
        at = f"{where}:{number}"
        if len(records) >= MAX_FRAMES:
            raise _refusal(at, "size", f"{MAX_FRAMES} lines", "more", "Cut the recording.")
        record = validate_json(parse_json(line, at), adapter, at)
        if records and record.t <= records[-1].t:
            found = f"{record.t:.12g} s after {records[-1].t:.12g} s"
            raise _refusal(
                at, "t", "a later time than the line before", found, "Sort the lines, or cut the file there."
            )
        records.append(record)
        anchors.append(None if record.anchor is None else pose_matrix(record.anchor, at, "anchor"))
    if len(records) < 2:
        raise _refusal(where, "lines", "at least 2 frames", f"{len(records)}", "Give a recording, not one pose.")
    return records, anchors


def _arrays(records: list[BodyRecord], anchors: list[Float[np.ndarray, "4 4"] | None]) -> BodyFile:
    names = tuple(sorted({name for record in records for name in record.joints}))
    column = {name: i for i, name in enumerate(names)}
    positions = np.full((len(records), len(names), 3), np.nan)
    origins = np.full((len(records), 3), np.nan)
    tracked = np.zeros((len(records), len(names)), dtype=bool)
    for row, (record, anchor) in enumerate(zip(records, anchors, strict=True)):
        if not record.tracked or anchor is None:
            continue
        origins[row] = anchor[:3, 3]
        for name, joint in record.joints.items():
            local = joint.p if joint.p is not None else (joint.m or ())[12:15]
            positions[row, column[name]] = anchor[:3, :3] @ np.array(local) + anchor[:3, 3]
            tracked[row, column[name]] = joint.tracked
    return BodyFile(
        names,
        positions,
        origins,
        tracked,
        np.array([record.tracked and record.anchor is not None for record in records]),
        np.array([record.t for record in records]),
        np.array([1.0 if record.scale is None else record.scale for record in records]),
    )


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
