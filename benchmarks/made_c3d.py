"""C3D files made byte by byte, so that a test or a bench can make every claim that a file could."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

BLOCK = 512
Value = str | float | Sequence[str] | np.ndarray
Groups = Mapping[str, Mapping[str, Value]]


def make_c3d(
    points: np.ndarray,
    labels: Sequence[str],
    *,
    rate: float = 100.0,
    first_frame: int = 1,
    residuals: np.ndarray | None = None,
    analogs: np.ndarray | None = None,
    groups: Groups | None = None,
    header: Mapping[int, int] | None = None,
) -> bytes:
    """Write a C3D of 32-bit floats in Intel's order.

    Args:
        points: Frames by points by 3, in millimetres unless `groups` says another POINT:UNITS.
        labels: A name a point.
        rate: Frames a second.
        first_frame: Counted from 1.
        residuals: Below 0 where a point is missing; by default 0.
        analogs: Samples by channels, samples a whole multiple of frames.
        groups: More parameters, or others in place of those that are made here.
        header: Words of the header, counted from 1, that are to claim something else.
    """
    frames, count, _ = points.shape
    channels = 0 if analogs is None else analogs.shape[1]
    per_frame = 0 if analogs is None or not channels else len(analogs) // frames
    made: dict[str, dict[str, Value]] = {
        "POINT": {
            "USED": count, "FRAMES": frames, "SCALE": -1.0, "RATE": rate, "DATA_START": 0, "UNITS": ["mm"], "LABELS": labels,
        },
        "ANALOG": {
            "USED": channels, "RATE": rate * per_frame, "GEN_SCALE": 1.0, "SCALE": np.ones(channels, np.float32),
            "OFFSET": np.zeros(channels, np.int16), "LABELS": [f"A{i}" for i in range(channels)], "UNITS": ["V"] * channels,
        },
        "FORCE_PLATFORM": {"USED": 0},
    }  # fmt: skip
    for name, entries in (groups or {}).items():
        made[name] = {**made.get(name, {}), **entries}
    start = 2 + -(-(len(_parameters(made)) + 4) // BLOCK)
    made["POINT"]["DATA_START"] = start
    body = _parameters(made)
    section = (bytes((1, 0x50, start - 2, 84)) + body).ljust((start - 2) * BLOCK, b"\0")
    words = {
        1: 0x5002, 2: count, 3: channels * per_frame, 4: first_frame, 5: first_frame + frames - 1, 6: 10, 9: start,
        10: per_frame,
    }  # fmt: skip
    head = bytearray(BLOCK)
    struct.pack_into("<f", head, 12, -1.0)
    struct.pack_into("<f", head, 20, rate)
    for word, value in (words | dict(header or {})).items():
        struct.pack_into("<H", head, 2 * (word - 1), value & 0xFFFF)
    return bytes(head) + section + _data(points, residuals, analogs, per_frame)


def _data(points: np.ndarray, residuals: np.ndarray | None, analogs: np.ndarray | None, per_frame: int) -> bytes:
    frames = len(points)
    last = np.zeros(points.shape[:2]) if residuals is None else residuals
    rows = [np.concatenate((points, last[:, :, None]), axis=2).reshape(frames, -1)]
    if analogs is not None and per_frame:
        rows.append(analogs[: frames * per_frame].reshape(frames, -1))
    data = np.concatenate(rows, axis=1).astype("<f4").tobytes()
    return data + b"\0" * (-len(data) % BLOCK)


def _parameters(groups: Mapping[str, Mapping[str, Value]]) -> bytes:
    found = b""
    for number, (group, entries) in enumerate(groups.items(), start=1):
        found += struct.pack("<bb", len(group), -number) + group.encode() + struct.pack("<hB", 3, 0)
        for name, value in entries.items():
            content = _content(value)
            found += struct.pack("<bb", len(name), number) + name.encode()
            found += struct.pack("<h", len(content) + 3) + content + b"\0"
    return found + b"\0\0"


def _content(value: Any) -> bytes:
    """Give type, dimensions and values of one parameter."""
    if isinstance(value, str):
        value = [value]
    if isinstance(value, (list, tuple)):
        width = max((len(text.encode()) for text in value), default=0)
        return struct.pack("<bBBB", -1, 2, width, len(value)) + b"".join(t.encode().ljust(width) for t in value)
    array = np.asarray(value)
    kind, code = (4, "<f4") if array.dtype.kind == "f" else (2, "<i2")
    dimensions = bytes((array.ndim, *array.shape))
    return struct.pack("<b", kind) + dimensions + array.astype(code).tobytes(order="F")
