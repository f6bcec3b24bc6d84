"""C3D: what the header claims is held against the file's size, then ezc3d reads it in a limited process."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from jaxtyping import Float

from kinetrace.store.safe_io.caps import (
    C3D_BYTES,
    C3D_CHANNELS,
    C3D_MEMORY_BASE,
    C3D_MEMORY_FACTOR,
    C3D_PARSE_MS,
    C3D_PARSE_MS_A_MIB,
    C3D_POINTS,
    MIB,
    RECORDING_JSON_DEPTH,
)
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.json_text import load_json
from kinetrace.store.safe_io.limited_process import Limits, run_limited
from kinetrace.store.safe_io.npz import read_npz_arrays
from kinetrace.store.safe_io.plain_file import open_plain
from schemas.base import Array

BLOCK: Final = 512
_WORKER: Final = Path(__file__).with_name("c3d_worker.py")
_ORDER: Final = {84: "<", 85: "<", 86: ">"}
"""Processor that wrote the numbers: Intel, DEC (integers as Intel's), MIPS."""
_ARRAYS: Final = {
    "points": Array("float64", ("frames", "points", 3)),
    "residuals": Array("float64", ("frames", "points")),
    "analogs": Array("float64", ("samples", "channels")),
    "document": Array("uint8", ("bytes",)),
}
_EXPORT: Final = "Export the recording again."


@dataclass(frozen=True)
class C3dContent:
    """A C3D as its parser gives it: the file's own units and axes, numbers that may still be anything.

    Attributes:
        points: Positions; what they mean where the residual is below 0 is up to the reader.
        residuals: Below 0 where a point is missing.
        analogs: Scaled channels, a row a sample.
        first_frame: Number of the first frame, counted from 0.
        parameters: Group, name, values in the file's order.
    """

    points: Float[np.ndarray, "frames points 3"]
    residuals: Float[np.ndarray, "frames points"]
    analogs: Float[np.ndarray, "samples channels"]
    first_frame: int
    parameters: dict[str, dict[str, list[Any]]]


@dataclass(frozen=True)
class _Claims:
    points: int
    analogs_a_frame: int
    frames: int
    samples_a_frame: int
    number_bytes: int
    data_start: int

    def frame_bytes(self) -> int:
        return (4 * self.points + self.analogs_a_frame) * self.number_bytes


def read_c3d_content(path: Path) -> C3dContent:
    """Read a C3D file.

    Raises:
        FormatError: As `open_plain`; `c3d`: not a C3D, or one whose header claims more than the file holds; `parser`: bytes
            on which ezc3d refused, crashed or did not end; `arrays`: another content than the header claims.
    """
    with open_plain(path, C3D_BYTES) as stream:
        size = stream.seek(0, io.SEEK_END)
        claims = _claims(stream, size)
        output = 16 * size + (1 << 20)
        milliseconds = C3D_PARSE_MS + C3D_PARSE_MS_A_MIB * size / MIB
        limits = Limits(C3D_MEMORY_BASE + C3D_MEMORY_FACTOR * size, milliseconds / 1000, output)
        said = run_limited(_WORKER, stream, limits)
    arrays = read_npz_arrays(io.BytesIO(said), _ARRAYS, output)
    document = load_json(arrays["document"].tobytes().decode("utf-8", "replace"), RECORDING_JSON_DEPTH)
    _refuse_other_content(arrays, claims, size)
    return C3dContent(
        points=arrays["points"],
        residuals=arrays["residuals"],
        analogs=arrays["analogs"],
        first_frame=int(document["first_frame"]),
        parameters=document["parameters"],
    )


def _claims(stream: BinaryIO, size: int) -> _Claims:
    """Read the header's ten words, refusing what the file cannot hold before anything is parsed."""
    stream.seek(0)
    head = stream.read(BLOCK)
    if len(head) < BLOCK or head[1] != 0x50 or head[0] == 0:
        raise _refuse("header", "a C3D file", f"{size} bytes that begin with {head[:8]!r}", "Give a C3D file.")
    stream.seek((head[0] - 1) * BLOCK + 3)
    order = _ORDER.get((stream.read(1) or b"\0")[0])
    if order is None:
        raise _refuse("header", "parameters of an Intel, DEC or MIPS processor", "none of them", _EXPORT)
    points, analogs, first, last, _, _, _, data_start, samples = struct.unpack_from(f"{order}9H", head, 2)
    # Floats are marked by a negative scale: the sign bit is in the last of the float's bytes, of DEC's in the second.
    sign = head[13] if order == "<" and head[13] & 0x80 else head[15] if order == "<" else head[12]
    claims = _Claims(points, analogs, last - first + 1, samples, 4 if sign & 0x80 else 2, (data_start - 1) * BLOCK)
    _refuse_claims(claims, size)
    return claims


def _refuse_claims(claims: _Claims, size: int) -> None:
    channels = claims.analogs_a_frame // max(claims.samples_a_frame, 1)
    if not 0 < claims.points <= C3D_POINTS or channels > C3D_CHANNELS:
        found = f"{claims.points} points and {channels} channels"
        raise _refuse("header", f"1 to {C3D_POINTS} points, at most {C3D_CHANNELS} channels", found, _EXPORT)
    if claims.frames < 1 or claims.data_start < BLOCK:
        found = f"{claims.frames} frames from byte {claims.data_start}"
        raise _refuse("header", "a frame or more after the header", found, _EXPORT)
    if (wanted := claims.data_start + claims.frames * claims.frame_bytes()) > size:
        found = f"{size} bytes for {claims.frames} frames of {claims.points} points, which take {wanted}"
        raise _refuse("frames", "all frames that the header claims", found, "The file was cut short: export it again.")


def _refuse_other_content(arrays: dict[str, Any], claims: _Claims, size: int) -> None:
    """Refuse frames that are not in the file: a parameter may claim more than the header, and a parser may fill up."""
    frames, points = arrays["residuals"].shape
    samples, channels = arrays["analogs"].shape
    there = (size - claims.data_start) // claims.frame_bytes()
    if points != claims.points or not claims.frames <= frames <= there:
        found = f"{frames} frames of {points} points where {there} of {claims.points} fit into the file"
        raise _refuse("frames", "the frames that are in the file", found, "The file was cut short: export it again.")
    if channels and (samples % frames or samples // frames * channels != claims.analogs_a_frame):
        found = f"{samples} samples of {channels} channels"
        raise _refuse("analogs", f"{claims.analogs_a_frame} analog numbers a frame", found, _EXPORT)


def _refuse(field: str, expected: str, found: str, fix: str) -> FormatError:
    return FormatError("c3d", field, expected, found, fix)
