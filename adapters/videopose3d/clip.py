"""A whole film fused in bounded memory: lengths from a sample of it, then piece by piece with those lengths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.videopose3d.fuse import Fused, fuse
from adapters.videopose3d.sight import Sight
from adapters.videopose3d.start import MIN_SEEN, move_to_depth, place_body, without_gaps

PIECE: Final = 600
OVERLAP: Final = 20
"""A piece knows so many frames of its neighbours: the smoothness between frames reaches less far."""


def fuse_clip(sight: Sight, stature: float, usual: Float[np.ndarray, "lengths"]) -> Fused:
    """Fuse a film of any length.

    Args:
        sight: At least one frame with enough points.
        stature: Of the person [m].
        usual: Lengths of the bones of such a person [m].
    """
    start = first_guess(sight, stature)
    frames = len(start)
    if frames <= PIECE + 2 * OVERLAP:
        return fuse(sight, start, stature, usual)
    sample = _fullest(sight)
    lengths = fuse(sight.part(sample), start[sample], stature, usual).lengths
    points, weights = np.zeros_like(start), np.zeros_like(sight.ranges)
    for piece, inner in _pieces(frames):
        found = fuse(sight.part(piece), start[piece], stature, lengths, fixed=True)
        at = slice(piece.start + inner.start, piece.start + inner.stop)
        points[at], weights[at] = found.points[inner], found.depth_weight[inner]
    return Fused(points, lengths, weights)


def first_guess(sight: Sight, stature: float) -> Float[np.ndarray, "frames 17 3"]:
    """Give the lifter's body on its rays, moved to where depth has it, in every frame."""
    return without_gaps(move_to_depth(place_body(sight, stature), sight, stature), sight.time)


def enough_seen(sight: Sight) -> Float[np.ndarray, "frames"]:
    """Give 1 for the frames in which enough points are seen to hold a body, else 0."""
    return np.asarray(((sight.visibility > 0.0).sum(axis=1) >= MIN_SEEN).astype(float))


def _fullest(sight: Sight) -> slice:
    """Give the piece in which most is seen, by camera and sensor."""
    known = (sight.visibility.sum(axis=1) + sight.sureness.sum(axis=1)).cumsum()
    total = known[PIECE:] - known[:-PIECE]
    first = int(np.argmax(total))
    return slice(first, first + PIECE)


def _pieces(frames: int) -> Iterator[tuple[slice, slice]]:
    """Give pieces with their overlaps, and of each what is kept."""
    for begin in range(0, frames, PIECE):
        end = min(begin + PIECE, frames)
        low, high = max(begin - OVERLAP, 0), min(end + OVERLAP, frames)
        yield slice(low, high), slice(begin - low, end - low)
