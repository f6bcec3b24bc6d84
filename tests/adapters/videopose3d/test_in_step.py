"""Depth that comes late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from adapters.videopose3d.in_step import TRIED, frames_late
from schemas.errors import CaptureError

SIZE = (640, 480)
FRAMES = 60


@dataclass
class Passing:
    """A board 2 m away that crosses the image before a wall at 4 m; its depth comes late."""

    late: int
    speed: float = 6.0

    def centre(self, frame: int) -> float:
        return 100.0 + self.speed * frame

    def at(self, frame: int) -> tuple[np.ndarray, np.ndarray] | None:
        if not self.has(frame):
            return None
        depth = np.full((192, 256), 4.0, np.float32)
        middle = self.centre(frame - self.late) * 256 / 640
        depth[40:160, max(int(middle) - 14, 0) : max(int(middle) + 14, 0)] = 2.0
        return depth, np.full(depth.shape, 2, np.uint8)

    def has(self, frame: int) -> bool:
        return 0 <= frame < FRAMES

    def places(self) -> np.ndarray:
        """Places on the board, some near its edges."""
        offsets = np.array([-31.0, -26.0, -18.0, 0.0, 8.0, 18.0, 26.0, 31.0])
        x = np.array([[self.centre(frame) for frame in range(FRAMES)]]).T + offsets
        return np.stack((x, np.full_like(x, 240.0)), axis=2)


def find(passing: Passing) -> int:
    places = passing.places()
    return frames_late(passing, places, np.ones(places.shape[:2]), SIZE, "film")


@pytest.mark.parametrize("late", [-4, -2, 0, 1, 3, 5])
def test_the_delay_is_found(late: int) -> None:
    assert abs(find(Passing(late)) - late) <= (0 if abs(late) != 1 else 1)


def test_of_somebody_who_stands_nothing_can_be_told() -> None:
    assert find(Passing(3, speed=0.5)) == 0


def test_a_delay_that_is_too_long_is_refused() -> None:
    with pytest.raises(CaptureError, match="out of step by 6 frames or more"):
        find(Passing(TRIED))
