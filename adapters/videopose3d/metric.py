"""A film alone: a camera that stands still and level, a usual lens, and metres from the declared stature."""

from __future__ import annotations

from typing import Final

import numpy as np

from adapters.robotics.units import PERSON_M
from adapters.videopose3d.gravity import UP_IN_IMAGE
from adapters.videopose3d.recording import Cameras
from schemas.errors import CaptureError

FOCAL_OF_LONG_SIDE: Final = 0.79
"""Focal length over the image's longer side: about 28 mm on full frame, which phones' and tablets' main cameras have when
they film (26 mm, cropped by a tenth to steady the picture; an iPad reports 1450 to 1600 px of 1920)."""
MAX_OFF: Final = 0.35
"""Depth that makes the person taller or shorter by more than this part is no measurement of this person: another unit is ten
times off, the sensor and the lifter together a few per cent."""
WORTH_SAYING: Final = 0.05
"""Depth and declared stature further apart are worth a remark."""

ASSUMED: Final = (
    f"a film alone: the camera is taken as standing still and level, its focal length as {FOCAL_OF_LONG_SIDE:g} of the image's"
    " longer side",
)


def refuse_without_height(height_m: float | None, where: str, why: str) -> float:
    """Give the declared stature.

    Args:
        height_m: As declared.
        where: The film, for the refusal.
        why: What else could have given the scale, and did not.

    Raises:
        CaptureError: There is none: a film without depth has no scale.
    """
    if height_m is None:
        raise CaptureError(
            where=where, field="height_m", expected=f"the person's stature, as {why}",
            found="not declared: the body is known only up to its scale",
            fix="Give it with --height (metres, e.g. --height 1.75), or as subject.height_m in capture.json.",
        )  # fmt: skip
    return height_m


def refuse_odd_depth(shown: float, height_m: float | None, where: str) -> float | None:
    """Hold the stature that the depth shows against the declared one, or against people.

    Args:
        shown: From depth; NaN where there is none on the person [m].
        height_m: As declared.
        where: The film, for the refusal.

    Returns:
        What the depth shows, or None.

    Raises:
        CaptureError: Depth and stature are so far apart that the depth is in another unit, or the stature is another one.
    """
    if not np.isfinite(shown):
        return None
    low, high = PERSON_M if height_m is None else ((1.0 - MAX_OFF) * height_m, (1.0 + MAX_OFF) * height_m)
    if not low <= shown <= high:
        declared = "" if height_m is None else f" ({height_m:.2f} m is declared)"
        raise CaptureError(
            where=where, field="depth", expected=f"a person of {low:.2f} to {high:.2f} m{declared}",
            found=f"{shown:.2f} m, as the depth shows it",
            fix="Depth images are uint16 millimetres (or the recorder's own); correct them, or the declared stature.",
        )  # fmt: skip
    return shown


def scale_account(height_m: float | None, shown: float | None, *, with_depth: bool) -> tuple[str, ...]:
    """Say where metres come from, and where depth and declared stature contradict each other."""
    if height_m is None:
        return () if shown is None else (f"stature {shown:.2f} m as the depth shows it: none was declared",)
    if not with_depth:
        return (f"metres from the declared stature of {height_m:g} m",)
    if shown is None or abs(shown / height_m - 1.0) <= WORTH_SAYING:
        return ()
    return (f"the depth shows a stature of {shown:.2f} m, {height_m:g} m is declared ({shown / height_m - 1.0:+.1%})",)


def assumed_cameras(size: tuple[int, int], quarter_turns: int, frames: int) -> Cameras:
    """Give a camera at the origin that looks level along −Z, its image upright after the turns.

    Args:
        size: Of the stored film [px].
        quarter_turns: Counter-clockwise, that show it upright.
        frames: How many.
    """
    focal = FOCAL_OF_LONG_SIDE * max(size)
    up = UP_IN_IMAGE[quarter_turns % 4]
    forward = np.array([0.0, 0.0, 1.0])
    # rows: the world's X, Y, Z in the camera's axes
    pose = np.eye(4)
    pose[:3, :3] = np.stack((np.cross(forward, up), up, -forward))
    lens = np.array([focal, focal, size[0] / 2.0, size[1] / 2.0])
    return Cameras(np.tile(lens, (frames, 1)), np.tile(pose, (frames, 1, 1)), gravity_known=True)
