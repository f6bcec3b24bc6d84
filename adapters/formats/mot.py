"""Tables over time in OpenSim's MOT and STO: joint angles, forces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from adapters.formats.raw_file import decode_text, read_raw
from schemas.errors import CaptureError

MAX_HEADER_LINES = 200
_NEWLINE = re.compile(r"\r\n|\n|\r")


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
    where = str(path)
    lines = _NEWLINE.split(decode_text(path, read_raw(path)))
    end = next((i for i, line in enumerate(lines[:MAX_HEADER_LINES]) if line.strip().lower() == "endheader"), None)
    if end is None:
        raise _refusal(where, "header", "a line 'endheader'", repr(lines[0][:40]), "Give a MOT or STO file.")
    header = dict(re.findall(r"^\s*(\w+)\s*=\s*(\S+)", "\n".join(lines[:end]), re.MULTILINE))
    body = [(number, line) for number, line in enumerate(lines[end + 1 :], start=end + 2) if line.strip()]
    labels = body[0][1].split() if body else []
    if not labels or labels[0].lower() != "time":
        raise _refusal(
            where, "labels", "'time' first", repr(labels[:1]), "The line after the header names the columns."
        )
    declared = header.get("nRows", "")
    if declared.isdecimal() and len(declared) < 19 and len(body) - 1 < int(declared):
        raise _refusal(
            where, "nRows", f"{declared} rows", f"{len(body) - 1}", "The file was cut short: export it again."
        )
    rows = [_row(line, number, len(labels), where) for number, line in body[1:]]
    if not rows:
        raise _refusal(where, "rows", "at least one", "none", "Export the table again.")
    table = np.array(rows)
    if not (np.isfinite(table[:, 0]).all() and (np.diff(table[:, 0]) > 0.0).all()):
        raise _refusal(where, "time", "increasing times", "a step back or no number", "Sort the rows by time.")
    in_degrees = header.get("inDegrees", "no").lower() in ("yes", "true", "1")
    return MotionTable(tuple(labels[1:]), table[:, 0], table[:, 1:], in_degrees)


def _row(line: str, number: int, columns: int, where: str) -> list[float]:
    cells = line.split()
    if len(cells) != columns:
        fix = "Each row needs a value for each label."
        raise _refusal(where, f"line {number}", f"{columns} values", f"{len(cells)}", fix)
    try:
        return [float(cell) for cell in cells]
    except ValueError as error:
        raise _refusal(where, f"line {number}", "numbers", str(error)[:80], "Correct the row.") from None


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
