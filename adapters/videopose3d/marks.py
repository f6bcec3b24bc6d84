"""What each joint of the fused body rests on: measured, inferred or missing."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float, UInt8
from scipy.ndimage import maximum_filter1d

from adapters.videopose3d.evidence import DEPTH_NOISE_M
from adapters.videopose3d.points import POINTS
from adapters.videopose3d.sight import Sight
from adapters.videopose3d.surface import AT
from kinetrace.motion.skeletons import BODY21, INDEX
from schemas.motion import Validity

SEEN: Final = 0.5
"""The pose network's visibility from which a point counts as seen: its own threshold."""
UNSEEN_S: Final = 0.5
"""A point that is seen at no time within this of a frame is not known there: the lifter's guess has nothing to hold to."""
DEPTH_SHARE: Final = 0.25
"""Depth has its say in a point where some place beside it keeps this much of its weight."""

_MADE_OF: Final[dict[str, tuple[str, ...]]] = {
    "pelvis": ("r_hip", "l_hip"), "thorax": ("r_shoulder", "l_shoulder"),
    "spine": ("r_hip", "l_hip", "r_shoulder", "l_shoulder"), "neck": ("r_shoulder", "l_shoulder", "skull"),
    "head": ("skull",),
}  # fmt: skip
_INFERRED: Final = ("spine", "neck", "head")
"""Placed along the trunk by published proportions, whatever was seen."""


def marks(
    sight: Sight, depth_weight: Float[np.ndarray, "frames places"], *, with_depth: bool
) -> UInt8[np.ndarray, "frames 21"]:
    """Mark every joint of every frame.

    A point is measured where the network sees it and, in a recording with depth, where depth speaks for a place of which
    it is an end (without depth, what is measured is its direction: how far away it is rests on lifter, bones and stature);
    inferred where lifter, bones and neighbouring frames hold it; missing where nothing did for long.

    Args:
        sight: What was known.
        depth_weight: Of the fusion.
        with_depth: The recording has LiDAR.
    """
    seen = sight.visibility >= SEEN
    measured = seen.copy()
    if with_depth:
        spoke = depth_weight * DEPTH_NOISE_M**2 > DEPTH_SHARE
        measured &= spoke.astype(float) @ (AT > 0.0).astype(float) > 0.0
    frames = 2 * round(UNSEEN_S / float(np.median(np.diff(sight.time)))) + 1
    near = maximum_filter1d((sight.visibility > 0.0).astype(np.uint8), frames, axis=0, mode="nearest") > 0
    someone = (sight.visibility > 0.0).any(axis=1, keepdims=True)
    points = np.where(measured, Validity.MEASURED, Validity.INFERRED).astype(np.uint8)
    points[~(near & someone)] = Validity.MISSING
    return _of_body21(points)


def _of_body21(points: UInt8[np.ndarray, "frames 17"]) -> UInt8[np.ndarray, "frames 21"]:
    out = np.zeros((len(points), len(BODY21)), dtype=np.uint8)
    for name, column in INDEX.items():
        sources = [POINTS.index(point) for point in _MADE_OF.get(name, (name,))]
        out[:, column] = points[:, sources].min(axis=1)
        if name in _INFERRED:
            out[:, column] = np.minimum(out[:, column], Validity.INFERRED)
    return out
