"""Text of unknown make: UTF-8, else Latin-1 as old laboratory software writes it; a line at a time where files are large."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kinetrace.store.safe_io.caps import BLANK_LINES, LINE_CHARACTERS, RECORDING_BYTES
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.plain_file import open_plain

Lines = Iterator[tuple[int, str]]


def decode_text(data: bytes) -> str:
    """Give characters: UTF-8 with or without a mark at its start, else Latin-1.

    Raises:
        FormatError: `binary`: there is a zero byte.
    """
    if b"\x00" in data:
        raise _binary()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


@contextmanager
def open_lines(path: Path, max_bytes: int = RECORDING_BYTES) -> Iterator[tuple[int, Lines]]:
    """Open a text file to be read a line at a time: its size in bytes, and its numbered lines that are not blank.

    Each line is UTF-8, else Latin-1. Lines end with LF, CR LF or CR; other separators of Unicode are text.

    Raises:
        FormatError: As `open_plain`; `binary`, `long` or `blank` while lines are taken.
    """
    with open_plain(path, max_bytes) as stream:
        size = stream.seek(0, io.SEEK_END)
        if not size:
            raise FormatError("empty", "file", "a file with content", "0 bytes", "Export the recording again.")
        stream.seek(0)
        with io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline=None) as text:
            yield size, number_lines(text)


def text_lines(text: str) -> Lines:
    """Give the numbered lines of a text in memory, as `open_lines` does for a file."""
    return number_lines(io.StringIO(text, newline=None))


def number_lines(stream: io.TextIOBase) -> Lines:
    """Number the lines of a stream from 1 and leave out the blank ones.

    Raises:
        FormatError: `binary`, a `long` line, or more `blank` ones than any program writes.
    """
    blank = 0
    number = 0
    while line := stream.readline(LINE_CHARACTERS + 1):
        number += 1
        if len(line) > LINE_CHARACTERS:
            found = f"more on line {number}"
            raise FormatError(
                "long", "size", f"lines of at most {LINE_CHARACTERS} characters", found, "Export it again."
            )
        if "\x00" in line:
            raise _binary()
        if line.isspace():
            blank += 1
            if blank > BLANK_LINES:
                found = f"more by line {number}"
                raise FormatError("blank", "lines", f"at most {BLANK_LINES} blank lines", found, "Export it again.")
            continue
        yield number, _latin(line.removesuffix("\n"))


def to_number(text: str) -> float:
    """Give the number that plain digits say; Python's own `float` takes `1_5` and digits of other scripts as well.

    Raises:
        ValueError: It says none.
    """
    plain(text)
    return float(text)


def plain(text: str) -> None:
    """Refuse what Python's `float` takes beside plain digits; of a whole row at once, it costs nothing.

    Raises:
        ValueError: There is an underscore, or a character beyond ASCII.
    """
    if "_" in text or not text.isascii():
        raise ValueError(f"could not convert string to float: {text[:40]!r}")


def _latin(line: str) -> str:
    try:
        line.encode()
    except UnicodeEncodeError:  # bytes that are no UTF-8 came through as lone surrogates
        return line.encode("utf-8", "surrogateescape").decode("latin-1")
    return line


def _binary() -> FormatError:
    return FormatError("binary", "file", "a text file", "a zero byte, so binary data", "Export the recording as text.")
