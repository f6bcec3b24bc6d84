"""The files of a capture to be: small ones in memory, recordings where they lie, copied piece by piece and never held."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Final

from adapters.formats.raw_file import capture_errors, read_raw
from kinetrace.store.publish import disk_errors, publish
from kinetrace.store.safe_io.caps import CAPTURE_BYTES, CAPTURE_FILES
from kinetrace.store.safe_io.plain_file import open_plain
from schemas.errors import CaptureError

Kept = bytes | Path
"""A file's bytes, or where they are copied from unchanged."""
_CHUNK: Final = 1 << 20


def refuse_large(files: Mapping[str, Kept], where: str) -> None:
    """Refuse what is more than a capture may hold.

    Args:
        files: By their names in the capture.
        where: The recording.

    Raises:
        CaptureError: Too many files or bytes, or an empty file.
    """
    sizes = {name: len(kept) if isinstance(kept, bytes) else kept.lstat().st_size for name, kept in files.items()}
    if (total := sum(sizes.values())) > CAPTURE_BYTES or len(files) > CAPTURE_FILES:
        raise CaptureError(
            where=where, field="size", expected=f"at most {CAPTURE_BYTES} bytes in {CAPTURE_FILES} files",
            found=f"{total} bytes in {len(files)} files", fix="Cut the recording into trials.",
        )  # fmt: skip
    for name in (name for name, size in sizes.items() if not size):
        raise CaptureError(
            where=f"{where}: {name}", field="file", expected="a file with content", found="0 bytes",
            fix="Export the recording again.",
        )  # fmt: skip


def write_kept(folder: Path, files: Mapping[str, Kept]) -> None:
    """Make a folder of the files, in one step or not at all.

    Raises:
        CaptureError: A file that is no plain one, or that cannot be read.
        StorageError: The disk refused.
    """
    with publish(folder) as draft, disk_errors(folder):
        for name, kept in sorted(files.items()):
            path = draft / name
            path.parent.mkdir(exist_ok=True)
            if isinstance(kept, bytes):
                path.write_bytes(kept)
                continue
            with capture_errors(str(kept)), open_plain(kept, CAPTURE_BYTES) as source, path.open("xb") as target:
                shutil.copyfileobj(source, target, _CHUNK)


def first_difference(folder: Path, files: Mapping[str, Kept]) -> str | None:
    """Name a file that is in the folder or among the files but not the same in both; None: they are the same.

    Raises:
        CaptureError: A file that is no plain one, or that cannot be read.
    """
    there = {str(p.relative_to(folder)): p for p in sorted(folder.rglob("*")) if p.is_symlink() or not p.is_dir()}
    for name in sorted(set(files) | set(there)):
        if name not in files or name not in there or not _same(there[name], files[name]):
            return name
    return None


def _same(path: Path, kept: Kept) -> bool:
    if isinstance(kept, bytes):
        return path.lstat().st_size == len(kept) and read_raw(path) == kept
    if path.lstat().st_size != kept.lstat().st_size:
        return False
    with (
        capture_errors(str(path)),
        open_plain(path, CAPTURE_BYTES) as one,
        open_plain(kept, CAPTURE_BYTES) as other,
    ):
        return _equal(one, other)


def _equal(one: BinaryIO, other: BinaryIO) -> bool:
    while True:
        first, second = one.read(_CHUNK), other.read(_CHUNK)
        if first != second:
            return False
        if not first:
            return True
