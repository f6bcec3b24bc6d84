"""Small films made by PyAV, and their boxes changed byte by byte, so that a test or a bench can make every claim."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import UInt8

TICKS = 600
"""Of a second: the unit of time stamps that Apple's films have."""


def make_film(
    pictures: UInt8[np.ndarray, "frames rows columns 3"],
    *,
    stamps: Sequence[int] | None = None,
    container: str = "mp4",
    codec: str = "libx264",
    fragments: bool = False,
) -> bytes:
    """Write a film.

    Args:
        pictures: RGB; rows and columns even.
        stamps: Time stamps in 600ths of a second, rising; by default 30 frames a second.
        container: mp4, mov, matroska or webm.
        codec: libx264, mpeg4, mjpeg or libvpx.
        fragments: The index is in pieces between the frames, as some recorders write it.
    """
    import av

    buffer = io.BytesIO()
    options = {"movflags": "frag_keyframe+empty_moov"} if fragments else {}
    with av.open(buffer, "w", format=container, options={**options, "fflags": "bitexact"}) as film:
        stream: Any = film.add_stream(codec, rate=30)
        stream.height, stream.width = pictures.shape[1:3]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
        stream.codec_context.thread_count = 1
        stream.codec_context.options = {"preset": "ultrafast"} if codec == "libx264" else {}
        times = range(0, 20 * len(pictures), 20) if stamps is None else stamps
        for picture, at in zip(pictures, times, strict=True):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = at, Fraction(1, TICKS)
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return buffer.getvalue()


def pictures(frames: int, columns: int = 64, rows: int = 48) -> UInt8[np.ndarray, "frames rows columns 3"]:
    """Give a bright square that moves over a slope of grey."""
    found = np.zeros((frames, rows, columns, 3), np.uint8)
    found[:] = np.linspace(20, 120, columns, dtype=np.uint8)[None, None, :, None]
    for number in range(frames):
        at = 3 * number % (columns - 12)
        found[number, 10:22, at : at + 12] = (220, 40, 30)
    return found


def body_of(data: bytes, box: bytes) -> int:
    """Give where the first box of this name has its content."""
    return data.index(box) + 4


def with_words(data: bytes, box: bytes, offset: int, *words: int) -> bytes:
    """Overwrite 32-bit numbers in the first box of this name, from an offset into its content."""
    at = body_of(data, box) + offset
    return data[:at] + struct.pack(f">{len(words)}L", *words) + data[at + 4 * len(words) :]


def turned(data: bytes, quarters: int) -> bytes:
    """Have a film's header ask for clockwise quarter turns when it is shown, as a phone does that was held upright."""
    one = 1 << 16
    a, b, c, d = ((one, 0, 0, one), (0, one, -one, 0), (-one, 0, 0, -one), (0, -one, one, 0))[quarters % 4]
    words = [word & 0xFFFFFFFF for word in (a, b, 0, c, d, 0, 0, 0, 1 << 30)]
    return with_words(data, b"tkhd", 40, *words)
