"""What the pose network saw in a film: 33 landmarks a frame, of the person who was followed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float

LANDMARKS: Final[tuple[str, ...]] = (
    "nose", "l_eye_inner", "l_eye", "l_eye_outer", "r_eye_inner", "r_eye", "r_eye_outer", "l_ear", "r_ear",
    "l_mouth", "r_mouth", "l_shoulder", "r_shoulder", "l_elbow", "r_elbow", "l_wrist", "r_wrist", "l_pinky", "r_pinky",
    "l_index", "r_index", "l_thumb", "r_thumb", "l_hip", "r_hip", "l_knee", "r_knee", "l_ankle", "r_ankle", "l_heel",
    "r_heel", "l_toe", "r_toe",
)  # fmt: skip
"""MediaPipe's pose landmarks, in its order; left is the person's own left."""

Progress = Callable[[Iterable[bytes], str, float | None], Iterable[bytes]]
"""Shows a bar while going through items, as `StageRun.progress` does: items, description, how many."""


@dataclass(frozen=True)
class Landmarks:
    """Landmarks of one person.

    Attributes:
        time: Of the film's frames, from its own time stamps [s].
        points: Pixels of the stored film (before turning it upright), x right, y down; NaN where not seen.
        visibility: 0 to 1, as the network says; 0 where not seen.
        size: Width and height of the stored film [px].
        quarter_turns: Counter-clockwise quarter turns that show the stored film upright.
        remarks: What was repaired, who else was seen, what the reader should know.
    """

    time: Float[np.ndarray, "frames"]
    points: Float[np.ndarray, "frames 33 2"]
    visibility: Float[np.ndarray, "frames 33"]
    size: tuple[int, int]
    quarter_turns: int
    remarks: tuple[str, ...] = ()
