"""Atomic publishing: an artifact folder is the old one or the new one, never half of either."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import StorageError

_EXCHANGE = 2
_AT_FDCWD = -100
_DISK = {
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG, errno.EIO,
    errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ELOOP, errno.ENAMETOOLONG,
}  # fmt: skip


@contextmanager
def publish(target: Path) -> Iterator[Path]:
    """Give a temporary folder beside `target`; when the block ends well, it becomes `target` in one step.

    Files are synced to disk before the step. When the block fails, or the disk refuses, the temporary folder is removed
    and `target` stays as it was. Debris of a killed run is swept at the start; the draft of a run that is still alive is
    left to it.

    Args:
        target: The artifact folder.

    Yields:
        The folder to write into.

    Raises:
        StorageError: The disk is full, read-only or forbids writing.
    """
    with disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        for debris in target.parent.glob(f".{target.name}.*.tmp"):
            if debris.name == draft_name(target) or not is_draft(debris):
                _remove(debris)
        draft = target.parent / draft_name(target)
        draft.mkdir()
        try:
            yield draft
            for path in sorted(draft.rglob("*")):
                if path.is_file() or path.is_dir():
                    sync(path)
            sync(draft)
            _swap(draft, target)
            sync(target.parent)
        finally:
            _remove(draft)


def draft_name(target: Path) -> str:
    """Name the folder in which this process writes what is to become `target`."""
    return f".{target.name}.{os.getpid()}.tmp"


def is_draft(path: Path) -> bool:
    """Say whether a folder is the draft of a process that is still alive."""
    parts = path.name.split(".")
    return (
        len(parts) == 4
        and (parts[0], parts[3]) == ("", "tmp")
        and parts[2].isdecimal()
        and Path(f"/proc/{parts[2]}").is_dir()
        and path.is_dir()
        and not path.is_symlink()
    )


@contextmanager
def disk_errors(target: Path) -> Iterator[None]:
    """Turn what the disk refuses into our error.

    Raises:
        StorageError: The disk is full, read-only or forbids writing.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK:
            raise
        raise StorageError(
            where=str(target), field="disk", expected="room and permission to write", found=error.strerror or str(error),
            fix="Free some space or change the permissions, then run the command again; nothing half-written was left.",
        ) from error  # fmt: skip


def sync(path: Path) -> None:
    """Flush one file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomic(path: Path, data: bytes) -> None:
    """Write one file so that it is the old one or the new one.

    Raises:
        StorageError: The disk refuses.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            draft.write_bytes(data)
            sync(draft)
            draft.replace(path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                draft.unlink()


def _remove(path: Path) -> None:
    # What stood in the place of an artifact may have been a file or a link.
    if path.is_symlink() or path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def _swap(draft: Path, target: Path) -> None:
    if not target.exists() and not target.is_symlink():
        draft.rename(target)
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(_AT_FDCWD, os.fsencode(draft), _AT_FDCWD, os.fsencode(target), _EXCHANGE) != 0:
        raise StorageError(
            where=str(target), field="disk", expected="a file system that can exchange two folders in one step",
            found=os.strerror(ctypes.get_errno()), fix="Keep the project on a local file system such as ext4, xfs or btrfs.",
        )  # fmt: skip
