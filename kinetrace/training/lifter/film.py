"""A clip of a person through a camera and a pose network: what the lifter is given, and what it should say."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import normalize

from kinetrace.models.heading import from_heading, to_heading
from kinetrace.training.lifter.cameras import Cameras, tilted
from kinetrace.training.lifter.errors import marks
from kinetrace.training.lifter.points import points_of


@dataclass(frozen=True)
class Clips:
    """Given and wanted, at 30 Hz unless the joints were of another rate.

    Attributes:
        rays: Unit rays to KEYPOINTS; zero where missing.
        confidence: 0 (missing) to 1.
        positions: BODY21 from the pelvis in statures, in the frame of the rays.
    """

    rays: Float[Tensor, "clips frames points 3"]
    confidence: Float[Tensor, "clips frames points"]
    positions: Float[Tensor, "clips frames 21 3"]


def film(
    joints: Float[Tensor, "clips frames 21 3"],
    cameras: Cameras,
    generator: torch.Generator,
    noise: float = 1.0,
    offsets: float = 1.0,
) -> Clips:
    """Look at people.

    Args:
        joints: BODY21 [statures], floor at 0.
        cameras: One a clip.
        generator: Source of chance.
        noise: Times the errors of the points; 0: true points (and what the camera knows is true, too).
        offsets: Times the spread of where points lie beside joints.
    """
    points = points_of(joints, generator, offsets)
    cut = outside(points, cameras)
    seen = marks(points, cameras.place, cut, generator, noise)
    rays = normalize(seen.places - cameras.place[:, :, None], dim=-1)
    wanted = joints - joints[:, :, :1]
    if noise:
        rays = _through_wrong_lens(rays, cameras)
        rays, wanted = tilted(rays, cameras.tilt), tilted(wanted, cameras.tilt)
    return Clips(rays * (seen.confidence > 0)[..., None], seen.confidence, wanted)


def outside(points: Float[Tensor, "clips frames points 3"], cameras: Cameras) -> Bool[Tensor, "clips frames points"]:
    """Tell which points are outside of the image."""
    ahead, up, right = _in_camera(points - cameras.place[:, :, None], cameras).unbind(-1)
    across, high = cameras.half_field[:, 0, None, None], cameras.half_field[:, 1, None, None]
    return (ahead <= 0) | (right.abs() > across * ahead) | (up.abs() > high * ahead)


def _in_camera(vectors: Tensor, cameras: Cameras) -> Tensor:
    """Give vectors as (along the axis, up the image, right)."""
    return _pitched(to_heading(vectors, cameras.yaw[:, :, None]), -cameras.pitch)


def _through_wrong_lens(rays: Tensor, cameras: Cameras) -> Tensor:
    ahead, up, right = _in_camera(rays, cameras).unbind(-1)
    factor = cameras.focal[:, None, None]
    bent = normalize(torch.stack((ahead, up * factor, right * factor), -1), dim=-1)
    return from_heading(_pitched(bent, cameras.pitch), cameras.yaw[:, :, None])


def _pitched(vectors: Tensor, pitch: Tensor) -> Tensor:
    """Raise (ahead, up, right) vectors by an angle."""
    ahead, up, right = vectors.unbind(-1)
    cos, sin = torch.cos(pitch)[:, None, None], torch.sin(pitch)[:, None, None]
    return torch.stack((ahead * cos - up * sin, up * cos + ahead * sin, right), -1)
