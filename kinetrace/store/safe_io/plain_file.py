"""Opening a file that somebody else wrote: a regular one, not a link, and no larger than agreed, before a byte is held."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kinetrace.store.safe_io.format_error import FormatError


@contextmanager
def open_plain(path: Path, max_bytes: int) -> Iterator[BinaryIO]:
    """Open a regular file; what is checked is what is read, since both go through one handle.

    Args:
        path: The file; a link in its last part is not followed, a pipe is not waited for.
        max_bytes: More than this is refused unread.

    Raises:
        FormatError: `missing`, `link`, `folder`, `special`, `unreadable` or `large`.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise FormatError("missing", "file", "a file", "nothing at this path", "Check the path.") from None
    except (OSError, ValueError) as error:
        raise _unopened(path, error) from None
    try:
        _check_kind(os.fstat(handle), max_bytes)
    except FormatError:
        os.close(handle)
        raise
    with os.fdopen(handle, "rb") as stream:
        yield stream


def _unopened(path: Path, error: OSError | ValueError) -> FormatError:
    expected, fix = "a regular, readable file", "Give the file itself."
    if isinstance(error, OSError) and os.path.islink(path):  # noqa: PTH114 (a path may be too long for Path.is_symlink)
        return FormatError("link", "file", expected, "a symbolic link", fix)
    reason = error.strerror if isinstance(error, OSError) else "a name with a zero byte"
    return FormatError("unreadable", "file", expected, f"a file that cannot be opened ({reason})", fix)


def _check_kind(info: os.stat_result, max_bytes: int) -> None:
    if stat.S_ISDIR(info.st_mode):
        raise FormatError("folder", "file", "a regular file", "a folder", "Give the recording's file.")
    if not stat.S_ISREG(info.st_mode):
        raise FormatError("special", "file", "a regular file", "a pipe, socket or device", "Give the recording's file.")
    if info.st_size > max_bytes:
        fix = "Cut the recording into trials."
        raise FormatError("large", "file", f"at most {max_bytes} bytes", f"{info.st_size} bytes", fix)


def read_plain(path: Path, max_bytes: int) -> bytes:
    """Give a regular file's bytes.

    Raises:
        FormatError: As `open_plain`; or `large`, for a file that grows while it is read.
    """
    with open_plain(path, max_bytes) as stream:
        try:
            size = os.fstat(stream.fileno()).st_size
            data = stream.read(size + 1)  # as much is set aside before a byte is read
        except OSError as error:
            raise _unopened(path, error) from None
    if len(data) > min(size, max_bytes):
        found = "a file that grew while it was read"
        raise FormatError("large", "file", f"at most {max_bytes} bytes", found, "Finish writing it first.")
    return data
