"""A film's frames, one at a time, inside a limited process: PyAV for films, its JPEG decoder for images in a zip.

The limited process imports this file; it imports nothing of ours.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import av
import numpy as np

CODECS = ("av1", "h264", "hevc", "mjpeg", "mpeg4", "prores", "vp8", "vp9")
EXPORT = "Export the film again as MP4 (H.264 or HEVC)."
BROKEN_FRAMES = 0.05
"""Part of the frames that may be unreadable before a film is."""
_JPEG_BYTES = 16 << 20


class RefusedFilmError(Exception):
    """A film that is not read: field, what was expected, what was found, what would work."""

    def __init__(self, field: str, expected: str, found: str, fix: str = EXPORT) -> None:
        super().__init__(field, expected, found, fix)


def container_of(stream: BinaryIO) -> str:
    """Tell the container from its first bytes; lists of other files and addresses are none that we know."""
    stream.seek(0)
    head = stream.read(12)
    stream.seek(0)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mov"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    found = f"bytes that begin with {head!r}" if head else "an empty file"
    raise RefusedFilmError("container", "an MP4, MOV, Matroska or WebM film", found)


def open_film(stream: BinaryIO, limits: dict[str, int]) -> tuple[Any, Any]:
    """Open a film and give its container and its video stream, within the limits of size.

    Args:
        stream: The file.
        limits: `side` and `pixels` of a frame.
    """
    kind = container_of(stream)
    try:
        container = av.open(stream, format=kind, options={"protocol_whitelist": ""})
    except av.error.FFmpegError as error:
        raise RefusedFilmError("container", "a film that opens", f"one that does not ({error.strerror})") from None
    video = next((s for s in container.streams.video if s.codec_context is not None and not _is_cover(s)), None)
    if video is None:
        raise RefusedFilmError("streams", "a video stream", f"{len(container.streams)} streams, none of pictures")
    codec = video.codec_context
    if codec.name.removeprefix("lib").replace("dav1d", "av1") not in CODECS:
        raise RefusedFilmError("codec", " or ".join(CODECS), codec.name)
    refuse_size(codec.width, codec.height, limits)
    codec.options = {"max_pixels": str(limits["pixels"])}
    codec.thread_type, codec.thread_count = "NONE", 1
    return container, video


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition & type(stream.disposition).attached_pic)


def refuse_size(width: int, height: int, limits: dict[str, int]) -> None:
    """Refuse frames that are nothing or more than memory was set aside for."""
    side, pixels = limits["side"], limits["pixels"]
    if min(width, height) < 1 or max(width, height) > side or width * height > pixels:
        fix = "Export the film in 4K or smaller."
        raise RefusedFilmError("size", f"1 to {side} px a side, at most {pixels} px", f"{width} x {height} px", fix)


def frames(path: str, job: dict[str, Any]) -> Iterator[tuple[int, Any]]:
    """Give a film's frames in the order they are shown.

    Args:
        path: The open file.
        job: `limits`; `members`: for images in a zip their names.

    Yields:
        The frame's time stamp, for images its number; the frame of PyAV.
    """
    with open(path, "rb") as stream:  # noqa: PTH123 (an open handle by its number)
        if job.get("members") is None:
            yield from _film_frames(stream, job["limits"])
        else:
            yield from _zipped_frames(stream, job["members"], job["limits"])


def _film_frames(stream: BinaryIO, limits: dict[str, int]) -> Iterator[tuple[int, Any]]:
    container, video = open_film(stream, limits)
    size = (video.codec_context.width, video.codec_context.height)
    good = bad = 0
    for packet in container.demux(video):
        try:
            decoded = packet.decode()
        except av.error.FFmpegError:
            bad += 1
            _refuse_broken(good, bad)
            continue
        for frame in decoded:
            if (frame.width, frame.height) != size:
                raise RefusedFilmError(
                    "size", f"{size[0]} x {size[1]} px throughout", f"{frame.width} x {frame.height} px"
                )
            if frame.pts is not None and not frame.is_corrupt:
                good += 1
                yield frame.pts, frame
            else:
                bad += 1
    _refuse_broken(good, bad, at_the_end=True)


def _refuse_broken(good: int, bad: int, *, at_the_end: bool = False) -> None:
    if bad > BROKEN_FRAMES * (good + bad) and (at_the_end or bad > 20):
        raise RefusedFilmError("frames", "frames that can be decoded", f"{bad} of {good + bad} that cannot")
    if at_the_end and not good:
        raise RefusedFilmError("frames", "a frame or more", "none")


def _zipped_frames(stream: BinaryIO, members: list[str], limits: dict[str, int]) -> Iterator[tuple[int, Any]]:
    size = None
    with zipfile.ZipFile(stream) as archive:
        for number, name in enumerate(members):
            frame = _jpeg(archive, name, limits)
            size = size or (frame.width, frame.height)
            if (frame.width, frame.height) != size:
                raise RefusedFilmError(
                    name, f"{size[0]} x {size[1]} px throughout", f"{frame.width} x {frame.height} px"
                )
            yield number, frame


def _jpeg(archive: zipfile.ZipFile, name: str, limits: dict[str, int]) -> Any:
    try:
        with archive.open(name) as member:
            data = member.read(_JPEG_BYTES + 1)
    except (KeyError, zipfile.BadZipFile, RuntimeError, EOFError, zlib.error) as error:
        raise RefusedFilmError(name, "an image in the archive", str(error) or type(error).__name__) from None
    if len(data) > _JPEG_BYTES or data[:2] != b"\xff\xd8":
        raise RefusedFilmError(name, f"a JPEG of at most {_JPEG_BYTES} bytes", f"bytes that begin with {data[:8]!r}")
    decoder = av.CodecContext.create("mjpeg", "r")
    decoder.options = {"max_pixels": str(limits["pixels"])}
    try:
        decoded = [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
    except av.error.FFmpegError as error:
        raise RefusedFilmError(name, "a JPEG that can be decoded", str(error.strerror)) from None
    if len(decoded) != 1:
        raise RefusedFilmError(name, "one image", f"{len(decoded)}")
    refuse_size(decoded[0].width, decoded[0].height, limits)
    return decoded[0]


def upright_turns(frame: Any) -> int:
    """Give the counter-clockwise quarter turns that show a frame as its file says."""
    return round(float(frame.rotation) / 90) % 4


def pixels_of(frame: Any, long_side: int) -> Any:
    """Give a frame as RGB, its long side at most so long [px]."""
    scale = min(1.0, long_side / max(frame.width, frame.height))
    width, height = round(frame.width * scale), round(frame.height * scale)
    return np.ascontiguousarray(frame.to_ndarray(format="rgb24", width=width, height=height, interpolation="AREA"))
