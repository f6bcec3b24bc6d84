"""A simulated walker seen by a made camera without noise: what the fusion must give back exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from adapters.videopose3d.body_axes import body_axes
from adapters.videopose3d.landmarks import LANDMARKS, Landmarks
from adapters.videopose3d.offsets import offsets
from adapters.videopose3d.points import POINTS, from_body21
from adapters.videopose3d.rays import project, rays
from adapters.videopose3d.recording import Cameras
from adapters.videopose3d.shadows import clear_places
from adapters.videopose3d.sight import Sight
from adapters.videopose3d.surface import AT, inside
from kinetrace.simulation.gait import walk
from kinetrace.simulation.person import make_person

STATURE = 1.75
SIZE = (640, 480)
FPS = 30.0


@dataclass(frozen=True)
class Made:
    """A clip with its truth.

    Attributes:
        sight: What is known.
        points: The true POINTS [m].
        positions: The true BODY21 [m].
        cameras: Of the frames.
        pixels: Where the network sees POINTS.
    """

    sight: Sight
    points: Float[np.ndarray, "frames 17 3"]
    positions: Float[np.ndarray, "frames 21 3"]
    cameras: Cameras
    pixels: Float[np.ndarray, "frames 17 2"]


def made_clip(seconds: float = 1.5, azimuth: float = 0.8, lifter_error: float = 0.0, still: bool = False) -> Made:
    """Film a walk from a camera that pans along.

    Args:
        seconds: How long.
        azimuth: From where [rad]; 0 from ahead.
        still: The first pose throughout.
        lifter_error: Each bone of the lifter's body is wrong by about this [statures].
    """
    truth = walk(make_person(STATURE, 70.0, "m"), seconds, FPS, 1.2)
    positions = np.repeat(truth.positions[:1], len(truth.time), axis=0) if still else truth.positions
    positions = positions.astype(float)
    points = from_body21(positions)
    cameras = panning(points, azimuth)
    centre = cameras.world_from_camera[:, :3, 3]
    moved = points + np.einsum("tpij,pj->tpi", body_axes(points), offsets() * STATURE)
    pixels = project(moved, cameras)
    directions, _ = rays(pixels, cameras)
    places = np.einsum("sp,tpk->tsk", AT, points)
    away = np.linalg.norm(places - centre[:, None], axis=2)
    surface_rays = (places - centre[:, None]) / away[..., None]
    hips = points[:, [0, 5]].mean(axis=1, keepdims=True)
    lifted = (points - hips) / STATURE
    lifted = lifted + lifter_error * np.random.default_rng(1).standard_normal(lifted.shape[1:])
    sight = Sight(
        time=truth.time, centre=centre, focal=cameras.intrinsics[:, 0], rays=directions,
        visibility=np.full(points.shape[:2], 0.95), surface_rays=surface_rays,
        ranges=away - STATURE * inside(points, surface_rays), sureness=np.ones(away.shape), lifted=lifted,
        spread=np.full(points.shape[:2], 0.02), floor=0.0,
    )  # fmt: skip
    hidden = clear_places(points, sight, STATURE) == 0.0
    sight.ranges[hidden], sight.sureness[hidden] = np.nan, 0.0
    return Made(sight, points, positions, cameras, pixels)


def panning(points: Float[np.ndarray, "frames 17 3"], azimuth: float, distance: float = 3.5) -> Cameras:
    """Give a camera that stands still and turns with the hips, 1.3 m up."""
    hips = points[:, [0, 5]].mean(axis=1)
    middle = hips.mean(axis=0) * (1.0, 0.0, 1.0)
    place = middle + distance * np.array([np.cos(azimuth), 0.0, np.sin(azimuth)]) + (0.0, 1.3, 0.0)
    ahead = hips - place
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    right = np.cross(ahead, (0.0, 1.0, 0.0))
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    pose = np.tile(np.eye(4), (len(points), 1, 1))
    pose[:, :3, :3] = np.stack((right, np.cross(ahead, right), ahead), axis=-1)
    pose[:, :3, 3] = place
    return Cameras(np.tile([500.0, 500.0, 320.0, 240.0], (len(points), 1)), pose, gravity_known=True)


def as_landmarks(made: Made) -> Landmarks:
    """Give the pixels as the pose network gives them; points of the face and hands lie at skull and wrist."""
    pixels = np.zeros((len(made.points), len(LANDMARKS), 2))
    for column, name in enumerate(LANDMARKS):
        side = name[:2]
        if name in POINTS:
            at = POINTS.index(name)
        elif name[2:] in ("pinky", "index", "thumb"):
            at = POINTS.index(f"{side}wrist")
        else:
            at = POINTS.index("skull")
        pixels[:, column] = made.pixels[:, at]
    return Landmarks(made.sight.time, pixels, np.full(pixels.shape[:2], 0.95), SIZE, 0)
