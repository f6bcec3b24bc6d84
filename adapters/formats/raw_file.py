"""The adapters' side of `safe_io`: its refusals become errors about a recording."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kinetrace.store.safe_io.caps import RECORDING_BYTES
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.plain_file import read_plain
from kinetrace.store.safe_io.text import decode_text as decode
from schemas.errors import CaptureError

MAX_RECORDING_BYTES = RECORDING_BYTES


@contextmanager
def capture_errors(where: str) -> Iterator[None]:
    """Turn a refusal of `safe_io` into our error about a recording.

    Args:
        where: The file, and the line if there is one.

    Raises:
        CaptureError: With what was refused and what would work.
    """
    try:
        yield
    except FormatError as error:
        raise CaptureError(
            where=where, field=error.field, expected=error.expected, found=error.found, fix=error.fix
        ) from None


def read_raw(path: Path, max_bytes: int = MAX_RECORDING_BYTES) -> bytes:
    """Give a regular file's bytes.

    Args:
        path: The file; a link in its last part is not followed.
        max_bytes: More than this is refused before reading.

    Raises:
        CaptureError: Missing, a link, a pipe, a folder, unreadable, empty or too large.
    """
    with capture_errors(str(path)):
        data = read_plain(path, max_bytes)
        if not data:
            raise FormatError("empty", "file", "a file with content", "0 bytes", "Export the recording again.")
    return data


def decode_text(path: Path, data: bytes) -> str:
    """Give a text file's characters: UTF-8 with or without a mark at its start, else Latin-1 (old lab software).

    Raises:
        CaptureError: The file is binary.
    """
    with capture_errors(str(path)):
        return decode(data)
