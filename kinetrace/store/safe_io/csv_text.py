"""CSV as named columns of finite numbers."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator

from kinetrace.store.safe_io.caps import CSV_ROWS
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.text import to_number

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")


def csv_numbers(
    text: str, columns: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Iterator[tuple[int, dict[str, float]]]:
    """Give the rows of a CSV with a header, each with its line and the wanted columns.

    Args:
        text: The document.
        columns: Columns that must be there, each once; others are left out.
        optional: Columns that may be there; NaN where one is not, or is empty in a row.

    Raises:
        FormatError: `header`, `row` or `rows`; `field` names the line.
    """
    lines = (match.group() for match in _LINE.finditer(text))  # a StringIO would hold four bytes a character
    reader = csv.reader(lines, skipinitialspace=True)
    try:
        header = next(reader, [])
        missing = [name for name in columns if name not in header]
        twice = [name for name in (*columns, *optional) if header.count(name) > 1]
        if missing or twice:
            found = ", ".join(header) or "nothing"
            fix = f"Add the columns {', '.join(missing)}." if missing else "Name each column once."
            raise FormatError("header", "1", ", ".join(columns), found[:200], fix)
        places = [header.index(name) for name in columns]
        more = {name: header.index(name) for name in optional if name in header}
        for count, row in enumerate(filter(None, reader), start=1):
            if count > CSV_ROWS:
                raise FormatError(
                    "rows", str(reader.line_num), f"at most {CSV_ROWS} rows", "more", "Cut the recording."
                )
            given = {name: place for name, place in more.items() if place < len(row) and row[place].strip()}
            numbers = _numbers(row, [*places, *given.values()], reader.line_num)
            values = dict.fromkeys(optional, math.nan) | dict(zip((*columns, *given), numbers, strict=True))
            yield reader.line_num, values
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
