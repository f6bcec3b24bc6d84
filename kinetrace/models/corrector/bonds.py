"""Bone lengths in a filled gap: as they are around it, as firmly as the clip itself keeps them."""

from __future__ import annotations

from typing import Final, NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from kinetrace.models.corrector.groups import BONDS
from kinetrace.models.corrector.splines import splines

SWEEPS: Final = 4
SMOOTH, ROUGH = 2, 0
"""The two splines of the bank whose difference says how well a length is known."""
SURE: Final = 1e-5
"""A length that is known no better than this [statures] is held to within it."""


_ENDS: Final = tuple(list(ends) for ends in zip(*BONDS, strict=True))


class Lengths(NamedTuple):
    """Of every bond in every frame: its length, and how far off that may be; `known` is false where nothing is asked."""

    length: Float[Tensor, "n frames bonds"]
    doubt: Float[Tensor, "n frames bonds"]
    known: Bool[Tensor, "n frames bonds"]


def lengths(
    positions: Float[Tensor, "n frames joints 3"],
    visible: Bool[Tensor, "n frames joints"],
    hidden: Bool[Tensor, "n frames joints"],
) -> Lengths:
    """Carry each bond's length smoothly through the frames in which an end of it is hidden."""
    a, b = _ENDS
    both = visible[..., a] & visible[..., b]
    asked = (hidden[..., a] | hidden[..., b]) & both.any(1, keepdim=True)
    length = (positions[:, :, a] - positions[:, :, b]).norm(dim=-1)
    doubt = torch.ones_like(length)
    window, bond = torch.nonzero(asked.any(1), as_tuple=True)
    if len(window):
        made = splines(length[window, :, bond][..., None], both[window, :, bond])[..., 0]
        length, doubt = length.clone(), doubt.clone()
        length[window, :, bond] = made[:, SMOOTH].clamp_min(0.0)
        doubt[window, :, bond] = (made[:, SMOOTH] - made[:, ROUGH]).abs().amax(1, keepdim=True).expand_as(
            made[:, 0]
        ) + SURE
    return Lengths(length, doubt, asked)


def one_length(
    fill: Float[Tensor, "n frames joints 3"], noisy: Bool[Tensor, "n frames joints"], looseness: Float[Tensor, "bonds"]
) -> Lengths:
    """Give each bond between noisy samples one length in a window: the mean over its smoothed frames.

    Args:
        fill: Smoothed positions.
        noisy: Samples to be cleaned.
        looseness: Of each bond, learned: what its spread in time is multiplied by to be its doubt.
    """
    a, b = _ENDS
    known = noisy[..., a] & noisy[..., b]
    length = (fill[:, :, a] - fill[:, :, b]).norm(dim=-1)
    count = known.sum(1, keepdim=True).clamp_min(1)
    mean = torch.where(known, length, 0.0).sum(1, keepdim=True) / count
    spread = (torch.where(known, length - mean, 0.0).square().sum(1, keepdim=True) / count).sqrt() + SURE
    return Lengths(mean.expand_as(length), (spread * looseness).expand_as(length), known)


def restored(
    positions: Float[Tensor, "n frames joints 3"],
    free: Bool[Tensor, "n frames joints"],
    scale: Float[Tensor, "n frames joints"],
    of: Lengths,
) -> Float[Tensor, "n frames joints 3"]:
    """Move free joints towards their bonds' lengths; the others stay.

    Each bond asks for its length as firmly as it is known better than the positions, s² / (s² + d²); what several ask of
    one joint is averaged (position-based dynamics, Müller 2007, Jacobi order).

    Args:
        positions: Visible samples and guesses of the others.
        free: What may be moved.
        scale: How far off the guesses may be.
        of: The lengths.
    """
    a, b = _ENDS
    ends = torch.tensor([a, b], device=positions.device)
    moves = free.to(positions)
    loose = torch.maximum(moves[..., a] * scale[..., a], moves[..., b] * scale[..., b])
    firm = of.known * loose**2 / (loose**2 + of.doubt**2).clamp_min(1e-20)
    weight = moves[..., a] + moves[..., b]
    share = firm / weight.clamp_min(1.0)
    asked = torch.zeros_like(moves).index_add(2, ends[0], firm * moves[..., a])
    asked = asked.index_add(2, ends[1], firm * moves[..., b])
    step = moves / asked.clamp_min(1.0)
    for _ in range(SWEEPS):
        along = positions[:, :, b] - positions[:, :, a]
        now = along.norm(dim=-1).clamp_min(1e-9)
        pull = (share * (now - of.length) / now)[..., None] * along
        moved = torch.zeros_like(positions).index_add(2, ends[0], pull).index_add(2, ends[1], -pull)
        positions = positions + step[..., None] * moved
    return positions
