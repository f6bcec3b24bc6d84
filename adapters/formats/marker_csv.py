"""CSV of points over time: a row a frame, three columns a point, found by their names or as a mapping file says.

`NAME_x, NAME_y, NAME_z` (any of `_ . :` or a blank before the axis) make a point NAME; an empty cell is a missing value. Time
is a column `time` or `t` [s], `time_ms` or `timestamp_ms`, what the mapping file names, or --fps. The mapping file says unit,
up axis and, for names that are not known, which points make which joint. MediaPipe's 33 names, or `x0 … z32`, are known.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.formats.marker_file import MAX_TIME, MarkerFile, checked_times, even_times
from adapters.formats.mediapipe_landmarks import LANDMARKS, world_landmarks
from adapters.formats.raw_file import capture_errors, decode_text, read_raw
from kinetrace.store.safe_io.caps import TABLE_CELLS, TABLE_COLUMNS, TABLE_TEXT_BYTES
from kinetrace.store.safe_io.csv_text import csv_numbers
from kinetrace.store.safe_io.format_error import FormatError, printable
from schemas.capture import MarkerMapping
from schemas.errors import CaptureError

Columns = dict[str, tuple[str, str, str]]
MAX_SIZE: Final = 1e9
HIPS_APART_M: Final = 0.05
"""World landmarks have the middle of the hips at 0; further off they are places in the image."""
_POINT: Final = re.compile(r"(.+?)[_.: ]([xyz])", re.IGNORECASE)
_INDEXED: Final = re.compile(r"([xyz])_?(\d{1,2})", re.IGNORECASE)
_SEEN: Final = ("visibility", "vis", "v", "confidence")
_TIMES: Final = {"time": 1.0, "t": 1.0, "time_s": 1.0, "timestamp": 1.0, "time_ms": 1e-3, "timestamp_ms": 1e-3}


def read_marker_csv(path: Path, mapping: MarkerMapping | None) -> MarkerFile:
    """Read a CSV of points.

    Args:
        path: The file.
        mapping: The user's description of it, if there is one.

    Raises:
        CaptureError: No three columns that make a point, a cell that is no number, no time and no rate, time that does not
            go forward, or landmarks of the image.
    """
    where, told = str(path), mapping or MarkerMapping()
    text = decode_text(path, read_raw(path, TABLE_TEXT_BYTES))
    header = _header(text, where)
    columns = _points(header, told, where)
    clock = _clock(header, told, where)
    names = [name for three in columns.values() for name in three]
    seen = _seen(header, columns)
    try:
        rows = _rows(text, (clock[0],) if clock else (), (*names, *seen.values()), where)
    except FormatError as error:
        raise _refusal(where, f"line {error.field}", error.expected, error.found, error.fix) from None
    table = rows[:, len(rows[0]) - len(names) - len(seen) :] if len(rows) else rows
    time, remarks = _time(rows, clock, told.fps, where)
    positions = table[:, : len(names)].reshape(len(rows), -1, 3)
    positions[~np.isfinite(positions).all(axis=2)] = np.nan
    labels = tuple(columns)
    order = _mediapipe(labels)
    if order is not None:
        visible = np.full((len(rows), len(LANDMARKS), 1), np.nan)
        for at, label in enumerate(order):
            if label in seen:
                visible[:, at, 0] = table[:, len(names) + list(seen).index(label)]
        landmarks = positions[:, [labels.index(label) for label in order]]
        return _landmarks(np.concatenate((landmarks, visible), axis=2), time, told, remarks, where)
    return MarkerFile(labels, positions, time, None, None, remarks, None, "csv")


def _header(text: str, where: str) -> list[str]:
    with capture_errors(where):
        try:
            header = next(csv.reader(io.StringIO(text[: 1 << 20], newline=None), skipinitialspace=True), [])
        except csv.Error as error:
            raise FormatError("header", "line 1", "names of columns", str(error), "Export it again.") from None
    names = [name.strip() for name in header]
    if len(names) > TABLE_COLUMNS or len(names) < 3:
        raise _refusal(where, "line 1", f"3 to {TABLE_COLUMNS} columns", f"{len(names)}", "Separate them by commas.")
    if names != header:
        raise _refusal(where, "line 1", "names without blanks around them", repr(header)[:80], "Take the blanks out.")
    return names


def _points(header: list[str], mapping: MarkerMapping, where: str) -> Columns:
    """Say which columns make which point."""
    if mapping.columns:
        absent = sorted({name for three in mapping.columns.values() for name in three} - set(header))
        if absent:
            found = f"no {', '.join(absent[:5])} among {', '.join(header)[:200]}"
            raise _refusal(where, "mapping.columns", "columns of the file", found, "Correct the mapping file.")
        return dict(mapping.columns)
    groups: dict[str, dict[str, str]] = {}
    for name in header:
        plain, indexed = _POINT.fullmatch(name), _INDEXED.fullmatch(name)
        if plain or indexed:
            label, axis = (plain[1], plain[2]) if plain else (indexed[2], indexed[1]) if indexed else ("", "")
            groups.setdefault(label, {})[axis.lower()] = name
    points = {label: (axes["x"], axes["y"], axes["z"]) for label, axes in groups.items() if set(axes) == set("xyz")}
    if not points:
        fix = "Name them NAME_x, NAME_y, NAME_z, or say with --mapping: columns: {RHip: [c1, c2, c3], …}"
        raise _refusal(where, "line 1", "three columns a point", ", ".join(header)[:200], fix)
    return points


def _clock(header: list[str], mapping: MarkerMapping, where: str) -> tuple[str, float] | None:
    """Give the time's column and how many seconds its unit is; None where there is none."""
    if mapping.time is not None:
        if mapping.time not in header:
            found = ", ".join(header)[:200]
            raise _refusal(where, "mapping.time", f"a column {mapping.time!r}", found, "Correct the mapping file.")
        return mapping.time, 1e-3 if mapping.time_unit == "ms" else 1.0
    return next(((name, _TIMES[name.lower()]) for name in header if name.lower() in _TIMES), None)


def _seen(header: list[str], columns: Columns) -> dict[str, str]:
    """Give the column that says whether a point was seen, for points that have one."""
    lower = {name.lower(): name for name in header}
    found = {}
    for label, (first, _, _) in columns.items():
        stem = first[:-1] if not label.isdecimal() else ""
        names = [f"{stem}{one}".lower() for one in _SEEN] if stem else [f"{one}{label}" for one in _SEEN]
        name = next((lower[one] for one in names if one in lower), None)
        if name is not None:
            found[label] = name
    return found


def _rows(text: str, needed: tuple[str, ...], wanted: tuple[str, ...], where: str) -> Float[np.ndarray, "rows columns"]:
    rows: list[list[float]] = []
    for line, values in csv_numbers(text, needed, wanted):
        rows.append([values[name] for name in (*needed, *wanted)])
        if len(rows) * len(rows[0]) > TABLE_CELLS // 4:
            raise _refusal(where, f"line {line}", f"at most {TABLE_CELLS // 4} numbers", "more", "Cut the recording.")
    table = np.array(rows).reshape(len(rows), len(needed) + len(wanted))
    times, points = np.abs(np.nan_to_num(table[:, : len(needed)])), np.abs(np.nan_to_num(table[:, len(needed) :]))
    for values, largest, name in ((times, MAX_TIME, "time"), (points, MAX_SIZE, "numbers")):
        if values.max(initial=0.0) > largest:
            raise _refusal(where, name, f"below {largest:g}", "larger ones", "Export the recording again.")
    return table


def _time(
    rows: Float[np.ndarray, "rows columns"], clock: tuple[str, float] | None, fps: float | None, where: str
) -> tuple[Float[np.ndarray, "rows"], tuple[str, ...]]:
    if clock is not None:
        time = rows[:, 0] * clock[1] if len(rows) else np.zeros(0)
        return time, checked_times(time, fps, where)
    time = even_times(len(rows), fps, where)
    if len(time) < 2:
        raise _refusal(where, "rows", "at least 2 frames", f"{len(time)}", "Give a recording, not one pose.")
    return time, (f"no times in the file: {fps:g} frames a second",)


def _mediapipe(labels: tuple[str, ...]) -> list[str] | None:
    """Give the labels in MediaPipe's order, where they are its 33 landmarks."""
    plain = {re.sub(r"[^a-z0-9]", "", label.lower()): label for label in labels}
    named = [plain.get(name.replace("_", "")) for name in LANDMARKS]
    if all(named):
        return [label for label in named if label is not None]
    counted = [plain.get(str(number)) for number in range(len(LANDMARKS))]
    return [label for label in counted if label is not None] if all(counted) else None


def _landmarks(
    table: Float[np.ndarray, "frames 33 4"], time: Float[np.ndarray, "frames"], mapping: MarkerMapping,
    remarks: tuple[str, ...], where: str,
) -> MarkerFile:  # fmt: skip
    hips = table[:, [LANDMARKS.index("left_hip"), LANDMARKS.index("right_hip")], :3].mean(axis=1)
    seen = hips[np.isfinite(hips).all(axis=1)]
    if len(seen) and float(np.median(np.linalg.norm(seen, axis=1))) > HIPS_APART_M and mapping.units is None:
        raise _refusal(
            where, "landmarks", "world landmarks: metres from the middle of the hips",
            "hips away from 0, as landmarks of the image have them",
            "Export pose_world_landmarks; if the file is in metres all the same, say units: m with --mapping.",
        )  # fmt: skip
    return world_landmarks(table, time, "mediapipe_csv", remarks)


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=printable(found), fix=fix)
