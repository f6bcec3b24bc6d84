"""Hostile films: claims that the bytes do not hold, frames of any size, and what is no film at all."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

from benchmarks.doors import DOORS
from benchmarks.film_bytes import body_of, make_film, pictures, with_words
from benchmarks.seeds import seed

Make = Callable[[Path], Path]
_ABOVE = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1", b"avcC")
_BILLION = 1_000_000_000


def _file(data: Callable[[], bytes]) -> Make:
    def make(folder: Path) -> Path:
        path = folder / DOORS["film"].file
        path.write_bytes(data())
        return path

    return make


def _claims(box: bytes, offset: int, *words: int) -> Make:
    return _file(lambda: with_words(seed("film"), box, offset, *words))


def _sparse(folder: Path) -> Path:
    path = folder / DOORS["film"].file
    with path.open("wb") as stream:
        stream.write(seed("film"))
        stream.truncate(1 << 40)
    return path


def _without_frames() -> bytes:
    """Give an index that has no entry: counts of zero in all its tables."""
    data = seed("film")
    for box, offset in ((b"stsz", 8), (b"stts", 4), (b"stsc", 4), (b"stco", 4)):
        data = with_words(data, box, offset, 0)
    return data


def _one_frame_many_times() -> bytes:
    """Give frames that are all the whole film: a small file that decodes to much."""
    data = seed("film")
    at = body_of(data, b"stsz")
    (count,) = struct.unpack_from(">L", data, at + 8)
    start = data.index(b"mdat") + 4
    return with_words(data, b"stsz", 12, *([len(data) - start - 1000] * count))


def _bits(*fields: tuple[int, int]) -> bytes:
    """Pack numbers, each with its width; width 0: Exp-Golomb."""
    text = ""
    for value, width in fields:
        plain = bin(value + 1)[2:]
        text += format(value, f"0{width}b") if width else "0" * (len(plain) - 1) + plain
    text += "1"
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def _of_size(side: int) -> bytes:
    """Give a film whose H.264 parameters say that its frames have this side [px], a multiple of 16."""
    data = bytearray(seed("film"))
    blocks = side // 16 - 1
    numbers = _bits((0, 0), (0, 0), (2, 0), (1, 0), (0, 1), (blocks, 0), (blocks, 0), (1, 1), (1, 1), (0, 1), (0, 1))
    said = bytes((0x67, 66, 0, 62)) + numbers
    at = body_of(bytes(data), b"avcC") + 6
    (length,) = struct.unpack_from(">H", data, at)
    data[at : at + 2 + length] = struct.pack(">H", len(said)) + said
    for box in _ABOVE:
        start = bytes(data).index(box) - 4
        (size,) = struct.unpack_from(">L", data, start)
        struct.pack_into(">L", data, start, size + len(said) - length)
    return bytes(data)


def _jpeg_of_size() -> bytes:
    """Give a film of JPEG images that say in their own header that they have 65 500 pixels a side."""
    data = make_film(pictures(4), container="mov", codec="mjpeg")
    head = b"\xff\xc0\x00\x11\x08"
    return data.replace(head + struct.pack(">2H", 48, 64), head + struct.pack(">2H", 65_500, 65_500))


CASES: dict[str, dict[str, Make]] = {
    "film": {
        "nothing": _file(lambda: b""),
        "text": _file(lambda: b"a film, surely\n" * 100),
        "a list of other files": _file(lambda: b"ffconcat version 1.0\nfile '/etc/passwd'\n"),
        "a list of addresses": _file(lambda: b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1/x.ts\n"),
        "cut in the middle": _file(lambda: seed("film")[: len(seed("film")) // 2]),
        "pieces, the last cut": _file(lambda: make_film(pictures(40), fragments=True)[:-300]),
        "half of a Matroska film": _file(lambda: _half(make_film(pictures(90), container="matroska", codec="mpeg4"))),
        "a thousand million frames of a size each": _claims(b"stsz", 8, _BILLION),
        "a thousand million frames of one byte": _claims(b"stsz", 4, 1, _BILLION),
        "a thousand million frames of no bytes": _claims(b"stsz", 4, 0, _BILLION),
        "a thousand million times": _claims(b"stts", 8, _BILLION),
        "all frames at one time": _claims(b"stts", 12, 0),
        "no frames": _file(_without_frames),
        "every frame is the whole film": _file(_one_frame_many_times),
        "100 000 by 100 000 pixels": _file(lambda: _of_size(100_000)),
        "16 384 by 16 384 pixels": _file(lambda: _of_size(16_384)),
        "65 500 by 65 500 pixels in each image": _file(_jpeg_of_size),
        "a compression that nobody knows": _file(lambda: seed("film").replace(b"avc1", b"zzzz")),
        "no picture, only sound": _file(lambda: seed("film").replace(b"vide", b"soun")),
        "a terabyte that is not there": _sparse,
    }
}
"""By reader, then by what each film tries."""


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]
