"""The errors of a pose network's points, as it makes them on film.

Measured on rendered people (640 × 480, every heading): median 4 to 7 px from the joint on a body some 350 px tall, 1.1 to
2 % of stature, most of it steady over a clip; the rest drifts, jitters, and gets worse where a limb is hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from kinetrace.models.keypoints import KEYPOINTS
from kinetrace.models.lifter.mirror import POINT_PARTNER
from kinetrace.training.lifter.cameras import wander

BIAS: Final = 0.008
DRIFT: Final = 0.007
WHITE: Final = 0.003
"""Spread along an axis across the ray, in statures: fixed over a clip, drifting over half a second, of every frame."""
PERFECT: Final = 0.08
"""Part of the clips without any error."""
OUTLIER_RATE: Final = 0.003
OUTLIER: Final = 0.08
SWAP_RATE: Final = 0.08
MISSING_RATE: Final = 0.3
GONE_RATE: Final = 0.08
HIDDEN_WITHIN: Final = 0.06
"""Statures: a point this near to another in the image and behind it by more than HIDDEN_BEHIND may be hidden by it."""
HIDDEN_BEHIND: Final = 0.04
HIDDEN_RATE: Final = 0.6
"""Part of the hidden points' stretches in which the network notices; and the person's own body hides it."""
LIMBS: Final = tuple(
    tuple(KEYPOINTS.index(f"{side}_{joint}") for joint in joints)
    for joints in (("knee", "ankle", "heel", "toe"), ("ankle", "heel", "toe"), ("elbow", "wrist"), ("wrist",))
    for side in "lr"
)
"""What goes missing, or changes sides, together."""
LEGS: Final = tuple(k for k, name in enumerate(KEYPOINTS) if name[2:] in ("hip", "knee", "ankle", "heel", "toe"))


@dataclass(frozen=True)
class Marks:
    """Points as a network gave them.

    Attributes:
        places: Moved points; only their directions from the camera mean anything [statures].
        confidence: 0 (missing) to 1.
    """

    places: Float[Tensor, "clips frames points 3"]
    confidence: Float[Tensor, "clips frames points"]


def marks(
    points: Float[Tensor, "clips frames points 3"],
    camera: Float[Tensor, "clips frames 3"],
    cut: Bool[Tensor, "clips frames points"],
    generator: torch.Generator,
    noise: float = 1.0,
) -> Marks:
    """Move points as a network would, and say how sure it is of each.

    Args:
        points: True ones [statures].
        camera: Its places [statures].
        cut: Outside of the image.
        generator: Source of chance.
        noise: Times all errors; 0: true points, fully trusted, those outside missing.
    """
    if noise == 0.0:
        return Marks(points, (~cut).to(points.dtype))
    clips, frames, count = points.shape[:3]
    size = torch.exp(0.5 * torch.randn(clips, generator=generator)).clamp(0.3, 2.5)
    size = noise * size * (torch.rand(clips, generator=generator) > PERFECT)
    hidden = _hidden(points, camera, generator) * (size > 0)[:, None, None]
    doubt = torch.maximum(hidden, 0.8 * cut)
    confidence = _confidence(doubt, generator)
    moved = _onto_near(points, hidden, generator)
    bias = BIAS * torch.randn(clips, 1, count, 3, generator=generator)
    worse = (1 + 3 * doubt)[..., None]
    drift = DRIFT * wander(clips, frames, 3 * count, 12, generator).reshape(clips, frames, count, 3)
    white = WHITE * torch.randn(clips, frames, count, 3, generator=generator)
    outlier = torch.rand(clips, frames, count, generator=generator) < OUTLIER_RATE
    wild = OUTLIER * torch.randn(clips, frames, count, 3, generator=generator) * outlier[..., None]
    off = bias + (drift + white) * worse + wild
    noticed = outlier & (torch.rand(clips, frames, count, generator=generator) < 0.6)
    confidence = torch.where(noticed, 0.5 * confidence, confidence)
    moved = moved + off * size[:, None, None, None]
    moved, confidence = _swapped(moved, confidence, size, generator)
    return Marks(moved, confidence * ~_missing(clips, frames, cut, generator))


def _hidden(points: Tensor, camera: Tensor, generator: torch.Generator) -> Float[Tensor, "clips frames points"]:
    """Give how hidden a point is: by its partner or the trunk in front of it; smooth over time, by the clip's luck."""
    clips, frames, count = points.shape[:3]
    ray = points - camera[:, :, None]
    depth = ray.norm(dim=-1)
    unit = ray / depth[..., None]
    other, far = unit[:, :, list(POINT_PARTNER)], depth[:, :, list(POINT_PARTNER)]
    apart = (unit - other).norm(dim=-1) * depth
    by_partner = (apart < HIDDEN_WITHIN) & (depth - far > HIDDEN_BEHIND)
    trunk = [KEYPOINTS.index(name) for name in ("l_shoulder", "r_shoulder", "l_hip", "r_hip")]
    middle, before = unit[:, :, trunk].mean(2), depth[:, :, trunk].mean(2)
    near = (unit - middle[:, :, None]).norm(dim=-1) * depth < 2.2 * HIDDEN_WITHIN
    by_trunk = near & (depth - before[:, :, None] > HIDDEN_BEHIND)
    luck = 0.5 + 0.35 * wander(clips, frames, count, 15, generator)
    noticed = torch.rand(clips, 1, count, generator=generator) < HIDDEN_RATE
    hidden: Tensor = (by_partner | by_trunk) * luck.clamp(0.0, 1.0) * noticed
    return hidden


def _onto_near(points: Tensor, hidden: Tensor, generator: torch.Generator) -> Tensor:
    """Pull a hidden point some of the way onto its partner, which is what the network sees."""
    pull = 0.4 * torch.rand(points.shape[0], 1, points.shape[2], generator=generator) * hidden
    return points + pull[..., None] * (points[:, :, list(POINT_PARTNER)] - points)


def _confidence(doubt: Tensor, generator: torch.Generator) -> Tensor:
    clips, frames, count = doubt.shape
    sure = 1 - 0.05 * torch.randn(clips, 1, count, generator=generator).abs()
    sure = sure - 0.35 * torch.rand(clips, 1, count, generator=generator) ** 3
    steady = 0.9 * doubt * torch.rand(clips, 1, count, generator=generator)
    return (sure - steady + 0.03 * wander(clips, frames, count, 6, generator) * (doubt > 0)).clamp(0.02, 1.0)


def _stretch(clips: int, frames: int, longest: int, generator: torch.Generator) -> Bool[Tensor, "clips frames"]:
    """Draw one stretch a clip, of one frame to so many."""
    start = torch.rand(clips, 1, generator=generator) * frames
    length = 1 + torch.rand(clips, 1, generator=generator) * longest
    frame = torch.arange(frames)
    return (frame >= start - length / 2) & (frame < start + length / 2)


def _swapped(places: Tensor, confidence: Tensor, size: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Change the legs, or all points, from side to side for a moment."""
    clips, frames, count = confidence.shape
    at = _stretch(clips, frames, 8, generator) & (torch.rand(clips, 1, generator=generator) < SWAP_RATE)
    everything = torch.rand(clips, 1, generator=generator) < 0.3
    legs = torch.zeros(count, dtype=torch.bool)
    legs[list(LEGS)] = True
    which = (at & (size > 0)[:, None])[..., None] & (everything[..., None] | legs)
    partner = list(POINT_PARTNER)
    return (
        torch.where(which[..., None], places[:, :, partner], places),
        torch.where(which, confidence[:, :, partner], confidence),
    )


def _missing(clips: int, frames: int, cut: Tensor, generator: torch.Generator) -> Bool[Tensor, "clips frames points"]:
    """Draw what is not there at all: a limb for up to a second, everybody for half of one, points out of the image."""
    count = cut.shape[2]
    member = torch.zeros(len(LIMBS), count, dtype=torch.bool)
    for k, limb in enumerate(LIMBS):
        member[k, list(limb)] = True
    which = member[torch.randint(len(LIMBS), (clips,), generator=generator)]
    some = torch.rand(clips, 1, generator=generator) < MISSING_RATE
    gone = torch.rand(clips, 1, generator=generator) < GONE_RATE
    part = (_stretch(clips, frames, 30, generator) & some)[..., None] & which[:, None]
    whole = (_stretch(clips, frames, 15, generator) & gone)[..., None]
    dropped = cut & (torch.rand(clips, 1, 1, generator=generator) < 0.5)
    missing: Tensor = part | whole | dropped
    return missing
