"""Text that is nothing but numbers: a row a frame, commas between, no header; as research data sets are given out."""

from __future__ import annotations

from array import array

import numpy as np
from jaxtyping import Float

from adapters.formats.raw_file import capture_errors
from kinetrace.store.safe_io.caps import TABLE_CELLS
from kinetrace.store.safe_io.text import plain, text_lines
from schemas.errors import CaptureError

MAX_SIZE = 1e9
MIN_ROWS = 2


def parse_rows(text: str, columns: int, where: str) -> Float[np.ndarray, "rows columns"]:
    """Parse rows of finite numbers.

    Args:
        text: The document; blank lines are left out.
        columns: How many numbers each row has.
        where: The file, for refusals.

    Raises:
        CaptureError: Names the line: another count of numbers, a cell that is no finite number below 1e9; or fewer than
            two rows, or more numbers than are held.
    """
    values = array("d")
    with capture_errors(where):
        for number, line in text_lines(text):
            cells = line.rstrip("\r, \t").split(",")
            if len(cells) != columns:
                raise _refusal(where, f"line {number}", f"{columns} numbers", f"{len(cells)}", "It was cut or joined.")
            if len(values) + columns > TABLE_CELLS:
                raise _refusal(where, f"line {number}", f"at most {TABLE_CELLS} numbers", "more", "Cut the recording.")
            try:
                plain(line)
                values.extend(map(float, cells))
            except ValueError as error:
                raise _refusal(where, f"line {number}", "numbers", str(error), "Export the file again.") from None
    table = np.array(values).reshape(-1, columns)
    if len(table) < MIN_ROWS:
        raise _refusal(where, "rows", "at least 2 frames", f"{len(table)}", "Give a recording, not one pose.")
    bad = ~(np.abs(table) < MAX_SIZE)
    if bad.any():
        row, column = (int(i) for i in np.argwhere(bad)[0])
        place = f"row {row + 1}, column {column + 1}"
        raise _refusal(where, place, "a finite number below 1e9", f"{table[row, column]:g}", "Export the file again.")
    return table


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
