"""What a film says of itself, inside the limited process: one record of facts, then its time stamps.

Started by `limited_child`; of ours it imports the decoder alone.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[3]))  # isolated mode does not see the folder it was started from
from kinetrace.store.safe_io.film_frames import RefusedFilmError, frames, open_film, pixels_of, upright_turns

_CHUNK = 8192


def records(path: str, job: dict[str, Any]) -> Iterator[bytes]:
    """Give F, facts as JSON, or R, what is wrong; then T, time stamps as 64-bit integers in the order of the file.

    Args:
        path: The film.
        job: `limits`: side, pixels and frames; `members`: for images in a zip their names; `decode`: all frames are
            decoded, and D, the time stamp of each, follows. With `stamps` instead the pictures at these times: P, the
            stamp, width, height and RGB, none larger than `long_side` [px].
    """
    try:
        if "stamps" in job:
            yield from _pictures(path, job)
            return
        yield from _facts(path, job)
        if job["decode"]:
            for stamp, _ in frames(path, job):
                yield b"D" + stamp.to_bytes(8, "little", signed=True)
    except RefusedFilmError as refused:
        yield b"R" + json.dumps(refused.args).encode()


def _pictures(path: str, job: dict[str, Any]) -> Iterator[bytes]:
    wanted = set(job["stamps"])
    for stamp, frame in frames(path, job):
        if stamp in wanted:
            wanted.remove(stamp)
            found = pixels_of(frame, job["long_side"])
            yield b"P" + struct.pack("<q2I", stamp, found.shape[1], found.shape[0]) + found.tobytes()
        if not wanted:
            return


def _facts(path: str, job: dict[str, Any]) -> Iterator[bytes]:
    _, first = next(frames(path, job), (0, None))
    if first is None:
        raise RefusedFilmError("frames", "a frame or more", "none")
    facts: dict[str, Any] = {
        "width": first.width, "height": first.height, "quarter_turns": upright_turns(first),
        "codec": "jpeg", "time_base": [1, 1], "claimed": len(job.get("members") or ()), "duration": 0.0,
    }  # fmt: skip
    if job.get("members") is not None:
        yield b"F" + json.dumps(facts).encode()
        return
    with open(path, "rb") as stream:  # noqa: PTH123 (an open handle by its number)
        container, video = open_film(stream, job["limits"])
        base, length = video.time_base, container.duration
        facts |= {
            "codec": video.codec_context.name, "time_base": [base.numerator, base.denominator], "claimed": video.frames,
            "duration": float(video.duration * base) if video.duration else length / 1e6 if length else 0.0,
        }  # fmt: skip
        size = os.fstat(stream.fileno()).st_size
        _refuse_claim(video.frames, size, job["limits"]["frames"])
        yield b"F" + json.dumps(facts).encode()
        yield from _stamps(container, video, size, job["limits"]["frames"])


def _refuse_claim(claimed: int, size: int, cap: int) -> None:
    if claimed > size:
        raise RefusedFilmError("header", "frames that are in the file", f"{claimed} frames in {size} bytes")
    if claimed > cap:
        raise RefusedFilmError("frames", f"at most {cap} frames", f"{claimed}", "Cut the film into takes.")


def _stamps(container: Any, video: Any, size: int, cap: int) -> Iterator[bytes]:
    """Go through all packets without decoding; together they cannot be more than the file."""
    held, found, total = array("q"), 0, 0
    for packet in container.demux(video):
        if packet.size == 0 or packet.is_discard:
            continue
        total += packet.size
        found += 1
        if packet.is_corrupt:
            raise RefusedFilmError(
                "frames", "whole frames", f"frame {found} cut short", "Export the film again: it was cut short."
            )
        if packet.pts is None:
            raise RefusedFilmError("time", "a time stamp for each frame", f"none for frame {found}")
        if total > size:
            raise RefusedFilmError(
                "frames", f"frames that share no bytes, {size} in all", f"{total} after {found} frames"
            )
        if found > cap:
            raise RefusedFilmError("frames", f"at most {cap} frames", "more", "Cut the film into takes.")
        held.append(packet.pts)
        if len(held) == _CHUNK:
            yield b"T" + held.tobytes()
            held = array("q")
    yield b"T" + held.tobytes()
