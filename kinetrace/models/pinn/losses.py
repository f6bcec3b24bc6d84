"""What training minimises: distance from the clean state, bones of one length, no more jerk than people have."""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from kinetrace.models.pinn.joints import RIGID
from kinetrace.models.pinn.stencils import noise_scale, whole_stencils
from schemas.pinn import PinnParams


class Losses(NamedTuple):
    """Every term without its weight; each is about 1 for an input that was left as it is, at the largest noise."""

    channels: Float[Tensor, "4"]
    bone: Float[Tensor, ""]
    jerk: Float[Tensor, ""]

    def total(self, params: PinnParams) -> Float[Tensor, ""]:
        """Give the weighted sum."""
        weights = torch.tensor(params.channel_weights, device=self.channels.device)
        return (weights * self.channels).sum() + params.bone_weight * self.bone + params.jerk_weight * self.jerk


def losses(
    s_hat: Float[Tensor, "batch frames joints 12"],
    clean: Float[Tensor, "batch frames joints 12"],
    present: Bool[Tensor, "batch frames joints"],
    fps: Float[Tensor, "batch"],
    jerk_limit: Float[Tensor, "batch"],
    sigma: float,
) -> Losses:
    """Hold a reconstruction against the recording it was corrupted from.

    v̂, â, ĵ are finite differences of p̂, so comparing them with each other says nothing; they are held against the
    *measured* channels, which is what makes the positions consistent in time. Every error is in units of what white
    noise of spread `sigma` does to that channel at that rate. Hidden joints count like visible ones.

    Args:
        s_hat: Reconstructed states, window frame.
        clean: States of the recording, the same frame.
        present: Where the recording has the joint; samples without a whole stencil do not count in v, a, j.
        fps: Frame rate of each clip [Hz].
        jerk_limit: 95th percentile of clean clips' jerk at this rate [m/s³].
        sigma: Spread of the largest noise on each axis [m].
    """
    scale = noise_scale(fps, sigma)
    whole = whole_stencils(present)
    error = (s_hat - clean).reshape(*whole.shape, 3) / scale[:, None, None, :, None]
    # Quadratic up to the noise's own size, linear beyond: a joint that was hidden throughout is far off at first.
    each = 2 * functional.smooth_l1_loss(error, torch.zeros_like(error), reduction="none").mean(dim=-1)
    channels = (each * whole).sum(dim=(0, 1, 2)) / whole.sum(dim=(0, 1, 2)).clamp_min(1)
    return Losses(
        channels,
        bone_loss(s_hat[..., :3], clean[..., :3], present, sigma),
        jerk_loss(s_hat[..., 9:], whole[..., 3], jerk_limit, scale[:, 3]),
    )


def bone_loss(
    p_hat: Float[Tensor, "batch frames joints 3"],
    clean: Float[Tensor, "batch frames joints 3"],
    present: Bool[Tensor, "batch frames joints"],
    sigma: float,
) -> Float[Tensor, ""]:
    """Give the mean squared deviation of rigid bones from one length a clip, the recording's own mean, in units of σ²."""
    near, far = (list(ends) for ends in zip(*RIGID, strict=True))
    both = present[:, :, near] & present[:, :, far]
    weight = both.to(p_hat.dtype)
    true = torch.linalg.vector_norm(clean[:, :, near] - clean[:, :, far], dim=-1)
    one = (true * weight).sum(dim=1) / weight.sum(dim=1).clamp_min(1)
    length = torch.linalg.vector_norm(p_hat[:, :, near] - p_hat[:, :, far] + 1e-9, dim=-1)
    squared: Tensor = ((length - one[:, None]) / sigma) ** 2 * weight
    return squared.sum() / weight.sum().clamp_min(1)


def jerk_loss(
    jerk: Float[Tensor, "batch frames joints 3"],
    counted: Bool[Tensor, "batch frames joints"],
    limit: Float[Tensor, "batch"],
    scale: Float[Tensor, "batch"],
) -> Float[Tensor, ""]:
    """Give the mean excess of jerk over what 95 % of clean samples stay below, in units of the noise's jerk."""
    size = torch.linalg.vector_norm(jerk + 1e-6, dim=-1)
    excess = functional.relu(size - limit[:, None, None]) / scale[:, None, None]
    return (excess * counted).sum() / counted.sum().clamp_min(1)
