"""Cameras as an iPad is held or stood: where they are, where they look, and how much they see."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import interpolate

DISTANCE_M: Final = (1.5, 5.0)
LEAST_M: Final = 1.2
"""From the middle of the person's path, and at least from its nearest point."""
HEIGHT_M: Final = (0.6, 1.8)
STATURE_M: Final = (1.45, 2.0)
PITCH_DEG: Final = (-25.0, 10.0)
HALF_FIELD: Final = ((0.58, 0.72), (0.43, 0.54))
"""Tangents of half the field of view along the image's long and short side: wide cameras of tablets, 60 to 72 degrees."""
SWAY_M: Final = 0.02
FOLLOWING: Final = 0.4
"""Part of the cameras that turn after the person."""
TILT_DEG: Final = 5.0
"""Largest error of up where only the film tells it."""
LEVEL: Final = 0.6
LEVEL_DEG: Final = 0.7
"""Part of the cameras that know up from a sensor, and their largest error."""


@dataclass(frozen=True)
class Cameras:
    """One a clip; lengths in statures of the person who is filmed.

    Attributes:
        place: Of the camera, floor at 0.
        yaw: Heading of its axis [rad].
        pitch: Of its axis over the horizon [rad].
        half_field: Tangents of half the field of view across and up.
        focal: By which wrong factor the focal length is known.
        tilt: Rotation vector by which up is known wrongly (about X and Z) [rad].
    """

    place: Float[Tensor, "clips frames 3"]
    yaw: Float[Tensor, "clips frames"]
    pitch: Float[Tensor, "clips"]
    half_field: Float[Tensor, "clips 2"]
    focal: Float[Tensor, "clips"]
    tilt: Float[Tensor, "clips 2"]


def draw_cameras(
    pelvis: Float[Tensor, "clips frames 3"],
    generator: torch.Generator,
    bearing: Float[Tensor, "clips"] | None = None,
    stature: Float[Tensor, "clips"] | None = None,
) -> Cameras:
    """Draw a camera for each clip.

    Args:
        pelvis: Where the person is [statures].
        generator: Source of chance.
        bearing: Direction from the middle of the person's path to the camera, about Y [rad]; default: any.
        stature: Of the people [m]; default: any.
    """
    clips, frames = pelvis.shape[:2]

    def uniform(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(clips, generator=generator)

    tall = uniform(*STATURE_M) if stature is None else stature
    distance = torch.exp(uniform(math.log(DISTANCE_M[0]), math.log(DISTANCE_M[1]))) / tall
    height = uniform(*HEIGHT_M) / tall
    angle = uniform(-math.pi, math.pi)
    angle = angle if bearing is None else bearing
    middle = (pelvis.amin(1) + pelvis.amax(1)) / 2
    toward = torch.stack((torch.cos(angle), torch.zeros_like(angle), -torch.sin(angle)), 1)
    nearest = ((pelvis - middle[:, None]) * toward[:, None]).sum(-1).amax(1)
    distance = torch.maximum(distance, nearest + LEAST_M / tall)  # nobody walks through the camera
    place = middle + distance[:, None] * toward
    place[:, 1] = height
    sway = wander(clips, frames, 3, 20, generator) * (SWAY_M * uniform(0.0, 2.0) / tall)[:, None, None]
    held = torch.rand(clips, generator=generator) < 0.6
    place = place[:, None] + sway * held[:, None, None]
    follows = torch.rand(clips, 1, 1, generator=generator) < FOLLOWING
    aim = torch.where(follows, pelvis, middle[:, None])
    aim = aim + (0.15 * torch.randn(clips, 1, 3, generator=generator) * (distance / 3)[:, None, None])
    ahead = aim - place
    yaw = torch.atan2(-ahead[..., 2], ahead[..., 0])
    level = ahead[..., (0, 2)].norm(dim=-1).mean(1)
    pitch = torch.atan2(ahead[..., 1].mean(1), level) + math.radians(3.0) * torch.randn(clips, generator=generator)
    pitch = pitch.clamp(*(math.radians(end) for end in PITCH_DEG))
    long, short = uniform(*HALF_FIELD[0]), uniform(*HALF_FIELD[1])
    upright = torch.rand(clips, generator=generator) < 0.6
    field = torch.stack((torch.where(upright, short, long), torch.where(upright, long, short)), 1)
    rough = torch.rand(clips, generator=generator) < 0.25
    focal = torch.exp(torch.randn(clips, generator=generator).clamp(-2, 2) * torch.where(rough, 0.08, 0.01))
    known = torch.rand(clips, generator=generator) < LEVEL
    off = torch.where(known, math.radians(LEVEL_DEG), math.radians(TILT_DEG)) * torch.rand(clips, generator=generator)
    about = uniform(-math.pi, math.pi)
    tilt = torch.stack((off * torch.cos(about), off * torch.sin(about)), 1)
    return Cameras(place, yaw, pitch, field, focal, tilt)


def wander(
    clips: int, frames: int, columns: int, every: int, generator: torch.Generator
) -> Float[Tensor, "clips frames columns"]:
    """Draw smooth paths of about unit spread with a new value every so many frames, straight in between."""
    knots = torch.randn(clips, columns, max(2, math.ceil(frames / every) + 1), generator=generator)
    return interpolate(knots, size=frames, mode="linear", align_corners=True).transpose(1, 2)


def tilted(vectors: Float[Tensor, "clips frames points 3"], tilt: Float[Tensor, "clips 2"]) -> Tensor:
    """Turn vectors by the rotation vector (tilt_0, 0, tilt_1), by Rodrigues' formula."""
    axis = torch.stack((tilt[:, 0], torch.zeros_like(tilt[:, 0]), tilt[:, 1]), 1)
    angle = axis.norm(dim=1, keepdim=True).clamp_min(1e-9)
    unit = (axis / angle)[:, None, None].expand_as(vectors)
    sin, cos = torch.sin(angle)[:, :, None, None], torch.cos(angle)[:, :, None, None]
    along = (vectors * unit).sum(-1, keepdim=True) * unit
    turned: Tensor = vectors * cos + torch.linalg.cross(unit, vectors) * sin + along * (1 - cos)
    return turned
