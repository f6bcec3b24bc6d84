from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.store.safe_io import text as room
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.text import decode_text, open_lines, text_lines, to_number

LETTERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


@given(text=LETTERS)
def test_a_file_and_a_text_in_memory_give_the_same_lines(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "lines"
    path.write_bytes(b"x" + text.encode())
    with open_lines(path) as (size, lines):
        found = list(lines)
    assert size == len(text.encode()) + 1
    assert found == list(text_lines("x" + text))
    wanted = [(n, line) for n, line in enumerate(re.split(r"\r\n|\n|\r", "x" + text), 1) if line.strip()]
    assert found == wanted


def test_lines_of_three_kinds_of_ends_and_of_two_encodings(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes("\ufeffä\r\n\n".encode() + b"\xe4\rlast\xe2\x80\xa8one")
    with open_lines(path) as (_, lines):
        assert list(lines) == [(1, "ä"), (3, "ä"), (4, "last\u2028one")]


def test_text_is_utf8_else_latin1_and_never_binary() -> None:
    assert decode_text("\ufeffä".encode()) == decode_text(b"\xe4") == "ä"
    with pytest.raises(FormatError, match="a zero byte"):
        decode_text(b"a\0")


@pytest.mark.parametrize(
    ("data", "rule"), [(b"", "empty"), (b"a\0b", "binary"), (b"x\n" + b"\n" * 11, "blank"), (b"y" * 101, "long")]
)
def test_lines_that_no_program_writes_are_refused(
    data: bytes, rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "BLANK_LINES", 10)
    monkeypatch.setattr(room, "LINE_CHARACTERS", 100)
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(FormatError) as refusal, open_lines(tmp_path / "x") as (_, lines):
        list(lines)
    assert refusal.value.rule == rule


@given(value=st.floats(allow_nan=False))
def test_a_number_reads_back(value: float) -> None:
    assert to_number(repr(value)) == value


@pytest.mark.parametrize("text", ["1_5", "\u0661", "", "x", "0x1", "1,5"])
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="could not convert"):
        to_number(text)
