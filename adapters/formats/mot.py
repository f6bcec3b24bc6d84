"""Tables over time in OpenSim's MOT and STO: joint angles, forces."""

from __future__ import annotations

import math
import re
from array import array
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from jaxtyping import Float

from adapters.formats.raw_file import capture_errors
from kinetrace.store.safe_io.caps import TABLE_CELLS, TABLE_COLUMNS
from kinetrace.store.safe_io.text import Lines, open_lines, to_number
from schemas.errors import CaptureError

MAX_HEADER_LINES = 200


@dataclass(frozen=True)
class MotionTable:
    """Columns over time, in the file's own units; NaN where a cell says so."""

    names: tuple[str, ...]
    time: Float[np.ndarray, "rows"]
    values: Float[np.ndarray, "rows columns"]
    in_degrees: bool

    def column(self, name: str) -> Float[np.ndarray, "rows"]:
        """Give a column by name.

        Raises:
            CaptureError: No such column; lists those there are.
        """
        if name not in self.names:
            raise _refusal(
                "table", name, "a column of the table", ", ".join(self.names)[:400], "Use one of these names."
            )
        return np.asarray(self.values[:, self.names.index(name)])


def read_mot(path: Path) -> MotionTable:
    """Read a MOT or STO file.

    Raises:
        CaptureError: No header's end, a row that does not fit the labels or holds no numbers, fewer rows than declared,
            or time that does not go forward.
    """
    with capture_errors(str(path)), open_lines(path) as (_, lines):
        return _table(lines, str(path))


def _table(lines: Lines, where: str) -> MotionTable:
    header = _header(lines, where)
    _, text = next(lines, (0, ""))
    labels = text.split()
    if len(labels) > TABLE_COLUMNS:
        raise _refusal(where, "labels", f"at most {TABLE_COLUMNS}", f"{len(labels)}", "Export fewer columns.")
    if not labels or labels[0].lower() != "time":
        raise _refusal(
            where, "labels", "'time' first", repr(labels[:1]), "The line after the header names the columns."
        )
    if len(set(labels)) < len(labels):
        twice = next(name for name in labels if labels.count(name) > 1)
        raise _refusal(where, "labels", "each label once", f"{twice!r} twice", "Rename one of them.")
    values = array("d")
    for number, line in lines:
        values.extend(_row(line, number, len(labels), where))
        if len(values) > TABLE_CELLS:
            raise _refusal(where, f"line {number}", f"at most {TABLE_CELLS} numbers", "more", "Cut the recording.")
    table = np.array(values).reshape(-1, len(labels))
    declared = header.get("nRows", "")
    if declared.isdecimal() and (len(declared) > 18 or len(table) < int(declared)):
        raise _refusal(
            where, "nRows", f"{declared[:20]} rows", f"{len(table)}", "The file was cut short: export it again."
        )
    if not len(table):
        raise _refusal(where, "rows", "at least one", "none", "Export the table again.")
    if not (np.isfinite(table[:, 0]).all() and (np.diff(table[:, 0]) > 0.0).all()):
        raise _refusal(where, "time", "increasing times", "a step back or no number", "Sort the rows by time.")
    in_degrees = header.get("inDegrees", "no").lower() in ("yes", "true", "1")
    return MotionTable(tuple(labels[1:]), table[:, 0], table[:, 1:], in_degrees)


def _header(lines: Lines, where: str) -> dict[str, str]:
    found: dict[str, str] = {}
    first = ""
    for _, line in islice(lines, MAX_HEADER_LINES):
        first = first or line
        if line.strip().lower() == "endheader":
            return found
        if (pair := re.match(r"\s*(\w+)\s*=\s*(\S+)", line)) is not None:
            found[pair[1]] = pair[2]
    raise _refusal(where, "header", "a line 'endheader'", repr(first[:40]), "Give a MOT or STO file.")


def _row(line: str, number: int, columns: int, where: str) -> list[float]:
    cells = line.split()
    if len(cells) != columns:
        fix = "Each row needs a value for each label."
        raise _refusal(where, f"line {number}", f"{columns} values", f"{len(cells)}", fix)
    try:
        values = [to_number(cell) for cell in cells]
    except ValueError as error:
        raise _refusal(where, f"line {number}", "numbers", str(error)[:80], "Correct the row.") from None
    if any(map(math.isinf, values)):
        raise _refusal(where, f"line {number}", "finite numbers or nan", "infinity", "Correct the row.")
    return values


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
