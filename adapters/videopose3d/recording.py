"""A video with what its device said of every frame; pixels stay on disk until they are asked for.

Places in an image are continuous: (0, 0) is the corner of the first pixel, and its middle lies at (0.5, 0.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, UInt8


@dataclass(frozen=True)
class VideoFile:
    """A film in one file (MP4, MOV)."""

    path: Path


@dataclass(frozen=True)
class ZippedImages:
    """A film as JPEG members of a zip, in the order of the frames."""

    path: Path
    members: tuple[str, ...]
    time: Float[np.ndarray, "frames"]


Film = VideoFile | ZippedImages


@runtime_checkable
class DepthImages(Protocol):
    """Depth of single frames, read when asked for."""

    def at(self, frame: int) -> tuple[Float[np.ndarray, "rows columns"], UInt8[np.ndarray, "rows columns"]] | None:
        """Give depth along the optical axis [m], NaN where there is none, and confidence 0 to 2; None: no image.

        Args:
            frame: Of the film, counted from 0.
        """

    def has(self, frame: int) -> bool:
        """Say whether the frame has an image, without opening it."""


@dataclass(frozen=True)
class Cameras:
    """Where the camera was and how it saw, for each frame of the film as it is stored (before any turning upright).

    Attributes:
        intrinsics: fx, fy, cx, cy [px of the stored film]; NaN: not known in that frame.
        world_from_camera: Rigid pose; the camera looks along +Z, X to the right of the stored image, Y down it. NaN:
            not known in that frame.
        gravity_known: World Y is up; otherwise up has to be found.
    """

    intrinsics: Float[np.ndarray, "frames 4"]
    world_from_camera: Float[np.ndarray, "frames 4 4"]
    gravity_known: bool


@dataclass(frozen=True)
class VideoRecording:
    """A film, and what goes with it.

    Attributes:
        film: Where the pixels are.
        cameras: None: a film alone.
        depth: None: no LiDAR.
        time: Of the film's frames by the device's own clock, from 0 [s]; None: the film's own stamps are all there is.
        assumptions: What had to be assumed in reading it.
        left_out: What was not used.
    """

    film: Film
    cameras: Cameras | None = None
    depth: DepthImages | None = None
    time: Float[np.ndarray, "frames"] | None = None
    assumptions: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
