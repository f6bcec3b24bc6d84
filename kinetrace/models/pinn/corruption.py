"""What is done to a clean clip before the encoder sees it: with a clean input, changing nothing would be optimal."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from kinetrace.models.pinn.joints import LEFT_HIP, PELVIS, RIGHT_HIP
from schemas.pinn import PinnParams


class Corrupted(NamedTuple):
    """A clip as the encoder is shown it."""

    positions: Float[Tensor, "batch frames joints 3"]
    visible: Bool[Tensor, "batch frames joints"]


def axis_spread(distance: float) -> float:
    """Give the spread on each axis of isotropic noise with this mean distance: E‖n‖ = 2 √(2/π) σ (Maxwell)."""
    return distance / (2 * math.sqrt(2 / math.pi))


def corrupt(
    clean: Float[Tensor, "batch frames joints 3"],
    present: Bool[Tensor, "batch frames joints"],
    fps: Float[Tensor, "batch"],
    params: PinnParams,
    generator: torch.Generator,
) -> Corrupted:
    """Shake every joint, hide some throughout and some over a stretch; drawn anew at each call.

    White noise has a mean distance between 0 and `noise_mm`, one a clip, so that the encoder must judge how noisy its
    input is. Hips and pelvis are never hidden throughout: they give the window its frame.

    Args:
        clean: World positions [m].
        present: Where they were recorded.
        fps: Frame rate of each clip [Hz].
        params: How much.
        generator: The source of chance, on the clips' device.
    """
    batch, frames, joints, _ = clean.shape

    def draw(*shape: int) -> Tensor:
        return torch.rand(shape, generator=generator, device=clean.device)

    noise = torch.randn(clean.shape, generator=generator, device=clean.device)
    sigma = axis_spread(params.noise_mm / 1000) * draw(batch, 1, 1, 1)
    throughout = draw(batch, joints) < params.hide_joint
    throughout[:, [PELVIS, RIGHT_HIP, LEFT_HIP]] = False
    length = draw(batch, joints) * (params.span_s * fps[:, None]).clamp_max(frames / 2)
    start = draw(batch, joints) * frames
    at = torch.arange(frames, device=clean.device)[:, None]
    chosen = draw(batch, joints) < params.hide_span
    stretch = chosen[:, None] & (at >= start[:, None]) & (at < (start + length)[:, None])
    return Corrupted(clean + sigma * noise, present & ~throughout[:, None] & ~stretch)
