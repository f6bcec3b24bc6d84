"""The motions that training draws from: bone directions and the pelvis's path of every recording, at 30 Hz."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from kinetrace.models.lifter.features import RATE_HZ
from kinetrace.models.lifter.mirror import mirrored_joints
from kinetrace.models.lifter.rigid import LINKS
from kinetrace.motion.skeletons import INDEX
from kinetrace.training.lifter.division import LifterRecording
from kinetrace.training.lifter.proportions import leg_length, proportions, skeleton
from kinetrace.training.lifter.variety import varied
from schemas.errors import ComputeError

SPEEDS = (0.8, 1.0, 1.25)
"""Each recording is played at these speeds."""
BALANCE = 0.5
"""A movement is drawn as its number of frames to this power."""
FAVOURED = {"walking": 3.0, "sit_to_stand": 2.5, "deep_squat": 2.5}
"""Movements that the pipeline is most used for are drawn more often."""


@dataclass(frozen=True)
class MotionTable:
    """All motions in one row.

    Attributes:
        directions: Unit bone vectors in the order of `proportions.LINKS`.
        root: Pelvis over the floor and the ground, in leg lengths of the one who moves.
        starts: First frame of each motion.
        counts: Its frames.
        shares: How often each is drawn; sums to 1.
    """

    directions: Float[Tensor, "frames links 3"]
    root: Float[Tensor, "frames 3"]
    starts: Int[Tensor, "motions"]
    counts: Int[Tensor, "motions"]
    shares: Float[Tensor, "motions"]

    def draw(
        self, clips: int, frames: int, generator: torch.Generator, variety: float = 1.0
    ) -> Float[Tensor, "clips frames 21 3"]:
        """Draw stretches of motion, each by a body of its own, half of them in a mirror; in statures, floor at 0.

        A motion shorter than the clip is played to and fro. `variety` 0 leaves poses as they were recorded.
        """
        motion = torch.multinomial(self.shares, clips, True, generator=generator)
        count = self.counts[motion]
        first = (torch.rand(clips, generator=generator) * (count - frames + 1).clamp(min=1)).long()
        place = first[:, None] + torch.arange(frames)
        period = (2 * count - 2).clamp(min=1)[:, None]
        place = place % period
        place = torch.minimum(place, period - place).clamp(max=count[:, None] - 1)
        index = self.starts[motion][:, None] + place
        lengths = proportions(clips, generator)
        joints = skeleton(varied(self.directions[index], generator, variety), lengths)
        joints = joints + (self.root[index] * leg_length(lengths)[:, None, None])[:, :, None]
        mirror = torch.rand(clips, 1, 1, 1, generator=generator) < 0.5
        return torch.where(mirror, mirrored_joints(joints), joints)

    @property
    def digest(self) -> str:
        """Give the SHA-256 of everything that clips are drawn from."""
        found = hashlib.sha256()
        for part in (self.directions, self.root, self.starts, self.counts, self.shares):
            found.update(part.contiguous().numpy().tobytes())
        return found.hexdigest()


def motion_table(recordings: Sequence[LifterRecording], speeds: Iterable[float] = SPEEDS) -> MotionTable:
    """Lay recordings out.

    Raises:
        ComputeError: There is none.
    """
    if not recordings:
        raise ComputeError(
            where="lifter training", field="recordings", expected="one or more with all of BODY21", found="none",
            fix="Build the corpus from UI-PRMD (Vicon) and CMU recordings, and hold fewer subjects out.",
        )  # fmt: skip
    directions, root, counts, names = [], [], [], []
    for one in recordings:
        for speed in speeds:
            places = resampled(one.positions, one.fps, speed)
            vectors = np.stack([places[:, child] - places[:, parent] for parent, child in LINKS], 1)
            lengths = np.linalg.norm(vectors, axis=2)
            leg = sum(float(np.median(lengths[:, k])) for k in (1, 2, 6, 7)) / 2
            directions.append((vectors / np.maximum(lengths, 1e-6)[..., None]).astype(np.float32))
            root.append((places[:, INDEX["pelvis"]] / leg).astype(np.float32))
            counts.append(len(places))
            names.append(one.movement)
    number = torch.tensor(counts)
    return MotionTable(
        torch.from_numpy(np.concatenate(directions)), torch.from_numpy(np.concatenate(root)),
        number.cumsum(0) - number, number, _shares(names, number),
    )  # fmt: skip


def _shares(movements: Sequence[str], counts: Int[Tensor, "motions"]) -> Float[Tensor, "motions"]:
    """Give each movement its share, and each motion its part of that by its frames."""
    shares = torch.zeros(len(movements), dtype=torch.float64)
    for name in sorted(set(movements)):
        member = torch.tensor([other == name for other in movements])
        frames = counts * member
        shares += frames / frames.sum() * float(frames.sum()) ** BALANCE * FAVOURED.get(name, 1.0)
    return shares / shares.sum()


def resampled(positions: Float[np.ndarray, "frames 21 3"], fps: float, speed: float) -> Float[np.ndarray, "steps 21 3"]:
    """Read a recording at 30 Hz as if it were faster, between its frames linearly."""
    steps = max(1, int(np.floor((len(positions) - 1) * RATE_HZ / (fps * speed) + 1e-9)) + 1)
    place = np.arange(steps) * fps * speed / RATE_HZ
    low = np.minimum(np.floor(place).astype(int), max(0, len(positions) - 2))
    high = np.minimum(low + 1, len(positions) - 1)
    part = (place - low)[:, None, None]
    return np.asarray((1 - part) * positions[low] + part * positions[high])
