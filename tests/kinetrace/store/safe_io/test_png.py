from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.png import clean_png


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))


def png(*chunks: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def header(columns: int = 2, rows: int = 2, bits: int = 16, colour: int = 0, *rest: int) -> bytes:
    return chunk(b"IHDR", struct.pack(">2L5B", columns, rows, bits, colour, *(rest or (0, 0, 0))))


PIXELS = chunk(b"IDAT", zlib.compress(bytes(10)))
END = chunk(b"IEND", b"")


@given(image=nps.arrays(st.sampled_from([np.uint8, np.uint16]), st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_a_good_image_keeps_its_pixels(image: np.ndarray) -> None:
    clean = clean_png(cv2.imencode(".png", image)[1].tobytes(), image.dtype.itemsize * 8)
    np.testing.assert_array_equal(cv2.imdecode(np.frombuffer(clean, np.uint8), cv2.IMREAD_UNCHANGED), image)


def test_what_is_not_pixels_is_left_out() -> None:
    clean = clean_png(png(header(), chunk(b"tEXt", b"x" * 999), PIXELS, END), 16)
    assert [clean[at : at + 4] for at in (12, 37)] == [b"IHDR", b"IDAT"]
    assert b"tEXt" not in clean


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "no PNG"),
        (png(), "no header"),
        (png(END), "no header at the start"),
        (png(header(), PIXELS), "no header at the start or no end"),
        (png(header(), PIXELS, END, b"x"), "cut short"),
        (png(header(), PIXELS, END, END), "two headers"),
        (png(header(), header(), PIXELS, END), "two headers"),
        (png(chunk(b"IHDR", b"x"), PIXELS, END), "no header"),
        (png(header(3000), PIXELS, END), "3000 by 2 pixels"),
        (png(header(0), PIXELS, END), "0 by 2 pixels"),
        (png(header(2, 2, 8), PIXELS, END), "grey, 8 bits"),
        (png(header(2, 2, 16, 2), PIXELS, END), "colour"),
        (png(header(2, 2, 16, 9), PIXELS, END), r"\?"),
        (png(header(2, 2, 16, 0, 0, 0, 1), PIXELS, END), "interlaced"),
        (png(header(2, 2, 16, 0, 1, 0, 0), PIXELS, END), "2 by 2"),
        (png(header(), PIXELS[:-1] + b"\0", END), "damaged chunk"),
        (png(header(), chunk(b"ABCD", b""), PIXELS, END), "an unknown chunk"),
        (png(header(), chunk(b"a1cd", b""), PIXELS, END), "an unknown chunk"),
        (png(header(), chunk(b"IDAT", b"xx"), END), "damaged pixels"),
        (png(header(), END), "do not unpack to 10 bytes"),
        (png(header(), chunk(b"IDAT", zlib.compress(bytes(11))), END), "do not unpack to 10 bytes"),
        (png(header(), chunk(b"IDAT", zlib.compress(bytes(10)) + b"x"), END), "do not unpack to 10 bytes"),
        (png(header(), chunk(b"IDAT", zlib.compress(b"\x05" + bytes(9))), END), "an unknown row filter"),
    ],
)
def test_an_image_that_is_not_what_it_says_is_refused(data: bytes, found: str) -> None:
    with pytest.raises(FormatError, match=found):
        clean_png(data, 16)
