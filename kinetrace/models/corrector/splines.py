"""A bank of smoothing splines: what a trajectory's own visible samples say of every frame of a window.

Each is the discrete smoothing spline of order m (Whittaker 1923; Eilers 2003): it minimises the squared distance from the
visible samples plus λ times the squared m-th differences. Order 2 is the cubic spline, order 3 the smoother of a constant
acceleration with white jerk. Small λ passes through the samples; large λ smooths.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor


class Spline(NamedTuple):
    """Order of the differences, and their weight λ against the samples."""

    order: int
    weight: float


BANK: Final = (
    Spline(2, 1e-2), Spline(3, 1e-2), Spline(3, 1.0), Spline(4, 1e-2), Spline(4, 1.0),
    Spline(3, 1e2), Spline(3, 1e3), Spline(3, 1e4),
)  # fmt: skip
"""Stiff and soft, rough and smooth: recordings differ, and a window shows which of them suits it."""

_TINY: Final = 1e-14
"""Weight of first differences: keeps the problem solvable where fewer samples are visible than the order."""


@lru_cache(maxsize=2048)
def _matrices(packed: bytes, frames: int) -> Float[Tensor, "bank frames frames"]:
    seen = np.unpackbits(np.frombuffer(packed, dtype=np.uint8), count=frames).astype(bool)
    out = np.zeros((len(BANK), frames, frames))
    at = np.flatnonzero(seen)
    if at.size:
        inside = slice(int(at[0]), int(at[-1]) + 1)
        span = inside.stop - inside.start
        steps = np.diff(np.eye(span), axis=0) if span > 1 else np.zeros((0, span))
        weights = np.diag(seen[inside].astype(float))
        for number, (order, weight) in enumerate(BANK):
            rough = np.diff(np.eye(span), order, axis=0) if span > order else np.zeros((0, span))
            system = weights + weight * rough.T @ rough + _TINY * steps.T @ steps
            out[number, inside, inside] = np.linalg.solve(system, weights)
        out[:, : inside.start, at[0]] = 1.0  # outside the samples the first and the last are held
        out[:, inside.stop :, at[-1]] = 1.0
    return torch.from_numpy(out.astype(np.float32))


def spline_matrices(seen: Bool[Tensor, "n frames"]) -> Float[Tensor, "n bank frames frames"]:
    """Give, a row of visible frames each, the matrices that take a trajectory to its splines.

    Args:
        seen: Visible frames; a trajectory without any gives zeros.
    """
    frames = seen.shape[1]
    rows, place = np.unique(np.packbits(seen.cpu().numpy(), axis=1), axis=0, return_inverse=True)
    table = torch.stack([_matrices(row.tobytes(), frames) for row in rows]) if len(rows) else torch.zeros(0)
    return table.reshape(-1, len(BANK), frames, frames)[torch.from_numpy(place.reshape(-1))].to(seen.device)


def splines(
    values: Float[Tensor, "n frames channels"], seen: Bool[Tensor, "n frames"]
) -> Float[Tensor, "n bank frames channels"]:
    """Give every spline of the bank for each trajectory.

    Args:
        values: Anything that is smooth in time; hidden samples may hold any finite number.
        seen: Where it is visible.
    """
    # About a visible sample: far from the origin single precision would lose micrometres.
    first = seen.to(torch.uint8).argmax(1)
    centre = values[torch.arange(len(values), device=values.device), first][:, None]
    moved = torch.where(seen[..., None], values - centre, 0.0)
    n, frames, channels = values.shape
    made = torch.bmm(spline_matrices(seen).reshape(n, -1, frames), moved)
    return made.reshape(n, len(BANK), frames, channels) + centre[:, None]
