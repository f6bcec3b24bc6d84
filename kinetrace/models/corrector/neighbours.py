"""What visible joints say of hidden ones: where a neighbour leaves its spline, a joint leaves its own likewise."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

RIDGE: Final = 1e-3
"""Of the mean variance: joints that always move together would make the problem unsolvable."""


def carried(
    departed: Float[Tensor, "n bank frames joints 3"],
    beside: Bool[Tensor, "n frames joints"],
    hidden: Bool[Tensor, "n frames joints"],
    covariance: Float[Tensor, "joints joints"],
) -> Float[Tensor, "n bank frames joints 3"]:
    """Give the expected departure of hidden joints from their splines: Σ_hv Σ_vv⁻¹ times that of the visible ones.

    The same linear rule for all three axes, so that it does not change when the room is turned.

    Args:
        departed: Sample minus spline; 0 where not known.
        beside: Where it is known.
        hidden: Where it is asked for.
        covariance: Of departures, over joints.
    """
    n, frames, joints = hidden.shape
    if not bool(hidden.any()):
        return torch.zeros_like(departed)
    pattern = torch.cat((beside, hidden), 2).flatten(0, 1)
    patterns, place = np.unique(np.packbits(pattern.cpu().numpy(), axis=1), axis=0, return_inverse=True)
    bits = torch.from_numpy(np.unpackbits(patterns, axis=1, count=2 * joints).astype(np.float32)).to(departed)
    known, asked = bits[:, :joints], bits[:, joints:]
    ridge = RIDGE * covariance.diagonal().mean() * torch.eye(joints).to(departed)
    both = known[:, :, None] * known[:, None]
    inner = (covariance + ridge) * both + torch.diag_embed(1 - known)
    cross = covariance * asked[:, :, None] * known[:, None]
    rule = torch.linalg.solve(inner, cross.transpose(1, 2)).transpose(1, 2)
    at = torch.nonzero(hidden.flatten(0, 1).any(1))[:, 0]
    each = rule[torch.from_numpy(place.reshape(-1)).to(departed.device)[at]]
    rows = departed.transpose(1, 2).flatten(0, 1)[at].transpose(1, 2).flatten(2)  # (rows, joints, bank × 3)
    moved = torch.zeros_like(departed.transpose(1, 2)).flatten(0, 1)
    moved[at] = torch.bmm(each, rows).reshape(len(at), joints, -1, 3).transpose(1, 2)
    moved = moved.reshape(n, frames, -1, joints, 3).transpose(1, 2)
    return torch.where(hidden[:, None, ..., None], moved, 0.0)
