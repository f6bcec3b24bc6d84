"""A film alone: a camera that stands still and level, a usual lens, and metres from the declared stature."""

from __future__ import annotations

from typing import Final

import numpy as np

from adapters.videopose3d.gravity import UP_IN_IMAGE
from adapters.videopose3d.recording import Cameras
from schemas.errors import CaptureError

FOCAL_OF_LONG_SIDE: Final = 0.79
"""Focal length over the image's longer side: about 28 mm on full frame, which phones' and tablets' main cameras have when
they film (26 mm, cropped by a tenth to steady the picture; an iPad reports 1450 to 1600 px of 1920)."""


ASSUMED: Final = (
    f"a film alone: the camera is taken as standing still and level, its focal length as {FOCAL_OF_LONG_SIDE:g} of the image's"
    " longer side",
)


def refuse_without_height(height_m: float | None, where: str) -> float:
    """Give the declared stature.

    Raises:
        CaptureError: There is none: a film alone has no scale.
    """
    if height_m is None:
        raise CaptureError(
            where=where, field="height_m", expected="the person's stature, as the film has neither depth nor camera poses",
            found="not declared: the body is known only up to its scale",
            fix="Give it with --height (metres, e.g. --height 1.75), or as subject.height_m in capture.json.",
        )  # fmt: skip
    return height_m


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
