"""Bodies as the pose network gives them: landmarks, the turned square around them, their course and their colours.

Used inside the limited process: needs nothing but numpy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

MARGIN = 1.25
"""MediaPipe's square is so much larger than the circle around the body (pose_landmarks_to_roi.pbtxt)."""
SAME_BODY = 0.08
"""Two bodies whose hips and shoulders are nearer than this part of their squares are one person."""
LEARN = 0.05
"""How much of a track's colours each frame renews: shade changes slowly, an arm before the trunk passes."""
_INNER = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Square:
    """A turned square of the frame: centre, side [px], angle of the body from upright (clockwise in the image) [rad]."""

    x: float
    y: float
    side: float
    angle: float

    def distance(self, other: Square) -> float:
        """Give how far another's centre is from this one's [px]."""
        return float(np.hypot(self.x - other.x, self.y - other.y))


@dataclass(frozen=True)
class Body:
    """Landmarks of one person in one frame [px of the frame as it is fed], where to look in the next, and their colours."""

    points: Any
    visibility: Any
    square: Square
    colours: Any

    def trunk(self) -> Any:
        """Give the middles of the shoulders and of the hips."""
        return np.stack((self.points[11:13].mean(axis=0), self.points[23:25].mean(axis=0)))

    def centre(self) -> Any:
        """Give the middle of the trunk."""
        return self.trunk().mean(axis=0)


@dataclass
class Track:
    """One person who is followed, or was lost a moment ago.

    Attributes:
        number: Their number.
        body: As last seen.
        since: Frame in which they were found.
        seen: Frame in which they were last seen.
    """

    number: int
    body: Body
    since: int
    seen: int
    speed: Any = field(default_factory=lambda: np.zeros(2))
    first: Body = field(init=False)
    colours: Any = field(init=False)

    def __post_init__(self) -> None:
        self.first, self.colours = self.body, self.body.colours

    def surprise(self, body: Body) -> float:
        """Tell how far a body is off this person's course, in sides of their square."""
        return float(np.linalg.norm(body.centre() - self.body.centre() - self.speed)) / self.body.square.side

    def unlike(self, body: Body) -> float:
        """Tell how much a body's colours differ from this person's [0 to 255]."""
        return float(np.sqrt(np.mean((body.colours - self.colours) ** 2)))

    def goes_on(self, body: Body, frame: int) -> None:
        """Take a later frame's body."""
        step = (body.centre() - self.body.centre()) / max(frame - self.seen, 1)
        self.speed = 0.7 * self.speed + 0.3 * step
        self.colours = (1.0 - LEARN) * self.colours + LEARN * body.colours
        self.body, self.seen = body, frame

    def expected(self, frame: int) -> Square:
        """Give where a person who was lost should be by their course."""
        square, ahead = self.body.square, self.speed * (frame - self.seen)
        return Square(square.x + ahead[0], square.y + ahead[1], square.side, square.angle)


def square_of(centre: Any, rim: Any) -> Square:
    """Give the square around a body from its centre and a point on the circle around it, above the head."""
    along = rim - centre
    angle = np.pi / 2 - np.arctan2(-along[1], along[0])
    angle -= 2 * np.pi * np.floor((angle + np.pi) / (2 * np.pi))
    return Square(float(centre[0]), float(centre[1]), float(2 * MARGIN * np.hypot(*along)), float(angle))


def turned_back(square: Square, size: tuple[int, int], turn: int, at: tuple[int, int]) -> Square:
    """Give a square that was found in a part of a frame, turned, as one of the frame.

    Args:
        square: In the turned part.
        size: Columns and rows of the part before it was turned.
        turn: By how many counter-clockwise quarters.
        at: Where the part begins in the frame.
    """
    (columns, rows), x, y = size, square.x, square.y
    places = ((x, y), (columns - y, x), (columns - x, rows - y), (y, rows - x))
    back_x, back_y = places[turn % 4]
    return Square(back_x + at[0], back_y + at[1], square.side, square.angle + turn * np.pi / 2)


def same_body(one: Body, other: Body) -> bool:
    """Tell whether two bodies have shoulders and hips in the same places."""
    off = np.linalg.norm(one.trunk() - other.trunk(), axis=1).mean()
    return bool(off < SAME_BODY * min(one.square.side, other.square.side))


def colours_of(pixels: Any, points: Any) -> Any:
    """Give the middle colours of the trunk and of the thighs: two times red, green, blue.

    Args:
        pixels: The frame.
        points: The landmarks in it.
    """
    trunk = [
        (1 - a) * ((1 - b) * points[11] + b * points[12]) + a * ((1 - b) * points[23] + b * points[24])
        for a in _INNER
        for b in _INNER
    ]
    thighs = [(1 - a) * points[hip] + a * points[hip + 2] for hip in (23, 24) for a in _INNER]
    return np.concatenate([_middle(pixels, np.array(part)) for part in (trunk, thighs)])


def _middle(pixels: Any, places: Any) -> Any:
    rows, columns = pixels.shape[:2]
    x = np.clip(np.rint(places[:, 0]).astype(int), 0, columns - 1)
    y = np.clip(np.rint(places[:, 1]).astype(int), 0, rows - 1)
    return np.median(pixels[y, x].astype(float), axis=0)
