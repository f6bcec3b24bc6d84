"""Hostile depth images."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from benchmarks.seeds import seed

Make = Callable[[Path], Path]


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))


def _png(
    columns: int, rows: int, pixels: bytes, *, bits: int = 16, colour: int = 0, interlace: int = 0, more: bytes = b""
) -> Make:
    header = struct.pack(">2L5B", columns, rows, bits, colour, 0, 0, interlace)
    data = (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + more
        + _chunk(b"IDAT", zlib.compress(pixels))
        + _chunk(b"IEND", b"")
    )
    return _bytes(lambda _: data)


def _bytes(change: Callable[[bytes], bytes]) -> Make:
    def make(folder: Path) -> Path:
        path = folder / "000000.png"
        path.write_bytes(change(seed("png")))
        return path

    return make


_GOOD = bytes(24 * 65)

CASES: dict[str, dict[str, Make]] = {
    "png": {
        "100 000 by 100 000 pixels": _png(100_000, 100_000, _GOOD),
        "2^31 by 2^31 pixels": _png(1 << 31, 1 << 31, _GOOD),
        "no pixels": _png(0, 0, b""),
        "300 MB of zeros for 32 by 24 pixels": _png(32, 24, bytes(300 << 20)),
        "fewer pixels than it says": _png(32, 24, _GOOD[:-1]),
        "an unknown row filter": _png(32, 24, b"\x07" + _GOOD[1:]),
        "a palette": _png(32, 24, _GOOD, bits=8, colour=3),
        "colour": _png(32, 24, _GOOD * 3, colour=2),
        "interlaced": _png(32, 24, _GOOD, interlace=1),
        "two headers": _png(32, 24, _GOOD, more=_chunk(b"IHDR", bytes(13))),
        "an unknown chunk that must be understood": _png(32, 24, _GOOD, more=_chunk(b"EVIL", b"x")),
        "a wrong checksum": _bytes(lambda d: d[:30] + bytes([d[30] ^ 1]) + d[31:]),
        "cut short": _bytes(lambda d: d[: len(d) // 2]),
        "a chunk that claims 4 GB": _bytes(lambda d: d[:33] + b"\xff\xff\xff\xff" + d[37:]),
        "a JPEG": _bytes(lambda _: b"\xff\xd8\xff\xe0" + bytes(1000)),
    }
}
