"""CSV as named columns of finite numbers."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator

from kinetrace.store.safe_io.caps import CSV_ROWS
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.text import to_number


def csv_numbers(text: str, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, float]]]:
    """Give the rows of a CSV with a header, each with its line and the wanted columns.

    Args:
        text: The document.
        columns: Columns that must be there, each once; others are left out.

    Raises:
        FormatError: `header`, `row` or `rows`; `field` names the line.
    """
    reader = csv.reader(io.StringIO(text, newline=None), skipinitialspace=True)
    try:
        header = next(reader, [])
        missing = [name for name in columns if name not in header]
        twice = [name for name in columns if header.count(name) > 1]
        if missing or twice:
            found = ", ".join(header) or "nothing"
            raise FormatError("header", "1", ", ".join(columns), found[:200], "Name each column once.")
        places = [header.index(name) for name in columns]
        for count, row in enumerate(filter(None, reader), start=1):
            if count > CSV_ROWS:
                raise FormatError(
                    "rows", str(reader.line_num), f"at most {CSV_ROWS} rows", "more", "Cut the recording."
                )
            yield reader.line_num, dict(zip(columns, _numbers(row, places, reader.line_num), strict=True))
    except csv.Error as error:
        raise FormatError(
            "row", str(reader.line_num), "comma-separated values", str(error), "Correct the row."
        ) from None


def _numbers(row: list[str], places: list[int], line: int) -> list[float]:
    try:
        values = [to_number(row[place]) for place in places]
    except (IndexError, ValueError):
        raise FormatError("row", str(line), f"{len(places)} numbers", str(row)[:120], "Correct the row.") from None
    if not all(map(math.isfinite, values)):
        raise FormatError("row", str(line), "finite numbers", str(row)[:120], "Correct the row.")
    return values
