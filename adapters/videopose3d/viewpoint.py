"""The cameras of a recording in a world whose Y is up, however much the recording says of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from adapters.videopose3d import metric
from adapters.videopose3d.gravity import LEVEL_DEG, UP, WITHIN_DEG, FloorPlane, find_floor, turned_level, up_of_images
from adapters.videopose3d.landmarks import Landmarks
from adapters.videopose3d.recording import Cameras, VideoRecording
from adapters.videopose3d.scan import scan_frames, scan_points


@dataclass(frozen=True)
class Viewpoint:
    """Where the film was taken from, and what of the room was seen.

    Attributes:
        cameras: In a world with Y up.
        frames: Of the clouds.
        clouds: Points of the room, and of the person, in some frames [m].
        floor: In the cloud, if it was found there.
        turned: The recording's own world was turned upright.
        remarks: What was assumed.
    """

    cameras: Cameras
    frames: Int[np.ndarray, "images"]
    clouds: list[Float[np.ndarray, "_ 3"]]
    floor: FloorPlane | None
    turned: bool
    remarks: tuple[str, ...]


def viewpoint(recording: VideoRecording, seen: Landmarks) -> Viewpoint:
    """Find cameras with Y up.

    A film alone has a camera that is assumed. A recording that lost gravity is turned so that the floor in its depth is
    level, or, without depth, so that its images are.

    Args:
        recording: Film, cameras and depth.
        seen: Landmarks, which say how the film stands upright.
    """
    if recording.cameras is None:
        cameras = metric.assumed_cameras(seen.size, seen.quarter_turns, len(seen.time))
        return Viewpoint(cameras, np.zeros(0, int), [], None, False, metric.ASSUMED)
    cameras, frames, clouds = recording.cameras, np.zeros(0, int), []
    if recording.depth is not None:
        frames = scan_frames(recording.depth, cameras)
        clouds = scan_points(recording.depth, cameras, seen.size, frames)
    if cameras.gravity_known:
        return Viewpoint(cameras, frames, clouds, find_floor(_all(clouds), UP, LEVEL_DEG), False, ())
    hint = up_of_images(cameras, seen.quarter_turns)
    floor = find_floor(_all(clouds), hint, WITHIN_DEG)
    level, turn = turned_level(cameras, hint if floor is None else floor.normal)
    found = (
        "the floor's normal in the depth images" if floor is not None else "up in the images, which are taken as level"
    )
    return Viewpoint(
        level,
        frames,
        [cloud @ turn.T for cloud in clouds],
        None if floor is None else FloorPlane(turn @ floor.centre, UP),
        True,
        (f"the recording has lost gravity: up is {found}",),
    )


def _all(clouds: list[Float[np.ndarray, "_ 3"]]) -> Float[np.ndarray, "points 3"]:
    return np.concatenate([np.zeros((0, 3)), *clouds])
