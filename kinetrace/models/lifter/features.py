"""What the lifter sees of a clip: points on a plane ahead of the camera, the person straight ahead and of one size.

Everything is relative to where the person is: the camera's heading drops out, and so does most of the distance.
What is left of both, how far up or down and how large the person appears, stands beside the points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad

from kinetrace.models.heading import to_heading
from kinetrace.models.keypoints import KEYPOINTS

RATE_HZ: Final = 30.0
"""Frames a second at which the lifter was trained."""
FEATURES: Final = 5 * len(KEYPOINTS) + 5
TABLE: Final = (
    "lifter-features/2: 19 points (right, up, confidence; right, up as seen), "
    "up, log size, bearing rate, seen share, inside"
)
"""Names the features; weights of another table are refused."""
TRUNK_WEIGHT: Final = 5.0
"""Hips and shoulders count five times: where a person is depends little on what the hands do."""
_TRUNK: Final = ("l_shoulder", "r_shoulder", "l_hip", "r_hip")
_SHORT, _LONG = 4, 30
"""Frames to each side over which the bearing and the apparent size are averaged."""
_LEAST_AHEAD: Final = 0.1
"""A ray further than 84 degrees off the person's bearing is no point of the same person."""
_LEAST_SIZE: Final = 1e-3
AS_SEEN: Final = 2.0
"""Brings tangents near one."""


@dataclass(frozen=True)
class Seen:
    """A clip as the network takes it.

    Attributes:
        features: Columns as `TABLE` says.
        yaw: Turn about Y from the frame that the person is straight ahead in to the frame of the rays [rad].
    """

    features: Float[Tensor, "clips frames columns"]
    yaw: Float[Tensor, "clips frames"]


def seen(directions: Float[Tensor, "clips frames points 3"], confidence: Float[Tensor, "clips frames points"]) -> Seen:
    """Lay rays out for the network.

    Args:
        directions: Rays to KEYPOINTS, Y up; length and, where confidence is 0, content do not matter.
        confidence: 0 (missing) to 1.

    Returns:
        Features, and the turn to undo on what the network answers. A missing point is three zeros.
    """
    weight = confidence * _weights(confidence)
    unit = torch.nn.functional.normalize(directions, dim=-1)
    yaw = bearing(unit, weight)
    ahead, up, right = to_heading(unit, yaw[..., None]).unbind(-1)
    there = (confidence > 0) & (ahead > _LEAST_AHEAD)
    ahead = torch.where(there, ahead, 1.0)
    plane = torch.stack((right / ahead, up / ahead), -1) * there[..., None]
    confidence, weight = confidence * there, weight * there
    height = _averaged((weight * plane[..., 1]).sum(-1), weight.sum(-1), _SHORT)
    off = (plane - torch.stack((torch.zeros_like(height), height), -1)[:, :, None]) * there[..., None]
    size = _averaged((confidence * off.square().sum(-1)).sum(-1), confidence.sum(-1), _LONG).sqrt()
    size = torch.where(size > _LEAST_SIZE, size, 1.0)
    rate = torch.gradient(yaw, dim=1)[0] * RATE_HZ if yaw.shape[1] > 1 else torch.zeros_like(yaw)
    beside = torch.stack((height, size.log(), rate, confidence.mean(-1), torch.ones_like(height)), -1)
    # As seen, a foot on the floor stays where it is while the body above it moves: that tells depth from in front.
    points = torch.cat((off / size[..., None, None], confidence[..., None], AS_SEEN * plane), -1).flatten(2)
    return Seen(torch.cat((points, beside), -1), yaw)


def bearing(
    unit: Float[Tensor, "clips frames points 3"], weight: Float[Tensor, "clips frames points"]
) -> Float[Tensor, "clips frames"]:
    """Give the yaw of the weighted mean ray, averaged over nine frames, without jumps of a whole turn [rad].

    Where nothing is seen it is that of the frames around, in the end of the clip's mean.
    """
    flat = unit[..., (0, 2)] * weight[..., None]
    total = flat.sum(-2)
    mean = (
        _boxed(total, _SHORT) + 1e-3 * _boxed(total, _LONG) + 1e-6 * total.mean(1, keepdim=True)
    )  # the far ones only count where the near ones are empty
    yaw = torch.atan2(-mean[..., 1], mean[..., 0])
    step = torch.diff(yaw, dim=1)
    turns = torch.round(step / (2 * torch.pi)) * 2 * torch.pi
    return torch.cat((yaw[:, :1], yaw[:, 1:] - torch.cumsum(turns, 1)), 1)


def _weights(like: Tensor) -> Float[Tensor, "points"]:
    trunk = torch.tensor([TRUNK_WEIGHT if name in _TRUNK else 1.0 for name in KEYPOINTS])
    return trunk.to(like)


def _averaged(
    total: Float[Tensor, "clips frames"], weight: Float[Tensor, "clips frames"], reach: int
) -> Float[Tensor, "clips frames"]:
    """Give the weighted mean over frames around; 0 where a clip has no weight at all."""
    parts = []
    for one in (total, weight):
        near, far = _boxed(one[..., None], reach), _boxed(one[..., None], _LONG)
        parts.append((near + 1e-3 * far + 1e-6 * one.mean(1, keepdim=True)[..., None])[..., 0])
    above, below = parts
    return torch.where(below > 0, above / below.clamp_min(1e-12), 0.0)


def _boxed(values: Float[Tensor, "clips frames columns"], reach: int) -> Float[Tensor, "clips frames columns"]:
    """Give the sum over `reach` frames to each side; beyond the ends there is nothing."""
    padded = pad(values, (0, 0, reach, reach))
    return padded.unfold(1, 2 * reach + 1, 1).sum(-1)
