"""Bones of one length over a clip, alike on both sides: what a lifted skeleton lacks and a body has."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.motion.skeletons import BODY21, INDEX

Array = np.ndarray

LINKS: Final = tuple(
    (INDEX[a], INDEX[b])
    for a, b in (
        ("pelvis", "r_hip"), ("r_hip", "r_knee"), ("r_knee", "r_ankle"), ("r_ankle", "r_heel"), ("r_ankle", "r_toe"),
        ("pelvis", "l_hip"), ("l_hip", "l_knee"), ("l_knee", "l_ankle"), ("l_ankle", "l_heel"), ("l_ankle", "l_toe"),
        ("pelvis", "thorax"), ("thorax", "neck"), ("neck", "head"),
        ("thorax", "l_shoulder"), ("l_shoulder", "l_elbow"), ("l_elbow", "l_wrist"),
        ("thorax", "r_shoulder"), ("r_shoulder", "r_elbow"), ("r_elbow", "r_wrist"),
    )
)  # fmt: skip
"""Parent and child, parents first; the spine is the midpoint of pelvis and thorax, as everywhere in BODY21."""
_PARTNER: Final = tuple(
    [child for _, child in LINKS].index(INDEX[{"l_": "r_", "r_": "l_"}.get(name[:2], name[:2]) + name[2:]])
    for name in (BODY21[child] for _, child in LINKS)
)


def with_rigid_bones(positions: Float[Array, "frames 21 3"]) -> Float[Array, "frames 21 3"]:
    """Lay a skeleton out again along its own bones' directions, each with one length.

    Args:
        positions: From the pelvis, which stays at the origin.

    Returns:
        The same clip; a bone has the median of its lengths, the mean of left and right.
    """
    bones = np.stack([positions[:, child] - positions[:, parent] for parent, child in LINKS], axis=1)
    lengths = np.linalg.norm(bones, axis=2)
    one = np.median(lengths, axis=0)
    one = (one + one[list(_PARTNER)]) / 2.0
    bones = bones / np.maximum(lengths, 1e-6)[..., None] * one[:, None]
    found = np.zeros_like(positions)
    for number, (parent, child) in enumerate(LINKS):
        found[:, child] = found[:, parent] + bones[:, number]
    found[:, INDEX["spine"]] = found[:, INDEX["thorax"]] / 2.0
    return found
