"""Stage 5's table read as transitions: the exact (x_t, dh, x_t+dh) of any pair, by its index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from schemas.dataset import Part, TransitionArrays


@dataclass(frozen=True)
class Transitions:
    """States stored once, pairs as indices into them; x is the state flattened by the dataset's feature table."""

    table: TransitionArrays

    def pairs(self, part: Literal["train", "held_out"]) -> Int[np.ndarray, "pairs 2"]:
        """Give every (t, dh) of a part."""
        return self.table.train_pairs if part == "train" else self.table.held_out_pairs

    def anchors(self, part: Part) -> Int[np.ndarray, "anchors"]:
        """Give the rows of a part."""
        return np.flatnonzero(self.table.part == part)

    def read(
        self, part: Literal["train", "held_out"], index: Int[np.ndarray, "batch"]
    ) -> tuple[Float[np.ndarray, "batch features"], Int[np.ndarray, "batch"], Float[np.ndarray, "batch features"]]:
        """Give transitions by their index.

        Args:
            part: Which pairs.
            index: Pairs wanted, any order, repeats allowed.

        Returns:
            x_t, dh in frames, and x_t+dh: the very numbers of the table.
        """
        t, dh = self.pairs(part)[index].T
        x = self.table.states.reshape(len(self.table.states), -1)
        return x[t], dh, x[t + dh]
