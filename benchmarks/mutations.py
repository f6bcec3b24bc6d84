"""Deterministic damage to a file: edits of its bytes, and edits below its checksums, which are then mended."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import numpy as np

SEED = 20240131
_BYTES = (b"\0", b"\xff", b"\x7f", b"\x80", b"\x01", b"\n", b"\r", b" ")
_TOKENS = (
    b"\t", b"\t\t", b"\n", b"\n\n", b"-", b"-1", b"0", b"9", b"999999999999", b"1e308", b"1e-308", b"1e999", b"nan",
    b"NaN", b"inf", b"-Infinity", b"_", b".", b",", b":", b"'", b'"', b"\\", b"\\u0000", b"\\ud800", b"[", b"]", b"[[[[",
    b"{", b"}", b"{}", b"null", b"true", b"!!", b"&a", b"*a", b"<<: ", b"? ", b"- ", b"|", b"#", b"%", b"\xc3",
    b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\x1b[2J", b"\0", b"0x1F", b"1:1:1", b"2024-13-45", b"9" * 30, b"../",
)  # fmt: skip
_WORDS = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 40, (1 << 63) - 1, (1 << 64) - 1)


def damage(door: str, data: bytes, number: int) -> tuple[bytes, bool]:
    """Give the damaged file of this number; the same every time.

    Args:
        door: The reader's name: formats with checksums are damaged below them every second time.
        data: A good file.
        number: Which.

    Returns:
        The bytes, and whether checksums were mended (then a change may be another valid file).
    """
    rng = np.random.default_rng([SEED, number])
    if door in _BELOW and number % 2:
        return _BELOW[door](data, rng), True
    return edited(data, rng), False


def edited(data: bytes, rng: np.random.Generator) -> bytes:
    """Edit one to four places: flip, overwrite, insert, delete, repeat, exchange or cut."""
    found = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(0, len(found) + 1))
        span = int(rng.integers(1, 17)) if rng.random() < 0.9 else int(rng.integers(1, len(found) + 2))
        _edit(found, int(rng.integers(0, 9)), at, span, rng)
    return bytes(found)


def _edit(found: bytearray, kind: int, at: int, span: int, rng: np.random.Generator) -> None:
    if kind == 0 and at < len(found):
        found[at] ^= 1 << int(rng.integers(0, 8))
    elif kind == 1 and at < len(found):
        found[at] = int(rng.integers(0, 256))
    elif kind == 2:
        token = _TOKENS[int(rng.integers(0, len(_TOKENS)))]
        found[at : at + len(token)] = token
    elif kind == 3:
        found[at:at] = _TOKENS[int(rng.integers(0, len(_TOKENS)))]
    elif kind == 4:
        del found[at : at + span]
    elif kind == 5:
        found[at:at] = found[at : at + span]
    elif kind == 6:
        width = (1, 2, 4, 8)[int(rng.integers(0, 4))]
        word = _WORDS[int(rng.integers(0, len(_WORDS)))] & ((1 << 8 * width) - 1)
        found[at : at + width] = word.to_bytes(width, "little" if rng.random() < 0.5 else "big")
    elif kind == 7:
        found[at : at + span] = _BYTES[int(rng.integers(0, len(_BYTES)))] * span
    elif rng.random() < 0.2:
        del found[at:]


def _zip_below(data: bytes, rng: np.random.Generator) -> bytes:
    """Damage one member and pack it again, with the right checksum."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        members = old.infolist()
        # Half of the time the first: a checkpoint's program is there.
        chosen = 0 if rng.random() < 0.5 else int(rng.integers(0, len(members)))
        for place, member in enumerate(members):
            content = old.read(member)
            if place == chosen:
                content = content[:128] if rng.random() < 0.1 else content
                head = edited(content[:2048], rng)
                content = head + content[2048:]
            new.writestr(zipfile.ZipInfo(member.filename), content, member.compress_type)
    return buffer.getvalue()


def _png_below(data: bytes, rng: np.random.Generator) -> bytes:
    """Damage one chunk, or the pixels below its compression, and write its checksum anew."""
    found, at = data[:8], 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if rng.random() < 0.5:
            body = (
                zlib.compress(edited(zlib.decompress(body), rng))
                if name == b"IDAT" and rng.random() < 0.5
                else edited(body, rng)
            )
        found += len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
        at += 12 + length
    return found


def _hdf5_below(data: bytes, rng: np.random.Generator) -> bytes:
    """Damage the superblock or an object header of an HDF5 file and mend its checksum, so that the library reads on."""
    found = bytearray(data)
    places = [(0, 44)]
    at = data.find(b"OHDR")
    while at >= 0:
        width = 1 << (data[at + 5] & 3)
        start = at + 6 + (16 if data[at + 5] & 0x20 else 0) + (4 if data[at + 5] & 0x10 else 0)
        places.append((at, start + width - at + int.from_bytes(data[start : start + width], "little")))
        at = data.find(b"OHDR", at + 4)
    start, length = places[int(rng.integers(0, len(places)))]
    for _ in range(int(rng.integers(1, 4))):
        width = (1, 1, 2, 4, 8)[int(rng.integers(0, 5))]
        place = start + int(rng.integers(9 if start == 0 else 4, length - width))
        value = _WORDS[int(rng.integers(0, len(_WORDS)))] if rng.random() < 0.5 else int(rng.integers(0, 1 << 62))
        found[place : place + width] = (value & ((1 << 8 * width) - 1)).to_bytes(width, "little")
    found[start + length : start + length + 4] = lookup3(bytes(found[start : start + length])).to_bytes(4, "little")
    return bytes(found)


def lookup3(data: bytes) -> int:
    """Give HDF5's metadata checksum (Jenkins, lookup3.c, hashlittle with initial value 0)."""
    mask = 0xFFFFFFFF

    def turn(x: int, bits: int) -> int:
        return (x << bits | x >> 32 - bits) & mask

    a = b = c = (0xDEADBEEF + len(data)) & mask
    whole = max(0, (len(data) - 1) // 12) * 12
    for at in range(0, whole, 12):
        x, y, z = _three(data, at)
        a, b, c = (a + x) & mask, (b + y) & mask, (c + z) & mask
        a = ((a - c) & mask) ^ turn(c, 4)
        c = (c + b) & mask
        b = ((b - a) & mask) ^ turn(a, 6)
        a = (a + c) & mask
        c = ((c - b) & mask) ^ turn(b, 8)
        b = (b + a) & mask
        a = ((a - c) & mask) ^ turn(c, 16)
        c = (c + b) & mask
        b = ((b - a) & mask) ^ turn(a, 19)
        a = (a + c) & mask
        c = ((c - b) & mask) ^ turn(b, 4)
        b = (b + a) & mask
    if not data:
        return c
    x, y, z = _three(data[whole:].ljust(12, b"\0"), 0)
    a, b, c = (a + x) & mask, (b + y) & mask, (c + z) & mask
    c = ((c ^ b) - turn(b, 14)) & mask
    a = ((a ^ c) - turn(c, 11)) & mask
    b = ((b ^ a) - turn(a, 25)) & mask
    c = ((c ^ b) - turn(b, 16)) & mask
    a = ((a ^ c) - turn(c, 4)) & mask
    b = ((b ^ a) - turn(a, 14)) & mask
    return ((c ^ b) - turn(b, 24)) & mask


def _three(data: bytes, at: int) -> tuple[int, int, int]:
    x, y, z = struct.unpack_from("<3I", data, at)
    return int(x), int(y), int(z)


_BELOW = {
    "npz": _zip_below, "checkpoint": _zip_below, "vicon_zip": _zip_below, "kinect_zip": _zip_below, "cmu_zip": _zip_below,
    "h36m_npz": _zip_below, "record3d": _zip_below, "png": _png_below, "hdf5": _hdf5_below,
}  # fmt: skip
