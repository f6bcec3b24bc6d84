"""Forward kinematics of a tree of joints: rotations and offsets in, places out."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float


def joint_places(
    root: Float[np.ndarray, "frames 3"],
    offsets: Float[np.ndarray, "frames joints 3"],
    parents: tuple[int, ...],
    rotations: Float[np.ndarray, "frames joints 3 3"],
) -> Float[np.ndarray, "frames joints 3"]:
    """Place every joint: p_i = p_parent + G_parent o_i with G_i = G_parent R_i.

    Args:
        root: Place of the first joint.
        offsets: Each joint from its parent, in the parent's turned frame; the first joint's is not used.
        parents: Each joint's parent, which comes before it; -1 for the first joint, and only for it.
        rotations: Each joint's turn relative to its parent, for column vectors.

    Returns:
        Places, in the unit of the offsets.

    Raises:
        ValueError: A joint stands before its parent.
    """
    if parents[0] != -1 or any(not 0 <= parent < joint for joint, parent in enumerate(parents) if joint):
        raise ValueError(f"each joint must come after its parent, got parents {parents}")
    turned = np.empty_like(rotations)
    places = np.empty_like(offsets)
    turned[:, 0], places[:, 0] = rotations[:, 0], root
    for joint, parent in list(enumerate(parents))[1:]:
        places[:, joint] = places[:, parent] + np.einsum("tij,tj->ti", turned[:, parent], offsets[:, joint])
        turned[:, joint] = turned[:, parent] @ rotations[:, joint]
    return places
