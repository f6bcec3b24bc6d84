"""Films: decoded in a limited process, their facts held against the file, a frame at a time, whatever they claim."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Float, Int, UInt8

from kinetrace.store.safe_io.caps import (
    FILM_BYTES,
    FILM_FRAME_MS,
    FILM_FRAMES,
    FILM_MEMORY,
    FILM_PIXELS,
    FILM_SIDE,
    MIB,
)
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.limited_process import Limits, stream_limited
from kinetrace.store.safe_io.plain_file import open_plain

_WORKER: Final = Path(__file__).with_name("film_worker.py")
_CUT_SHORT: Final = "Export the film again: it was cut short."
_MISSING: Final = 0.02
"""Part of the claimed frames, or of the duration, that may not be there: an edit at the ends leaves a few out."""
_STAMP_LIMIT: Final = 1 << 52


@dataclass(frozen=True)
class FilmFacts:
    """What a film is, as its bytes show.

    Attributes:
        size: Width and height as stored, before any turning [px].
        stamps: The frames' time stamps in the order they are shown, each later than the one before, in the film's own unit.
        time: The same [s].
        quarter_turns: Counter-clockwise quarter turns that the file asks for, to be upright.
        codec: Name of the compression.
    """

    size: tuple[int, int]
    stamps: Int[np.ndarray, "frames"]
    time: Float[np.ndarray, "frames"]
    quarter_turns: int
    codec: str

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return len(self.stamps)


def read_film_facts(path: Path, members: Sequence[str] | None = None, *, decode: bool = False) -> FilmFacts:
    """Find size, time stamps and rotation of a film.

    Args:
        path: MP4, MOV, Matroska or WebM; or a zip of JPEG images.
        members: The images' names in the zip, in the order they are shown; their time stamps are their numbers.
        decode: All frames are decoded, to know that they can be; otherwise the first one.

    Raises:
        FormatError: As `open_plain`; `film`: not a film, no frame, a size, a count or a duration that its bytes do not
            hold, frames without time; `parser`: bytes on which the decoder crashed or took more than it may.
    """
    limits = Limits(FILM_MEMORY, FILM_FRAME_MS / 1000, 32 * FILM_FRAMES + MIB)
    said: dict[bytes, list[bytes]] = {b"F": [], b"T": [], b"D": []}
    for record in read_film(_WORKER, path, {"decode": decode}, members, limits):
        said[record[:1]].append(record[1:])
    facts: dict[str, Any] = json.loads(b"".join(said[b"F"]))
    in_file = np.frombuffer(b"".join(said[b"T"]), "<i8")
    found = _checked(facts, np.sort(in_file) if members is None else np.arange(len(members), dtype=np.int64))
    if decode and not np.isin(np.frombuffer(b"".join(said[b"D"]), "<i8"), found.stamps).all():
        raise _refuse("time", "frames at the times that the film's index has", "a frame at another")
    return found


def read_pictures(
    path: Path, stamps: Sequence[int], long_side: int, members: Sequence[str] | None = None
) -> dict[int, UInt8[np.ndarray, "rows columns 3"]]:
    """Give some of a film's frames as RGB, by their time stamps.

    Args:
        path: As for `read_film_facts`.
        stamps: Which; a few, since all of them are held.
        long_side: Larger frames are made smaller than this [px].
        members: As for `read_film_facts`.

    Raises:
        FormatError: As `read_film_facts`.
    """
    job = {"stamps": [int(stamp) for stamp in stamps], "long_side": long_side}
    limits = Limits(FILM_MEMORY, FILM_FRAME_MS / 1000 * 60, (len(stamps) + 1) * (3 * long_side**2 + 64))
    found = {}
    for record in read_film(_WORKER, path, job, members, limits):
        stamp, columns, rows = struct.unpack_from("<q2I", record, 1)
        pixels = np.frombuffer(record, np.uint8, offset=17)
        if not 0 < max(columns, rows) <= long_side or len(pixels) != 3 * rows * columns:
            raise _refuse("frames", f"pictures of at most {long_side} px", f"{columns} x {rows} in {len(pixels)} bytes")
        found[stamp] = pixels.reshape(rows, columns, 3)
    return found


def read_film(
    worker: Path, path: Path, job: dict[str, Any], members: Sequence[str] | None, limits: Limits
) -> Iterator[bytes]:
    """Run a worker on a film and give its records; its refusals are ours.

    Args:
        worker: Yields records; one that begins with R is a refusal: a JSON list of field, expected, found and fix.
        path: The film.
        job: For the worker; limits and names of members are added.
        members: As for `read_film_facts`.
        limits: What it may cost.

    Raises:
        FormatError: As `read_film_facts`.
    """
    caps = {"side": FILM_SIDE, "pixels": FILM_PIXELS, "frames": FILM_FRAMES}
    told = {**job, "limits": caps, "members": None if members is None else list(members)}
    if members is not None and not 0 < len(members) <= FILM_FRAMES:
        raise _refuse("frames", f"1 to {FILM_FRAMES} images", f"{len(members)}", "Give a recording with images.")
    with open_plain(path, FILM_BYTES) as stream:
        for record in stream_limited(worker, stream, told, limits):
            if record[:1] == b"R":
                raise _refuse(*[str(part) for part in json.loads(record[1:])][:4])
            yield record


def _checked(facts: dict[str, Any], stamps: Int[np.ndarray, "frames"]) -> FilmFacts:
    numerator, denominator = facts["time_base"]
    claimed, found = facts["claimed"], len(stamps)
    if not found:
        raise _refuse("frames", "a frame or more", "none", "Export the film again.")
    if found < (1.0 - _MISSING) * claimed - 2:
        raise _refuse("frames", f"the {claimed} frames that its header claims", f"{found}", _CUT_SHORT)
    if not 0 < numerator <= denominator or np.abs(stamps).max() > _STAMP_LIMIT or (np.diff(stamps) <= 0).any():
        found_text = f"two frames at one time, or a unit of {numerator}/{denominator} s"
        raise _refuse("time", "time stamps that go forward", found_text, "Export the film again.")
    time = stamps * (numerator / denominator)
    spans = time[-1] - time[0]
    if found > 1 and spans < (1.0 - _MISSING) * facts["duration"] - 1.0 - 2.0 * spans / (found - 1):
        raise _refuse("duration", f"{facts['duration']:.1f} s, as its header claims", f"{spans:.1f} s", _CUT_SHORT)
    size = (int(facts["width"]), int(facts["height"]))
    return FilmFacts(size, stamps, time, int(facts["quarter_turns"]), str(facts["codec"]))


def _refuse(field: str, expected: str, found: str, fix: str = "Export the film again.") -> FormatError:
    return FormatError("film", field, expected, found, fix)
