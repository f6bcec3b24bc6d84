"""A recording's body before it is cleaned, whichever adapter read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float, UInt32

from adapters.robotics.body import Body
from adapters.robotics.markers import Up
from adapters.robotics.time_grid import TimeGrid
from adapters.robotics.units import Unit
from schemas.adapter import StaticPose
from schemas.capture import Plane, SubjectInfo
from schemas.motion import Reason

JITTER_FLAG: Final = 0.25
"""A timestamp further than this from its slot is flagged, in frames."""


@dataclass(frozen=True)
class Reading:
    """A body as read, before it is cleaned.

    Attributes:
        body: On the grid, Y up [m].
        grid: Its times.
        flags: What is known to be wrong with each frame of the grid.
        format: Of the file.
        layout: Skeleton, marker set or network.
        units: As found.
        up: As found.
        assumptions: What was assumed.
        left_out: What was not used.
        subject: The person.
        static_pose: Of a static trial.
        scan_points: Of the room, from the video's own depth; None: of the bundle's depth, if there is any [m].
        planes: In the body's world; None: the bundle's.
        adapter: Who read it.
    """

    body: Body
    grid: TimeGrid
    flags: UInt32[np.ndarray, "frames"]
    format: str
    layout: str
    units: Unit
    up: Up
    assumptions: tuple[str, ...]
    left_out: tuple[str, ...]
    subject: SubjectInfo
    static_pose: StaticPose | None = None
    scan_points: Float[np.ndarray, "points 3"] | None = None
    planes: tuple[Plane, ...] | None = None
    adapter: Literal["robotics", "videopose3d"] = "robotics"


def grid_flags(grid: TimeGrid) -> UInt32[np.ndarray, "frames"]:
    """Flag the slots without a sample and those whose sample came early or late."""
    flags = np.full(grid.frames, int(Reason.FRAME_MISSING), dtype=np.uint32)
    flags[grid.slots] = np.where(grid.jitter_s * grid.fps > JITTER_FLAG, int(Reason.TIMESTAMP_JITTER), 0)
    return flags
