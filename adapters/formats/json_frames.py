"""Frames of motion that apps write as JSON: a list, or an object that holds one; with times, a rate, or neither."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Float

from adapters.formats.json_text import parse_json
from adapters.formats.marker_file import MAX_TIME, checked_times, even_times
from adapters.formats.raw_file import decode_text, read_raw
from kinetrace.store.safe_io.caps import EXPORT_JSON_BYTES
from kinetrace.store.safe_io.format_error import printable
from schemas.errors import CaptureError

MAX_NUMBER: Final = 1e6
_TIMES: Final = {"t": 1.0, "time": 1.0, "time_s": 1.0, "timestamp": 1.0, "time_ms": 1e-3, "timestamp_ms": 1e-3}
"""Key of a frame's time, and how many seconds its unit is."""
_RATES: Final = ("fps", "frame_rate", "frameRate")
_NUMBERED: Final = re.compile(r"(?:frame)?[ _-]?(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True)
class Frames:
    """Frames in order, each whatever the app wrote, with their times.

    Attributes:
        items: One a frame.
        time: [s].
        head: The object around the frames; empty where there is none.
        remarks: What was found in reading.
    """

    items: tuple[Any, ...]
    time: Float[np.ndarray, "frames"]
    head: dict[str, Any]
    remarks: tuple[str, ...]


def load_export(path: Path) -> Any:
    """Read an app's JSON within bounds.

    Raises:
        CaptureError: No JSON, too large or deep, a key twice, a number that is none.
    """
    return parse_json(decode_text(path, read_raw(path, EXPORT_JSON_BYTES)), str(path))


def find_frames(value: Any) -> tuple[list[Any], dict[str, Any]] | None:
    """Give the frames of a document and the object around them; None where there are none.

    A list of frames, an object with `frames`, or an object whose keys number the frames (`"0"`, `"frame_12"`).
    """
    if isinstance(value, list):
        return value, {}
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("frames"), list):
        return value["frames"], {key: one for key, one in value.items() if key != "frames"}
    numbered = [(_NUMBERED.fullmatch(key), one) for key, one in value.items()]
    if numbered and all(match is not None for match, _ in numbered):
        ordered = sorted(
            ((int(match[1]), one) for match, one in numbered if match is not None), key=lambda pair: pair[0]
        )
        return [one for _, one in ordered], {}
    return None


def timed(found: tuple[list[Any], dict[str, Any]], fps: float | None, where: str) -> Frames:
    """Give frames their times: their own, else the document's rate, else the declared one.

    Args:
        found: From `find_frames`.
        fps: Declared rate [Hz], or None.
        where: The file, for refusals.

    Raises:
        CaptureError: Some frames have a time and others none, time does not go forward, or no rate is known.
    """
    items, head = found
    stamps = [_stamp(item, where, number) for number, item in enumerate(items, start=1)]
    known = [stamp for stamp in stamps if stamp is not None]
    if known and len(known) < len(stamps):
        at = next(i for i, stamp in enumerate(stamps) if stamp is None) + 1
        raise refusal(where, f"frame {at}, time", "a time in every frame, or in none", "no time", "Export it again.")
    if known:
        time = np.array(known) - known[0]
        return Frames(tuple(items), time, head, checked_times(time, fps, where))
    own = next((head[key] for key in _RATES if key in head), None)
    if own is not None:
        (rate,) = numbers([own], 1, where, "fps")
        if not 5.0 <= rate <= 20_000.0:
            raise refusal(where, "fps", "5 to 20000 frames a second", f"{rate:g}", "Correct it in the file.")
        told = () if fps in (None, rate) else (f"the file says {rate:g} frames a second: --fps {fps:g} was not used",)
        fps, remarks = rate, told
    else:
        remarks = ()
    time = even_times(len(items), fps, where)
    if len(time) < 2:
        raise refusal(where, "frames", "at least 2 frames", f"{len(time)}", "Give a recording, not one pose.")
    said = remarks or (f"no times in the file: {fps:g} frames a second",)
    return Frames(tuple(items), time, head, said)


def numbers(value: Any, count: int, where: str, field: str, largest: float = MAX_NUMBER) -> list[float]:
    """Give `count` finite numbers of a JSON list.

    Raises:
        CaptureError: Another count, or something that is no number up to the largest.
    """
    fine = isinstance(value, list) and len(value) == count
    if not fine or not all(type(one) in (int, float) and abs(one) <= largest for one in value):
        fix = "Correct the field or export the recording again."
        raise refusal(where, field, f"{count} numbers below {largest:g}", printable(repr(value), 80), fix)
    return [float(one) for one in value]


def refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    """Make a refusal of an app's document."""
    return CaptureError(where=where, field=printable(field, 120), expected=expected, found=printable(found), fix=fix)


def _stamp(item: Any, where: str, number: int) -> float | None:
    if not isinstance(item, dict):
        return None
    key = next((key for key in _TIMES if key in item), None)
    if key is None:
        return None
    return numbers([item[key]], 1, where, f"frame {number}, {key}", MAX_TIME)[0] * _TIMES[key]
