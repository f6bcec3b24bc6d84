"""Marker trajectories in TRC, the text format of motion laboratories and OpenSim.

Line 1 names the format, lines 2 and 3 are keys and values, line 4 the marker labels (three columns each), line 5 the
axes, then perhaps a blank line, then a row a frame. Tabs separate; an empty cell or ``nan`` is a missing value. Seen in
real files: values of line 3 padded with double tabs, labels with a ``subject:`` prefix, time that starts anywhere.
"""

from __future__ import annotations

import re
from array import array
from itertools import chain
from pathlib import Path

import numpy as np
from jaxtyping import Float

from adapters.formats.marker_file import MarkerFile
from adapters.formats.raw_file import capture_errors
from kinetrace.store.safe_io.caps import TABLE_CELLS
from kinetrace.store.safe_io.text import Lines, open_lines, text_lines, to_number
from schemas.errors import CaptureError

MAX_MARKERS = 2000
MIN_ROWS = 2
HEADER_LINES = 5


def read_trc(path: Path) -> MarkerFile:
    """Read a TRC file.

    Args:
        path: The file.

    Returns:
        Its markers, in file order, with the labels as written.

    Raises:
        CaptureError: Not a TRC, truncated, a header that the rows contradict, a cell that is no number, infinity, or
            time that does not go forward.
    """
    with capture_errors(str(path)), open_lines(path) as (size, lines):
        return _parse(lines, size, str(path))


def parse_trc(text: str, where: str) -> MarkerFile:
    """Parse TRC text; `read_trc` says what is refused."""
    with capture_errors(where):
        return _parse(text_lines(text), len(text), where)


def _parse(lines: Lines, size: int, where: str) -> MarkerFile:
    head, rows = _split(lines, where)
    header = _header(head[1], head[2])
    names = _labels(head[3], header, where)
    declared = _frames_declared(header, len(names), size, where)
    places, cells, table = _numbers(rows, 2 + 3 * len(names), where)
    if declared is not None and len(table) < declared:
        found = f"{len(table)} rows"
        raise _refusal(where, "NumFrames", f"{declared} rows", found, "The file was cut short: export it again.")
    if len(table) < MIN_ROWS:
        raise _refusal(where, "rows", "at least 2 frames", f"{len(table)} frames", "Give a recording, not one pose.")
    if cells < table.shape[1]:
        fix = "The last row was cut short: export the file again."
        raise _refusal(where, f"line {places[-1]}", f"{table.shape[1]} columns", f"{cells} columns", fix)
    time = table[:, 1]
    _time_goes_forward(time, places, where)
    remarks: tuple[str, ...] = ()
    if declared is not None and len(table) > declared:
        remarks = (f"NumFrames says {declared}, {len(table)} rows were read",)
    positions = table[:, 2:].reshape(len(table), len(names), 3)
    positions[~np.isfinite(positions).all(axis=2)] = np.nan
    return MarkerFile(names, positions, time, header.get("Units"), _rate(header, where), remarks)


def _split(lines: Lines, where: str) -> tuple[list[str], Lines]:
    """Give the header's five lines, and the rows after them."""
    head = [""] * HEADER_LINES
    for number, line in lines:
        if number > HEADER_LINES:
            lines = chain([(number, line)], lines)
            break
        head[number - 1] = line
        if not head[0].lstrip().startswith("PathFileType"):
            break
    if not head[0].lstrip().startswith("PathFileType"):
        raise _refusal(where, "line 1", "'PathFileType 4 (X/Y/Z) …'", repr(head[0][:40]), "Give a TRC file.")
    if not head[3]:
        raise _refusal(where, "file", "a header of 5 lines and rows", "fewer lines", "Export it again.")
    return head, lines


def _header(keys: str, values: str) -> dict[str, str]:
    """Pair line 2's keys with line 3's values; repeated tabs and blanks are padding, not empty values."""
    names = keys.split()
    found = values.split()
    if "Units" in names and len(found) < len(names):
        # A header without a unit is one value short: find the hole by what each value is.
        at = names.index("Units")
        if at >= len(found) or re.fullmatch(r"[-+.\deE]+", found[at]):
            found.insert(at, "")
    return {name: value for name, value in zip(names, found, strict=False) if value}


def _labels(line: str, header: dict[str, str], where: str) -> tuple[str, ...]:
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) < 3 or cells[0] not in ("Frame#", "Frame"):
        raise _refusal(where, "line 4", "'Frame#', 'Time' and the labels", repr(line[:40]), "Export it with tabs.")
    names = tuple(cell for cell in cells[2:] if cell)
    twice = sorted({name for name in names if names.count(name) > 1}) if len(names) <= MAX_MARKERS else []
    if not names or len(names) > MAX_MARKERS:
        raise _refusal(where, "line 4", f"1 to {MAX_MARKERS} labels", f"{len(names)}", "Export only real markers.")
    if twice:
        raise _refusal(where, "line 4", "each label once", f"{twice[0]!r} twice", "Rename one of them.")
    declared = _integer(header, "NumMarkers", where)
    if declared is not None and declared != len(names):
        fix = "Make the header and the labels agree."
        raise _refusal(where, "NumMarkers", f"{declared} labels", f"{len(names)} labels", fix)
    return names


def _frames_declared(header: dict[str, str], markers: int, size: int, where: str) -> int | None:
    """Give NumFrames, refused when the file is too short to hold as many rows (a row has at least its tabs)."""
    declared = _integer(header, "NumFrames", where)
    if declared is not None and declared * (2 + markers) > size:
        found = f"{declared} frames of {markers} markers in {size} bytes"
        raise _refusal(where, "NumFrames", "no more frames than the file can hold", found, "Correct the header.")
    return declared


def _numbers(lines: Lines, columns: int, where: str) -> tuple[list[int], int, Float[np.ndarray, "frames columns"]]:
    """Give each row's line, the last row's count of cells, and the numbers: NaN where a cell is empty or left off."""
    places: list[int] = []
    values = array("d")
    cells: list[str] = []
    for number, line in lines:
        cells = line.split("\t")
        if len(cells) > columns and any(cell.strip() for cell in cells[columns:]):
            fix = "Each marker needs three columns; export it again."
            raise _refusal(where, f"line {number}", f"{columns} columns", f"{len(cells)} columns", fix)
        if len(values) + columns > TABLE_CELLS:
            raise _refusal(where, f"line {number}", f"at most {TABLE_CELLS} numbers", "more", "Cut the recording.")
        for column, cell in enumerate(cells[:columns]):
            values.append(_number(cell, number, column, where) if cell and not cell.isspace() else np.nan)
        values.extend([np.nan] * (columns - len(cells)))
        if np.isnan(values[1 - columns]):
            raise _refusal(where, f"line {number}, Time", "a time", "an empty cell", "Export it with its time column.")
        places.append(number)
    return places, len(cells), np.array(values).reshape(-1, columns)


def _number(cell: str, line: int, column: int, where: str) -> float:
    try:
        value = to_number(cell)
    except ValueError:
        fix = "Leave missing values empty."
        raise _refusal(where, f"line {line}, column {column + 1}", "a number", repr(cell[:40]), fix) from None
    if np.isinf(value) or abs(value) > 1e9:
        fix = "Leave missing values empty."
        raise _refusal(where, f"line {line}, column {column + 1}", "a finite number below 1e9", cell.strip(), fix)
    return value


def _time_goes_forward(time: Float[np.ndarray, "frames"], places: list[int], where: str) -> None:
    back = np.flatnonzero(np.diff(time) <= 0.0)
    if back.size:
        at = int(back[0]) + 1
        found = f"{time[at]:g} s after {time[at - 1]:g} s"
        fix = "Time must increase from row to row: sort the rows or cut the file there."
        raise _refusal(where, f"line {places[at]}, Time", "a later time than the row before", found, fix)


def _integer(header: dict[str, str], key: str, where: str) -> int | None:
    if key not in header:
        return None
    text = header[key]
    if not re.fullmatch(r"\d{1,18}", text):
        raise _refusal(where, key, "a whole number", repr(text[:40]), "Correct the header's line 3.")
    return int(text)


def _rate(header: dict[str, str], where: str) -> float | None:
    if "DataRate" not in header:
        return None
    text = header["DataRate"]
    try:
        rate = float(text)
    except ValueError:
        rate = float("nan")
    if not 0.0 < rate <= 1e5:
        raise _refusal(where, "DataRate", "a rate above 0 Hz", repr(text[:40]), "Correct the header's line 3.")
    return rate


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
