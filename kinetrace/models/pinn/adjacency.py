"""Which joints hear which: the skeleton's own bones, normalised."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from schemas.errors import ComputeError


def normalised_adjacency(joints: int, bones: Sequence[tuple[int, int]]) -> Float[Tensor, "joints joints"]:
    """Give D^-1/2 (A + I) D^-1/2 of an undirected graph (Kipf & Welling 2017, eq. 2); its largest eigenvalue is 1.

    Args:
        joints: How many.
        bones: Pairs of joints.

    Raises:
        ComputeError: A bone ends in a joint that is not there.
    """
    if any(not 0 <= end < joints for bone in bones for end in bone):
        raise ComputeError(
            where="pinn adjacency", field="bones", expected=f"joints 0 to {joints - 1}", found=str(tuple(bones))[:80],
            fix="Name bones by the rows of the joints.",
        )  # fmt: skip
    adjacency = torch.eye(joints)
    for a, b in bones:
        adjacency[a, b] = adjacency[b, a] = 1.0
    root = adjacency.sum(dim=1).rsqrt()
    return root[:, None] * adjacency * root
