"""Zip archives (NPZ, torch checkpoints): the directory is held against the caps before any member is opened."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from kinetrace.store.safe_io.caps import ZIP_DIRECTORY_BYTES, ZIP_MEMBERS, ZIP_RATIO, ZIP_RATIO_FLOOR
from kinetrace.store.safe_io.format_error import FormatError

PLAIN_NAMES = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*")
"""What programs of ours and torch call their members."""
DATASET_NAMES = re.compile(r"[A-Za-z0-9_.-][A-Za-z0-9_. ()+-]*(?:/[A-Za-z0-9_.-][A-Za-z0-9_. ()+-]*)*/?")
"""What people call the files and folders of a data set: with blanks; a folder ends with a stroke."""
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_LOCAL = struct.Struct("<4s22x2H")
_ENTRY_BYTES = 160
"""Of the directory for one member: 46, a name and what some programs add."""
_PLAIN_FLAGS = 0x0800 | 0x0008
"""Names in UTF-8, sizes after the data; anything else means encryption or patches."""
_ERRORS = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, OSError, UnicodeDecodeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MemberPlace:
    """Where a member of a checked archive lies, so that it can be read later without the directory.

    Attributes:
        name: Its name.
        offset: Of its own header in the file [bytes].
        packed: What it takes in the file [bytes].
        size: What it unpacks to [bytes].
        deflated: It is packed.
        crc: Its checksum.
    """

    name: str
    offset: int
    packed: int
    size: int
    deflated: bool
    crc: int


@contextmanager
def open_zip(
    stream: BinaryIO, max_bytes: int, names: re.Pattern[str] = PLAIN_NAMES, most: int | None = None
) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose directory keeps the caps; what zipfile trips over inside is a refusal as well.

    Args:
        stream: The file.
        max_bytes: What all members may unpack to.
        names: What a member may be called; none of the patterns here leaves the archive.
        most: How many members there may be; None: as many as in a checkpoint or a data set.

    Raises:
        FormatError: `zip`: not an archive, more members than allowed, a name twice or one that leaves the archive,
            encryption, an unknown method, members that overlap or unpack to too much.
    """
    try:
        size = _check_end(stream, ZIP_MEMBERS if most is None else most)
        with zipfile.ZipFile(stream) as archive:
            check_members(archive.infolist(), size, max_bytes, names)
            yield archive
    except _ERRORS as error:
        raise _refuse("a zip archive", str(error) or type(error).__name__) from None


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Give one member's bytes; exactly as many as the directory says, with the right checksum.

    Raises:
        FormatError: `zip`: it has more or fewer.
    """
    with archive.open(member) as stream:
        data = stream.read(member.file_size + 1)
    if len(data) != member.file_size:
        raise _refuse(f"{member.file_size} bytes in {member.filename}", f"{len(data)}")
    return data


def member_places(archive: zipfile.ZipFile) -> dict[str, MemberPlace]:
    """List where the members of an archive lie that `open_zip` has checked."""
    return {
        m.filename: MemberPlace(
            m.filename, m.header_offset, m.compress_size, m.file_size, m.compress_type == zipfile.ZIP_DEFLATED, m.CRC
        )
        for m in archive.infolist()
    }


def read_place(stream: BinaryIO, place: MemberPlace) -> bytes:
    """Give one member's bytes from where the directory said that it lies.

    Args:
        stream: The file of the archive.
        place: As `member_places` gave it.

    Raises:
        FormatError: `zip`: something else lies there, or it does not unpack to its size and checksum.
    """
    stream.seek(place.offset)
    head = stream.read(_LOCAL.size)
    mark, *_, name, extra = _LOCAL.unpack(head) if len(head) == _LOCAL.size else (b"", 0, 0)
    if mark != b"PK\x03\x04" or stream.read(name) != place.name.encode():
        raise _refuse(f"{place.name} where the directory says", "something else")
    stream.seek(extra, io.SEEK_CUR)
    data = stream.read(place.packed)
    try:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        data = unpacker.decompress(data, place.size + 1) if place.deflated else data
    except zlib.error as error:
        raise _refuse(f"{place.size} bytes in {place.name}", str(error)) from None
    if len(data) != place.size or zlib.crc32(data) != place.crc:
        raise _refuse(f"{place.size} bytes in {place.name} with their checksum", f"{len(data)} others")
    return data


def check_members(
    members: list[zipfile.ZipInfo], size: int, max_bytes: int, names: re.Pattern[str] = PLAIN_NAMES
) -> None:
    """Hold an archive's directory against the caps.

    Args:
        members: The directory.
        size: The archive [bytes].
        max_bytes: What all members may unpack to.
        names: As for `open_zip`.

    Raises:
        FormatError: See `open_zip`.
    """
    claimed = sum(m.file_size for m in members)
    if claimed > max_bytes:
        raise _refuse(f"at most {max_bytes} bytes", f"expected at most {max_bytes} bytes, the archive claims {claimed}")
    if claimed > max(ZIP_RATIO_FLOOR, ZIP_RATIO * size):
        found = f"the archive claims {claimed} bytes in {size}: more than {ZIP_RATIO} to 1"
        raise _refuse(f"at most {ZIP_RATIO} to 1 beyond {ZIP_RATIO_FLOOR} bytes", found)
    if len({m.filename for m in members}) != len(members):
        raise _refuse("each name once", "a member stands twice")
    for member in members:
        _check_member(member, names)
    # Members that share their bytes are how a small archive unpacks to a petabyte.
    end = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        if member.header_offset < end:
            raise _refuse("members beside each other", f"{member.filename} overlaps another member")
        end = member.header_offset + 30 + member.compress_size


def _check_member(member: zipfile.ZipInfo, names: re.Pattern[str]) -> None:
    if (
        not names.fullmatch(member.filename)
        or ".." in member.filename.split("/")
        or member.filename != member.orig_filename
    ):
        raise _refuse("plain relative names", f"a member named {member.filename[:60]!r}")
    if (
        member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        or member.flag_bits & ~_PLAIN_FLAGS & 0xFFF9
    ):
        found = f"{member.filename}: method {member.compress_type}, flags {member.flag_bits:#x}"
        raise _refuse("stored or deflated members without encryption", found)
    if member.compress_type == zipfile.ZIP_STORED and member.compress_size != member.file_size:
        raise _refuse(
            "a stored member of its own size", f"{member.filename}: {member.compress_size} for {member.file_size}"
        )


def _check_end(stream: BinaryIO, most: int) -> int:
    """Give the file's size; refuse a directory of millions of entries before it becomes millions of objects."""
    size = stream.seek(0, io.SEEK_END)
    tail_bytes = _END_64.size + _LOCATOR.size + _END.size
    stream.seek(max(0, size - tail_bytes))
    tail = stream.read(tail_bytes).rjust(tail_bytes, b"\0")
    mark, disk, _, here, entries, directory, at, comment = _END.unpack(tail[-_END.size :])
    if mark != b"PK\x05\x06" or disk or comment or here != entries:
        raise _refuse("a zip archive of one part without a comment", f"{size} bytes that do not end as one")
    end = size - _END.size
    if tail[_END_64.size :].startswith(b"PK\x06\x07"):
        end = size - tail_bytes
        big = _END_64.unpack(tail[: _END_64.size])
        if big[0] != b"PK\x06\x06" or big[6:] != (entries, entries, directory, at):
            raise _refuse("one account of the directory", "two that differ")
    if entries > most or directory > max(ZIP_DIRECTORY_BYTES, most * _ENTRY_BYTES):
        raise _refuse(f"at most {most} members", f"{entries} members, a directory of {directory} bytes")
    if at + directory != end:
        raise _refuse("a directory at the end of the file", f"one of {directory} bytes at {at} in {size} bytes")
    stream.seek(0)
    return size


def _refuse(expected: str, found: str) -> FormatError:
    return FormatError("zip", "archive", expected, found)
