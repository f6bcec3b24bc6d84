"""The fusion: one robust least-squares problem over the clip, solved by reweighting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.videopose3d.banded import layout, solve
from adapters.videopose3d.evidence import (
    BONE_AT,
    BONE_NOISE_M,
    MEMBERSHIP,
    bone_terms,
    depth_terms,
    image_terms,
    lifted_terms,
    smoothness,
)
from adapters.videopose3d.feet import floor_terms, stillness
from adapters.videopose3d.points import POINTS
from adapters.videopose3d.shadows import clear_places
from adapters.videopose3d.sight import Sight

WIDTHS: Final = (
    (40.0, 0.15, 0.60), (30.0, 0.12, 0.54), (25.0, 0.10, 0.49), (20.0, 0.08, 0.45), (16.0, 0.06, 0.40), (16.0, 0.06, 0.37),
    (16.0, 0.06, 0.33), (16.0, 0.06, 0.30),
)  # fmt: skip
"""Rays [px] and ranges [m] that are off by more, and standing feet that move faster [m/s], count for little: first wide, so
that a poor start finds its way."""
LENGTH_SPREAD: Final = 0.04
"""Lengths of one stature differ between people by so much of themselves (Winter's and de Leva's proportions)."""
INDEPENDENT: Final = 4.0
"""A clip says of a length as much as so many independent frames: what is wrong in one frame is wrong in the next."""
_LAYOUT: Final = layout(len(POINTS))


@dataclass(frozen=True)
class Fused:
    """A fused clip.

    Attributes:
        points: POINTS in the world [m].
        lengths: Of the bones, one for the clip [m].
        depth_weight: How much depth had to say of each place, 0 to 1.
    """

    points: Float[np.ndarray, "frames 17 3"]
    lengths: Float[np.ndarray, "lengths"]
    depth_weight: Float[np.ndarray, "frames places"]


def fuse(
    sight: Sight,
    start: Float[np.ndarray, "frames 17 3"],
    stature: float,
    usual: Float[np.ndarray, "lengths"],
    *,
    fixed: bool = False,
) -> Fused:
    """Fuse a clip.

    Args:
        sight: What is known.
        start: A first guess, complete.
        stature: Of the person [m].
        usual: Lengths of the bones as they are to be expected, or as they are [m].
        fixed: The lengths are known.
    """
    body, lengths = start, usual
    inner, stencil = smoothness(sight.time)
    clear = np.ones_like(sight.ranges)
    depth = None
    for pixels, metres, slow in WIDTHS:
        clear = clear_places(body, sight, stature)
        bones, way = bone_terms(body, np.zeros_like(lengths) if not fixed else lengths)
        depth = depth_terms(sight, body, stature, metres, clear)
        terms = [image_terms(sight, body, stature, pixels), depth, lifted_terms(sight, lengths, stature), bones]
        terms.append(floor_terms(sight, body))
        extra = np.zeros((*body.shape, 0)) if fixed else _pull_of_lengths(way)
        body, answers = solve(terms, inner, stencil, extra, _LAYOUT, stillness(sight, body, stature, slow))
        if not fixed:
            lengths = _best_lengths(body, answers, extra, usual)
            body = body + answers @ lengths
    weight = np.zeros_like(sight.ranges) if depth is None else depth.weights[:, :, [0, 3, 5]].sum(axis=-1).T
    return Fused(body, lengths, weight)


def _pull_of_lengths(way: Float[np.ndarray, "bones frames 3"]) -> Float[np.ndarray, "frames 17 3 lengths"]:
    """Give the right-hand side that a length of one metre makes."""
    pull = np.einsum("bp,btk,bl->tpkl", BONE_AT, way, MEMBERSHIP, optimize=True)
    return np.asarray(pull / BONE_NOISE_M**2)


def _best_lengths(
    body: Float[np.ndarray, "frames 17 3"],
    answers: Float[np.ndarray, "frames 17 3 lengths"],
    pull: Float[np.ndarray, "frames 17 3 lengths"],
    usual: Float[np.ndarray, "lengths"],
) -> Float[np.ndarray, "lengths"]:
    """Eliminate the points from the normal equations and solve for the lengths, with what is usual as the prior."""
    frames = len(body)
    flat = pull.reshape(-1, pull.shape[-1])
    own = np.diag(MEMBERSHIP.sum(axis=0)) * frames / BONE_NOISE_M**2
    prior = np.diag((LENGTH_SPREAD * usual) ** -2.0) * frames / INDEPENDENT
    matrix = own - flat.T @ answers.reshape(flat.shape) + prior
    return np.asarray(np.linalg.solve(matrix, flat.T @ body.ravel() + prior @ usual))
