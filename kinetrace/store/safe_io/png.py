"""Grey PNG images: every byte is accounted for before a native decoder sees what is left of them."""

from __future__ import annotations

import struct
import zlib

from kinetrace.store.safe_io.caps import IMAGE_SIDE
from kinetrace.store.safe_io.format_error import FormatError

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">2L5B")
_KNOWN = frozenset({b"IHDR", b"IDAT", b"IEND"})


def clean_png(data: bytes, bits: int) -> bytes:
    """Check a PNG of one grey channel and give it back with nothing but header, pixels and end.

    Args:
        data: The file.
        bits: 8 or 16 a pixel.

    Returns:
        A PNG whose pixels unpack to exactly what its header says.

    Raises:
        FormatError: `image`: not a PNG, of another kind or size, damaged, or with pixels too few or too many.
    """
    if not data.startswith(_SIGNATURE):
        raise _refuse(bits, "no PNG")
    chunks = _chunks(data, bits)
    if [name for name, _ in chunks[:1]] != [b"IHDR"] or chunks[-1] != (b"IEND", b"") or len(chunks[0][1]) != 13:
        raise _refuse(bits, "no header at the start or no end")
    if [name for name, _ in chunks].count(b"IHDR") != 1 or [name for name, _ in chunks].count(b"IEND") != 1:
        raise _refuse(bits, "two headers")
    header = chunks[0][1]
    columns, rows, depth, colour, *rest = _HEADER.unpack(header)
    if (depth, colour) != (bits, 0) or rest != [0, 0, 0] or not 0 < columns <= IMAGE_SIDE or not 0 < rows <= IMAGE_SIDE:
        kind = {0: "grey", 2: "colour", 3: "palette", 4: "grey with alpha", 6: "colour with alpha"}.get(colour, "?")
        raise _refuse(
            bits, f"{columns} by {rows} pixels, {kind}, {depth} bits{', interlaced' if rest[2:] == [1] else ''}"
        )
    pixels = _unpacked(b"".join(body for name, body in chunks if name == b"IDAT"), rows, columns * bits // 8 + 1, bits)
    packed = zlib.compress(pixels, 0)  # whole, for the next decoder: packing is what costs
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunks(data: bytes, bits: int) -> list[tuple[bytes, bytes]]:
    """List the chunks that we know; the others must be such as may be left out (a small first letter) and whole."""
    found: list[tuple[bytes, bytes]] = []
    at = len(_SIGNATURE)
    while at < len(data):
        if len(data) < at + 12:
            raise _refuse(bits, "a file that was cut short")
        length = int.from_bytes(data[at : at + 4], "big")
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        crc = data[at + 8 + length : at + 12 + length]
        if len(crc) != 4 or zlib.crc32(name + body) != int.from_bytes(crc, "big"):
            raise _refuse(bits, f"a damaged chunk {name!r}")
        if name in _KNOWN:
            found.append((name, body))
        elif not name.isalpha() or not name[:1].islower():
            raise _refuse(bits, f"an unknown chunk {name!r}")
        at += 12 + length
    if not found:
        raise _refuse(bits, "no header")
    return found


def _unpacked(packed: bytes, rows: int, stride: int, bits: int) -> bytes:
    wanted = rows * stride
    unpacker = zlib.decompressobj()
    try:
        pixels = unpacker.decompress(packed, wanted + 1)
    except zlib.error as error:
        raise _refuse(bits, f"damaged pixels ({error})") from None
    if len(pixels) != wanted or not unpacker.eof or unpacker.unused_data:
        raise _refuse(bits, f"pixels that do not unpack to {wanted} bytes")
    if max(pixels[::stride]) > 4:
        raise _refuse(bits, "an unknown row filter")
    return pixels


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")


def _refuse(bits: int, found: str) -> FormatError:
    expected = f"one channel of uint{bits}, at most {IMAGE_SIDE} pixels"
    return FormatError("image", "image", expected, found, "Export it again.")
