"""Reading a recording's file: regular, not a link, and no larger than was agreed, before a byte of it is held."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from schemas.errors import CaptureError

MAX_RECORDING_BYTES = 512 * 1024 * 1024
"""Largest motion file or recording that is read [bytes]; ten hours of 50 markers at 100 Hz fit in it several times."""


def read_raw(path: Path, max_bytes: int = MAX_RECORDING_BYTES) -> bytes:
    """Give a regular file's bytes.

    Args:
        path: The file; a link in its last part is not followed.
        max_bytes: More than this is refused before reading.

    Raises:
        CaptureError: Missing, a link, a pipe, a folder, unreadable, empty or too large.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise _refusal(path, "a file", "nothing at this path", "Check the path.") from None
    except OSError as error:
        found = "a symbolic link" if path.is_symlink() else f"a file that cannot be opened ({error.strerror})"
        raise _refusal(path, "a regular, readable file", found, "Give the file itself.") from None
    try:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            found = "a folder" if stat.S_ISDIR(info.st_mode) else "a pipe, socket or device"
            raise _refusal(path, "a regular file", found, "Give the recording's file.")
        if info.st_size > max_bytes:
            raise _refusal(
                path, f"at most {max_bytes} bytes", f"{info.st_size} bytes", "Cut the recording into trials."
            )
        with os.fdopen(handle, "rb", closefd=False) as stream:
            data = stream.read(max_bytes + 1)
    finally:
        os.close(handle)
    if not data:
        raise _refusal(path, "a file with content", "0 bytes", "Export the recording again.")
    if len(data) > max_bytes:
        raise _refusal(
            path, f"at most {max_bytes} bytes", "a file that grew while it was read", "Finish writing it first."
        )
    return data


def decode_text(path: Path, data: bytes) -> str:
    """Give a text file's characters: UTF-8 with or without a mark at its start, else Latin-1 (old lab software).

    Raises:
        CaptureError: The file is binary.
    """
    if b"\x00" in data:
        raise _refusal(path, "a text file", "a zero byte, so binary data", "Export the recording as text.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _refusal(path: Path, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=str(path), field="file", expected=expected, found=found, fix=fix)
