"""Every window that training draws from: complete recordings at several speeds, data sets taking turns."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from kinetrace.models.corrector.network import WINDOW
from kinetrace.training.corrector.recordings import Recording, at_rate
from schemas.errors import ComputeError


@dataclass(frozen=True)
class WindowTable:
    """All recordings end to end.

    Attributes:
        positions: World [m].
        recorded: A row a recording and speed: the joints that it has.
        owner: Row of `recorded`, a window.
        starts: First frame of every window, data set after data set.
        counts: Windows a data set.
    """

    positions: Float[np.ndarray, "frames joints 3"]
    recorded: Bool[np.ndarray, "rows joints"]
    owner: Int[np.ndarray, "windows"]
    starts: Int[np.ndarray, "windows"]
    counts: tuple[int, ...]

    def draw(
        self, size: int, random: np.random.Generator
    ) -> tuple[Float[Tensor, "n frames joints 3"], Bool[Tensor, "n frames joints"]]:
        """Draw windows: each data set as often, then any of its windows."""
        ends = np.cumsum(self.counts)
        source = random.integers(len(self.counts), size=size)
        at = ends[source] - 1 - (random.random(size) * np.array(self.counts)[source]).astype(np.int64)
        rows = self.starts[at, None] + np.arange(WINDOW)
        present = np.broadcast_to(self.recorded[self.owner[at]][:, None], (size, WINDOW, self.recorded.shape[1]))
        return torch.from_numpy(self.positions[rows]), torch.from_numpy(present.copy())

    def digest(self) -> str:
        """Give the SHA-256 of everything that batches are drawn from."""
        found = hashlib.sha256(repr(self.counts).encode())
        for array in (self.positions, self.recorded, self.owner, self.starts):
            found.update(np.ascontiguousarray(array).tobytes())
        return found.hexdigest()


def window_table(recordings: Sequence[Recording], speeds: Sequence[float]) -> WindowTable:
    """Lay recordings out at every speed.

    Args:
        recordings: At any rate; shorter ones than a window give none.
        speeds: Played at so many Hz; 60 is how people move.

    Raises:
        ComputeError: No recording is as long as a window.
    """
    positions: list[Float[np.ndarray, "_ joints 3"]] = []
    recorded: list[Bool[np.ndarray, "joints"]] = []
    owner: list[Int[np.ndarray, "_"]] = []
    starts: list[Int[np.ndarray, "_"]] = []
    counts: dict[str, int] = {}
    frames = 0
    for one in sorted(recordings, key=lambda r: (r.source, r.name)):
        for speed in speeds:
            played = at_rate(one, speed).positions.astype(np.float32)
            if (windows := len(played) - WINDOW + 1) < 1:
                continue
            owner.append(np.full(windows, len(recorded)))
            starts.append(frames + np.arange(windows))
            positions.append(played)
            recorded.append(one.recorded)
            frames += len(played)
            counts[one.source] = counts.get(one.source, 0) + windows
    if not positions:
        raise ComputeError(
            where="corrector training", field="recordings", expected=f"one of at least {WINDOW} complete frames at 60 Hz",
            found=f"{len(recordings)}, none so long", fix="Give longer recordings.",
        )  # fmt: skip
    return WindowTable(
        np.concatenate(positions),
        np.stack(recorded),
        np.concatenate(owner),
        np.concatenate(starts),
        tuple(counts.values()),
    )
