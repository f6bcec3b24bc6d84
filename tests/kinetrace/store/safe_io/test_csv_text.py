from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.store.safe_io import csv_text
from kinetrace.store.safe_io.csv_text import csv_numbers
from kinetrace.store.safe_io.format_error import FormatError

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(rows=st.lists(st.tuples(NUMBERS, NUMBERS), max_size=5))
def test_numbers_read_back_by_name(rows: list[tuple[float, float]]) -> None:
    text = "b, more, a\n" + "".join(f"{b!r}, x, {a!r}\n" for a, b in rows)
    found = [tuple(row.values()) for _, row in csv_numbers(text, ("a", "b"))]
    assert found == rows


def test_a_row_knows_its_line() -> None:
    assert list(csv_numbers("a\n\n1\n", ("a",))) == [(3, {"a": 1.0})]


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("b\n1\n", "header", "1"),
        ("", "header", "1"),
        ("a,a\n1,2\n", "header", "1"),
        ("a,b\n1\n", "row", "2"),
        ("a,b\n1,x\n", "row", "2"),
        ("a,b\n1,2\n1,nan\n", "row", "3"),
        ("a,b\n1,1_5\n", "row", "2"),
        ("a,b\n" + "x" * 200_000, "row", "2"),
        ("a,b\n1,2\n1,2\n1,2\n", "rows", "4"),
    ],
)
def test_what_is_no_table_is_refused_and_the_line_named(
    text: str, rule: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_text, "CSV_ROWS", 2)
    with pytest.raises(FormatError) as refusal:
        list(csv_numbers(text, ("a", "b")))
    assert (refusal.value.rule, refusal.value.field) == (rule, line)
