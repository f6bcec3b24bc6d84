"""What any motion file says, untouched: names, positions, times, and how far its size can be trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from jaxtyping import Bool, Float

from adapters.formats.file_subject import FileSubject
from schemas.errors import CaptureError

MAX_TIME: Final = 1e13
"""Clocks of apps count from the device's start or from 1970, in seconds or milliseconds: only differences are used."""
Size = Literal["measured", "estimated", "reference"]
"""Whether lengths were measured, guessed by a network or a body model, or are those of a reference person."""


@dataclass(frozen=True)
class MarkerFile:
    """Positions in the file's own units and axes, NaN where missing.

    Attributes:
        names: Marker or joint names as written.
        positions: In `units`.
        time: Increasing [s].
        units: As written; None where the file does not say.
        rate_hz: As the header says; None where it does not.
        remarks: What was found or assumed in reading.
        up: Which axis is up; None where the format does not say.
        format: Name of the format.
        subject: What the file says of the person.
        left_out: What was not used.
        size: How far lengths can be trusted.
        stature_m: Of a reference size: the stature that the file's lengths have, in `units` taken as metres.
        doubtful: Samples that the source itself calls a guess; None: none.
    """

    names: tuple[str, ...]
    positions: Float[np.ndarray, "frames markers 3"]
    time: Float[np.ndarray, "frames"]
    units: str | None
    rate_hz: float | None
    remarks: tuple[str, ...] = ()
    up: Literal["y", "z"] | None = None
    format: str = "trc"
    subject: FileSubject = field(default_factory=FileSubject)
    left_out: tuple[str, ...] = ()
    size: Size = "measured"
    stature_m: float | None = None
    doubtful: Bool[np.ndarray, "frames markers"] | None = None


def even_times(frames: int, fps: float | None, where: str) -> Float[np.ndarray, "frames"]:
    """Give the times of a recording that has none, from the rate that was declared [s].

    Raises:
        CaptureError: No rate was declared.
    """
    if fps is None:
        raise CaptureError(
            where=where, field="time", expected="times in the file, or a declared frame rate", found="neither",
            fix="Give --fps with the frames a second at which it was recorded, e.g. --fps 60"
            " (in a bundle: fps in mapping.json).",
        )  # fmt: skip
    return np.arange(frames) / fps


def checked_times(time: Float[np.ndarray, "frames"], fps: float | None, where: str) -> tuple[str, ...]:
    """Hold a file's own times against sense; give the remark where a declared rate was not needed.

    Raises:
        CaptureError: Fewer than two frames, or a time that is not later than the one before.
    """
    if len(time) < 2:
        raise CaptureError(
            where=where, field="frames", expected="at least 2 frames", found=f"{len(time)}",
            fix="Give a recording, not one pose.",
        )  # fmt: skip
    back = np.flatnonzero(~(np.diff(time) > 0.0))
    if back.size:
        at = int(back[0]) + 1
        raise CaptureError(
            where=where, field=f"frame {at + 1}, time", expected="a later time than the frame before",
            found=f"{time[at]:.12g} s after {time[at - 1]:.12g} s", fix="Sort the frames by time, or cut the file there.",
        )  # fmt: skip
    return () if fps is None else (f"--fps {fps:g} was not needed: the file has its own times",)
