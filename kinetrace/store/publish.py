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

from kinetrace.store.workspace import MANIFEST
from schemas.errors import StorageError

_MANY = 200
"""Files flushed one by one at most: each costs a turn of the disk, and a recording with depth has thousands."""
_EXCHANGE = 2
_AT_FDCWD = -100
_DISK = {
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG, errno.EIO,
    errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ELOOP, errno.ENAMETOOLONG,
}  # fmt: skip


@contextmanager
def publish(target: Path) -> Iterator[Path]:
    """Give a temporary folder beside `target`; when the block ends well, it becomes `target` in one step.

    Everything is on the disk before the step: the files, the manifest last of them, then the folders; the folder around
    `target` follows the step. When the block fails, or the disk refuses, the temporary folder is removed and `target`
    stays as it was. Debris of a killed run is swept at the start; the draft of a run that is still alive is left to it.

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
            _sync_tree(draft)
            _swap(draft, target)
            sync(target.parent)
        finally:
            _remove(draft)


def draft_name(target: Path) -> str:
    """Name the folder in which this process writes what is to become `target`."""
    return f".{target.name}.{os.getpid()}.tmp"


def is_draft(path: Path) -> bool:
    """Say whether a folder is the draft of a process that is still alive."""
    writer = _writer(path) if path.name.count(".") == 3 else None
    return writer is not None and _alive(writer) and path.is_dir() and not path.is_symlink()


def debris(folder: Path) -> list[Path]:
    """List the drafts, folders and files alike, that dead processes left directly in a folder."""
    if not folder.is_dir():
        return []
    found = ((path, _writer(path)) for path in folder.iterdir())
    return sorted(path for path, writer in found if writer is not None and not _alive(writer))


def sweep(folder: Path) -> list[Path]:
    """Remove what `debris` lists, and say what it was."""
    found = debris(folder)
    for path in found:
        _remove(path)
    return found


def _writer(path: Path) -> int | None:
    # .<name>.<pid>.tmp; the name of a file has dots of its own.
    parts = path.name.split(".")
    shaped = len(parts) >= 4 and (parts[0], parts[-1]) == ("", "tmp") and parts[1] and parts[-2].isdecimal()
    return int(parts[-2]) if shaped else None


def _alive(process: int) -> bool:
    return Path(f"/proc/{process}").is_dir()


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


def _sync_file_system(folder: Path) -> bool:
    """Flush all that waits for the folder's disk at once; say whether the system can. Nothing points at the draft yet, so
    that no order matters within it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        return bool(ctypes.CDLL(None, use_errno=True).syncfs(handle) == 0)
    except AttributeError:
        return False
    finally:
        os.close(handle)


def _sync_tree(draft: Path) -> None:
    # A manifest vouches for the files beside it, so it must not reach the disk before them; a folder must not before
    # what it lists.
    paths = [p for p in draft.rglob("*") if not p.is_symlink()]
    if len(paths) > _MANY and _sync_file_system(draft):
        return
    files = (p for p in paths if p.is_file())
    for path in sorted(files, key=lambda p: (p == draft / MANIFEST, p)):
        sync(path)
    for path in sorted((p for p in paths if p.is_dir()), reverse=True):
        sync(path)
    sync(draft)


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
            sync(path.parent)
        finally:
            with contextlib.suppress(FileNotFoundError):
                draft.unlink()


def _remove(path: Path) -> None:
    # What stood in the place of an artifact may have been a file or a link.
    if path.is_symlink() or path.is_file():
        path.unlink()
        return
    with contextlib.suppress(OSError):
        # An artifact that somebody made read-only is replaced all the same, and must not stay behind as debris.
        for folder in (path, *(p for p in path.rglob("*") if p.is_dir() and not p.is_symlink())):
            folder.chmod(0o700)
    shutil.rmtree(path, ignore_errors=True)


def _swap(draft: Path, target: Path) -> None:
    if not target.exists() and not target.is_symlink():
        draft.rename(target)
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(_AT_FDCWD, os.fsencode(draft), _AT_FDCWD, os.fsencode(target), _EXCHANGE) != 0:
        if ctypes.get_errno() in _DISK:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(target))
        raise StorageError(
            where=str(target), field="disk", expected="a file system that can exchange two folders in one step",
            found=os.strerror(ctypes.get_errno()), fix="Keep the project on a local file system such as ext4, xfs or btrfs.",
        )  # fmt: skip
