"""How far a lifted skeleton is from the true one."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from kinetrace.motion.skeletons import BONES

Array = np.ndarray


def joint_errors(
    positions: Float[Array, "frames joints 3"], truth: Float[Array, "frames joints 3"]
) -> Float[Array, "frames joints"]:
    """Give the distance of each joint from the true one, both from the pelvis."""
    return np.asarray(np.linalg.norm(positions - truth, axis=2))


def aligned_errors(
    positions: Float[Array, "frames joints 3"], truth: Float[Array, "frames joints 3"]
) -> Float[Array, "frames joints"]:
    """Give what is left of each joint's error after the best turn, size and place of each frame (Procrustes).

    Umeyama 1991; a mirror image is no turn.
    """
    ours, theirs = (p - p.mean(axis=1, keepdims=True) for p in (positions, truth))
    left, size, right = np.linalg.svd(np.einsum("fji,fjk->fik", ours, theirs))
    sign = np.ones((len(ours), 3))
    sign[:, 2] = np.sign(np.linalg.det(np.einsum("fij,fjk->fik", left, right)))
    turn = np.einsum("fij,fj,fjk->fik", left, sign, right)
    scale = (size * sign).sum(axis=1) / np.maximum((ours**2).sum(axis=(1, 2)), 1e-12)
    return joint_errors(scale[:, None, None] * np.einsum("fji,fik->fjk", ours, turn), theirs)


def bone_errors(
    positions: Float[Array, "frames joints 3"], truth: Float[Array, "frames joints 3"]
) -> Float[Array, "frames bones"]:
    """Give by what part of its true length each bone is too long or too short."""
    ours, theirs = (
        np.stack([np.linalg.norm(p[:, a] - p[:, b], axis=1) for a, b in BONES], axis=1) for p in (positions, truth)
    )
    return np.asarray(np.abs(ours - theirs) / np.maximum(theirs, 1e-9))
