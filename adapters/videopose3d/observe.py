"""From landmarks, cameras and depth images to what the fusion takes."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float, Int

from adapters.videopose3d.depth_samples import sample
from adapters.videopose3d.in_step import frames_late
from adapters.videopose3d.landmarks import LANDMARKS, Landmarks
from adapters.videopose3d.points import POINT, POINTS, from_body21
from adapters.videopose3d.rays import rays
from adapters.videopose3d.recording import Cameras, DepthImages
from adapters.videopose3d.sight import Sight
from adapters.videopose3d.surface import AT
from kinetrace.models.keypoints import KEYPOINTS
from kinetrace.models.lifter.lift import lift
from kinetrace.motion.skeletons import INDEX

LIFT_HZ: Final = 30.0
_AT: Final = {name: i for i, name in enumerate(LANDMARKS)}
_KEYPOINTS: Final = [_AT[name] for name in KEYPOINTS]
_LIMBS: Final = [_AT[name] for name in POINTS[:-1]]


def seen_points(landmarks: Landmarks) -> tuple[Float[np.ndarray, "frames 17 2"], Float[np.ndarray, "frames 17"]]:
    """Give the pixels of POINTS, NaN where not seen, and how well each is seen, 0 to 1; the skull is amid the ears."""
    ears = [_AT["l_ear"], _AT["r_ear"]]
    pixels = np.concatenate(
        (landmarks.points[:, _LIMBS], landmarks.points[:, ears].mean(axis=1, keepdims=True)), axis=1
    )
    sight = np.concatenate(
        (landmarks.visibility[:, _LIMBS], landmarks.visibility[:, ears].min(axis=1, keepdims=True)), axis=1
    )
    return pixels, np.where(np.isfinite(pixels).all(axis=2), sight, 0.0)


def combined(pixels: Float[np.ndarray, "frames 17 2"]) -> Float[np.ndarray, "frames places 2"]:
    """Give the pixels of PLACES; NaN where a point that makes one was not seen."""
    seen = np.isfinite(pixels).all(axis=2)
    places = np.einsum("sp,tpk->tsk", AT, np.nan_to_num(pixels))
    unseen = (~seen).astype(float) @ (AT > 0.0).T.astype(float) > 0.0
    return np.where(unseen[..., None], np.nan, places)


def depth_at_places(
    depth: DepthImages | None,
    pixels: Float[np.ndarray, "frames places 2"],
    cosine: Float[np.ndarray, "frames places"],
    size: tuple[int, int],
    late: int = 0,
) -> tuple[Float[np.ndarray, "frames places"], Float[np.ndarray, "frames places"]]:
    """Give range and sureness at the places of every frame; an image is read, sampled and forgotten.

    Args:
        depth: None: no LiDAR.
        pixels: Of the film.
        cosine: Depth over range there.
        size: Of the film [px].
        late: The image that belongs to a frame was given to the frame so many later.
    """
    ranges, sure = np.full(cosine.shape, np.nan), np.zeros(cosine.shape)
    if depth is None:
        return ranges, sure
    frames = len(pixels)
    for frame in range(frames):
        images = depth.at(frame + late) if 0 <= frame + late < frames else None
        if images is not None and np.isfinite(pixels[frame]).any():
            metres, sure[frame] = sample(*images, pixels[frame], size)
            ranges[frame] = metres / cosine[frame]
    sure[~np.isfinite(ranges)] = 0.0
    return ranges, sure


def lifted_points(
    landmarks: Landmarks, cameras: Cameras, time: Float[np.ndarray, "frames"]
) -> tuple[Float[np.ndarray, "frames 17 3"], Float[np.ndarray, "frames 17"]]:
    """Give POINTS about the pelvis in statures, in the cameras' world, and their spread, as the lifter sees them.

    The lifter takes an even rate; frames of uneven times are read at 30 Hz in between and back.
    """
    directions, _ = rays(landmarks.points[:, _KEYPOINTS], cameras)
    trust = np.where(np.isfinite(directions).all(axis=2), landmarks.visibility[:, _KEYPOINTS], 0.0)
    step = np.diff(time)
    even = float(np.ptp(step)) < 0.1 * float(np.median(step))
    directions = np.nan_to_num(directions)
    if even:
        found = lift(directions, trust, 1.0 / float(step.mean()))
        positions, spread = found.positions, found.spread
    else:
        grid = np.arange(time[0], time[-1] + 0.5 / LIFT_HZ, 1.0 / LIFT_HZ)
        found = lift(_rays_at(grid, time, directions, trust), _trust_at(grid, time, trust), LIFT_HZ)
        positions, spread = _read(time, grid, found.positions), _read(time, grid, found.spread)
    points = from_body21(positions)
    hips = points[:, [POINT["r_hip"], POINT["l_hip"]]].mean(axis=1, keepdims=True)
    columns = [INDEX[name] for name in POINTS[:-1]] + [INDEX["head"]]
    return points - hips, spread[:, columns]


def observe(
    landmarks: Landmarks, cameras: Cameras, depth: DepthImages | None, time: Float[np.ndarray, "frames"], where: str
) -> tuple[Sight, int]:
    """Bring together what is known of a clip.

    Args:
        landmarks: Of one person.
        cameras: Of the same frames, in a world with Y up.
        depth: None: no LiDAR.
        time: Of the frames [s].
        where: The recording, for refusals.

    Returns:
        What is known, and by how many frames depth came late; that is put right.

    Raises:
        CaptureError: Depth is out of step by more than can be put right.
    """
    pixels, visibility = seen_points(landmarks)
    directions, _ = rays(pixels, cameras)
    places = combined(pixels)
    surface_rays, cosine = rays(places, cameras)
    late = 0 if depth is None else frames_late(depth, places, cosine, landmarks.size, where)
    ranges, sure = depth_at_places(depth, places, cosine, landmarks.size, late)
    points, spread = lifted_points(landmarks, cameras, time)
    seen = np.isfinite(directions).all(axis=2)
    sight = Sight(
        time=time, centre=np.nan_to_num(cameras.world_from_camera[:, :3, 3]),
        focal=np.nan_to_num(cameras.intrinsics[:, 0], nan=1.0), rays=directions,
        visibility=np.where(seen, visibility, 0.0), surface_rays=surface_rays, ranges=ranges, sureness=sure,
        lifted=points, spread=spread,
    )  # fmt: skip
    return sight, late


def _rays_at(
    grid: Float[np.ndarray, "steps"],
    time: Float[np.ndarray, "frames"],
    directions: Float[np.ndarray, "frames points 3"],
    trust: Float[np.ndarray, "frames points"],
) -> Float[np.ndarray, "steps points 3"]:
    """Read rays between frames; one between a seen and an unseen one is 0."""
    after, part = _between(grid, time)
    mixed = (1.0 - part)[:, None, None] * directions[after - 1] + part[:, None, None] * directions[after]
    length = np.maximum(np.linalg.norm(mixed, axis=2, keepdims=True), 1e-9)
    return np.where(_trust_at(grid, time, trust)[..., None] > 0.0, mixed / length, 0.0)


def _trust_at(
    grid: Float[np.ndarray, "steps"], time: Float[np.ndarray, "frames"], trust: Float[np.ndarray, "frames points"]
) -> Float[np.ndarray, "steps points"]:
    after, _ = _between(grid, time)
    return np.asarray(np.minimum(trust[after - 1], trust[after]))


def _between(
    grid: Float[np.ndarray, "steps"], time: Float[np.ndarray, "frames"]
) -> tuple[Int[np.ndarray, "steps"], Float[np.ndarray, "steps"]]:
    """Give the frame after each instant, and how far the instant is on its way there from the frame before."""
    after = np.clip(np.searchsorted(time, grid), 1, len(time) - 1)
    return after, np.clip((grid - time[after - 1]) / (time[after] - time[after - 1]), 0.0, 1.0)


def _read(
    time: Float[np.ndarray, "frames"], grid: Float[np.ndarray, "steps"], series: Float[np.ndarray, "steps ..."]
) -> Float[np.ndarray, "frames ..."]:
    flat = series.reshape(len(series), -1)
    read = np.stack([np.interp(time, grid, column) for column in flat.T], axis=1)
    return np.asarray(read.reshape(len(time), *series.shape[1:]))
