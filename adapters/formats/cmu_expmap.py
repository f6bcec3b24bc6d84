"""CMU motion capture as exponential maps: text of 117 columns a frame, with the skeleton in a JSON file beside it.

The first three columns are the root's place in CMU units (56.44 mm), then come 38 rotation vectors. The frames say
nothing of the bones: `skeleton.json` does (`parents`, `offsets_cmu_units`, `cmu_unit_m`, `fps`; other keys are text).
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import numpy as np
from jaxtyping import Float
from pydantic import ConfigDict, Field, TypeAdapter

from adapters.formats.cmu_roots import longest_sound
from adapters.formats.json_text import parse_json, validate_json
from adapters.formats.marker_file import MarkerFile
from adapters.formats.number_rows import MIN_ROWS, parse_rows
from kinetrace.motion.cmu_skeleton import CMU_JOINTS, COLUMNS, CmuSkeleton, cmu_places
from schemas.base import Strict
from schemas.errors import CaptureError

SKELETON: Final = "skeleton.json"
LICENCE: Final = "CMU mocap: free use, data products may be redistributed"
MAX_TURN_RAD: Final = 1e4
REST_LEAP_M: Final = 0.3
REST_SEARCH: Final = 10
"""Frames at the start among which a rest pose is looked for."""
Offset = Annotated[float, Field(ge=-100.0, le=100.0)]


class SkeletonFile(Strict):
    """`skeleton.json`."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False)
    parents: tuple[int, ...] = Field(min_length=38, max_length=38)
    offsets_cmu_units: tuple[tuple[Offset, Offset, Offset], ...] = Field(min_length=38, max_length=38)
    cmu_unit_m: float = Field(gt=0.0, le=1.0)
    fps: float = Field(ge=5.0, le=1000.0)


def parse_skeleton(text: str, where: str) -> CmuSkeleton:
    """Parse `skeleton.json`.

    Raises:
        CaptureError: No JSON, a field that does not fit, or a joint that stands before its parent.
    """
    value: Any = parse_json(text, where)
    file = validate_json(value, TypeAdapter(SkeletonFile), where)
    if file.parents[0] != -1 or any(not 0 <= parent < joint for joint, parent in enumerate(file.parents) if joint):
        raise CaptureError(
            where=where, field="parents", expected="-1, then for each joint an earlier one", found=str(file.parents)[:80],
            fix="List each joint after its parent.",
        )  # fmt: skip
    return CmuSkeleton(file.parents, np.array(file.offsets_cmu_units), file.cmu_unit_m, file.fps)


def parse_frames(text: str, where: str) -> Float[np.ndarray, "frames 117"]:
    """Parse exponential-map frames, 117 numbers a row.

    Raises:
        CaptureError: As `parse_rows`; or a rotation of thousands of turns.
    """
    frames = parse_rows(text, COLUMNS, where)
    if np.abs(frames[:, 3:]).max() > MAX_TURN_RAD:
        found = f"{np.abs(frames[:, 3:]).max():g} rad"
        raise CaptureError(
            where=where,
            field="rotations",
            expected=f"at most {MAX_TURN_RAD:g} rad",
            found=found,
            fix="Export it again.",
        )
    return frames


def parse_expmap(text: str, skeleton: CmuSkeleton, where: str) -> MarkerFile:
    """Give the joints of a CMU take in metres, without the rest pose at its start and stretches with a damaged root.

    Raises:
        CaptureError: As `parse_frames`; or nothing but a rest pose and damage.
    """
    frames = parse_frames(text, where)
    first = rest_frames(cmu_places(frames[: REST_SEARCH + 1], skeleton, rooted=False) * skeleton.unit_m)
    start, stop = (first + end for end in longest_sound(frames[first:], skeleton))
    if stop - start < MIN_ROWS:
        raise CaptureError(
            where=where, field="rows", expected="at least 2 frames beside the rest pose and a damaged root",
            found=f"{stop - start}", fix="Give a recording, not one pose.",
        )  # fmt: skip
    places = cmu_places(frames[start:stop], skeleton) * skeleton.unit_m
    time = np.arange(start, stop) / skeleton.fps
    remarks = (f"CMU units of {1000.0 * skeleton.unit_m:g} mm, {skeleton.fps:g} Hz and bones as {SKELETON} says",)
    left_out: tuple[str, ...] = (f"frames 1 to {first}: the skeleton's rest pose",) if first else ()
    if stop - start < len(frames) - first:
        left_out += (
            f"all but frames {start + 1} to {stop}, the longest stretch: elsewhere the root's turn is damaged",
        )
    return MarkerFile(
        CMU_JOINTS, places, time, "m", skeleton.fps, remarks, up="y", format="cmu_expmap", left_out=left_out
    )


def rest_frames(places: Float[np.ndarray, "frames 38 3"]) -> int:
    """Give how many of the first frames are before a leap that no person makes: the rest pose of the conversion.

    All 96 takes of the published set begin with one frame of it (one take with three): a wrist then leaps 0.50 m or more
    within 1/120 s, while the fastest step of real motion in them is 0.16 m.

    Args:
        places: First frames of a take, its root held still [m].
    """
    steps = np.linalg.norm(np.diff(places, axis=0), axis=2).max(axis=1)
    leaps = np.flatnonzero(steps > REST_LEAP_M)
    return int(leaps[-1]) + 1 if leaps.size else 0
