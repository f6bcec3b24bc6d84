"""People that the lifter has not seen, filmed by cameras that it has not seen."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import torch
from jaxtyping import Float

from kinetrace.models.heading import facing_yaw
from kinetrace.motion.segment_parameters import LEG_OF_STATURE
from kinetrace.motion.skeletons import INDEX, joint_index
from kinetrace.training.lifter.cameras import draw_cameras
from kinetrace.training.lifter.division import LifterRecording
from kinetrace.training.lifter.draws import JUDGING
from kinetrace.training.lifter.film import film
from kinetrace.training.lifter.motions import resampled

VIEWS: Final = {"front": 0.0, "side": 90.0, "back": 180.0}
WITHIN_DEG: Final = 30.0
"""A view is off by at most this."""
EVERY: Final = 5
"""Of the UI-PRMD takes, ten repetitions of each movement, two are looked at."""
LONGEST_S: Final = 12.0
CMU: Final = "cmu_test"
LEGS: Final = joint_index(
    "r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle", "r_heel", "r_toe", "l_heel", "l_toe"
)  # fmt: skip
ENOUGH_POINTS: Final = 12
"""Frames with fewer points are lifted, but nothing is measured on them."""


@dataclass(frozen=True)
class Trial:
    """One take through one camera.

    Attributes:
        who: Whose it is, and of which data set.
        view: Key of VIEWS.
        rays: To KEYPOINTS.
        confidence: Of each.
        truth: From the pelvis, in the frame of the rays [statures].
        whole: Frames in which enough was seen.
        stature: [m].
        fps: [Hz].
    """

    who: str
    view: str
    rays: Float[np.ndarray, "frames points 3"]
    confidence: Float[np.ndarray, "frames points"]
    truth: Float[np.ndarray, "frames 21 3"]
    whole: np.ndarray
    stature: float
    fps: float

    @property
    def judged(self) -> list[int]:
        """Give the joints that are measured: CMU's shoulders, neck and head are other points than those of marker sets."""
        return LEGS if self.who == CMU else list(range(1, len(INDEX)))


def chosen(held_out: Sequence[LifterRecording]) -> list[LifterRecording]:
    """Give the takes that are looked at: all, but of UI-PRMD's repetitions one in five."""
    prmd = [one for one in held_out if one.source.startswith("ui_prmd")]
    return [one for one in held_out if not one.source.startswith("ui_prmd")] + prmd[::EVERY]


def statures(recordings: Sequence[LifterRecording]) -> dict[str, float]:
    """Give each person's stature [m]: none is declared.

    Where the head joint is the vertex: how high it stands, jumps aside, the median of the takes. CMU's is not, and its
    leg over 0.491 is taken (Drillis & Contini 1966, in Winter 2009).
    """
    found: dict[str, list[float]] = {}
    for one in recordings:
        places = one.positions
        if one.source.startswith("cmu"):
            sides = (("l_hip", "l_knee", "l_ankle"), ("r_hip", "r_knee", "r_ankle"))
            legs = [sum(_median_length(places, a, b) for a, b in pairwise(s)) for s in sides]
            found.setdefault(one.subject, []).append(float(np.mean(legs)) / LEG_OF_STATURE)
        elif "jump" not in one.movement:
            found.setdefault(one.subject, []).append(float(np.percentile(places[:, INDEX["head"], 1], 95.0)))
    return {who: float(np.median(values)) for who, values in sorted(found.items())}


def trials(
    recordings: Sequence[LifterRecording], tall: dict[str, float], fps: float, noise: float, round_: int = 0
) -> Iterator[Trial]:
    """Film every take from every view; the same cameras and errors every time.

    Args:
        recordings: Takes.
        tall: Stature of each subject [m].
        fps: 30 or 60 [Hz].
        noise: Times the errors of points and of their places beside joints; 0: true points.
        round_: Number of the set of cameras.
    """
    for number, one in enumerate(recordings):
        stature = tall[one.subject]
        places = resampled(one.positions, one.fps, 30.0 / fps)[: int(LONGEST_S * fps)] / stature
        joints = torch.from_numpy(places.astype(np.float32))[None]
        facing = float(facing_yaw(joints[0, :, INDEX["r_hip"]], joints[0, :, INDEX["l_hip"]]).median())
        for turn, (view, degrees) in enumerate(VIEWS.items()):
            generator = torch.Generator().manual_seed(JUDGING + 1_000_000 * round_ + 10 * number + turn)
            off = (2 * torch.rand(1, generator=generator) - 1) * math.radians(WITHIN_DEG)
            cameras = draw_cameras(
                joints[:, :, 0], generator, facing + math.radians(degrees) + off,
                torch.tensor([stature], dtype=torch.float32),
            )  # fmt: skip
            seen = film(joints, cameras, generator, noise, noise)
            confidence = seen.confidence[0].numpy()
            whole = (confidence > 0).sum(axis=1) >= ENOUGH_POINTS
            if whole.sum() >= 2:
                who = CMU if one.source.startswith("cmu") else one.subject
                yield Trial(
                    who, view, seen.rays[0].numpy(), confidence, seen.positions[0].numpy(), whole, stature, fps
                )  # fmt: skip


def _median_length(places: Float[np.ndarray, "frames 21 3"], a: str, b: str) -> float:
    return float(np.median(np.linalg.norm(places[:, INDEX[a]] - places[:, INDEX[b]], axis=1)))
