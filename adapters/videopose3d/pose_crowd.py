"""Everybody in a film, each followed from frame to frame by a crop of their own, told apart by course and colours.

Used inside the limited process: needs nothing but numpy.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from adapters.videopose3d.pose_bodies import Body, Square, Track, colours_of, same_body, square_of, turned_back

SMALLEST_PX = 32.0
"""Of a square: a person in it has fewer pixels than the network can use."""
LEAP = 0.35
"""A body that moves by more than this part of its square beyond its course has become someone else."""
NEARER = 12.0
"""Colours tell two people apart if a body is this much nearer to the one's than to the other's, of 255."""
ALIKE = 45.0
"""Someone who was lost is not found again in a body whose colours differ by more: an arm before the trunk makes 40."""
KNOWN = 0.12
"""Who is found nearer than this part of their square to someone who is followed is that one."""
TICK, TICK_ALONE = 8, 2
"""Frames between looks for people: while somebody is followed, and while nobody is."""
LOST_FRAMES = 30
"""So long a person who was lost is looked for where they were, or should be by now."""
SURE_FRAMES = 5
"""Who was followed so long is there, …"""
BACK_FRAMES = 32
""" … and is followed back so far: the looks for people go round four windows in this time."""
Window = tuple[float, float, float, float]
"""Left, top, width, height [px]."""


@runtime_checkable
class Networks(Protocol):
    """What is asked of the pose network."""

    def image(self, pixels: Any) -> Any:
        """Make what `landmarks` takes of RGB pixels."""

    def detect(self, pixels: Any) -> list[tuple[Any, Any]]:
        """Find people in an upright picture: the body's centre and a point on the circle around it, above the head."""

    def landmarks(self, image: Any, size: tuple[int, int], square: Square) -> tuple[Any, Any, Any, Any] | None:
        """Find the person in a square: points, visibility, and centre and point on the circle for the next frame."""


@dataclass(frozen=True)
class Moment:
    """A frame: its time stamp, its picture, and who was in it."""

    stamp: int
    pixels: Any
    image: Any
    bodies: list[Body]


class Crowd:
    """Everybody who is followed, and where the next newcomer is looked for.

    Args:
        networks: The pose network.
        size: Columns and rows of the frames.
        turns: Counter-clockwise quarter turns in which people are looked for, the likely one first.
        people: How many are followed at once.
    """

    def __init__(self, networks: Networks, size: tuple[int, int], turns: list[int], people: int) -> None:
        self._networks, self._size, self._turns, self._people = networks, size, turns, people
        self._tracks: list[Track] = []
        self._lost: list[Track] = []
        self._past: deque[Moment] = deque(maxlen=BACK_FRAMES + SURE_FRAMES)
        self._frame = self._looks = self._numbers = 0

    def step(self, stamp: int, pixels: Any) -> Iterator[tuple[int, int, Body]]:
        """Follow everybody into the next frame, and look for others.

        Yields:
            Time stamp, number of the person, body: of this frame, and of earlier ones in which a newcomer was already.
        """
        self._frame += 1
        now = Moment(stamp, pixels, self._networks.image(pixels), [])
        self._follow(now)
        self._lost = [track for track in self._lost if self._frame - track.seen < LOST_FRAMES][-self._people :]
        self._find_lost(now)
        if self._frame % (TICK if self._tracks else TICK_ALONE) == 0 or (self._lost and self._frame % TICK_ALONE == 0):
            self._find_others(now)
        self._tracks.sort(key=lambda track: track.number)
        now.bodies.extend(track.body for track in self._tracks)
        self._past.append(now)
        for track in self._tracks:
            yield stamp, track.number, track.body
            if self._frame - track.since == SURE_FRAMES - 1:
                yield from self._before(track)

    def _follow(self, now: Moment) -> None:
        """Follow everybody; where two have become one, whoever looks like the body keeps it, or who stayed on course."""
        claims = []
        for track in self._tracks:
            body = self._body(now, track.body.square)
            if body is not None and track.surprise(body) < LEAP:
                claims.append((track, body))
            else:
                self._lost.append(track)
        kept: list[tuple[Track, Body]] = []
        for track, body in sorted(claims, key=lambda claim: claim[0].surprise(claim[1])):
            rival = next((i for i, (_, other) in enumerate(kept) if same_body(body, other)), None)
            if rival is None:
                kept.append((track, body))
            elif track.unlike(body) + NEARER < kept[rival][0].unlike(body):
                self._lost.append(kept[rival][0])
                kept[rival] = (track, body)
            else:
                self._lost.append(track)
        self._tracks = [self._owner(track, body) for track, body in kept]
        for track, (_, body) in zip(self._tracks, kept, strict=True):
            track.goes_on(body, self._frame)

    def _owner(self, track: Track, body: Body) -> Track:
        """Give whose body it is: someone's who was lost just here, if it looks like them and not like who was followed."""
        for lost in self._lost:
            near = lost.expected(self._frame).distance(body.square) < 0.5 * lost.body.square.side
            if lost is not track and near and lost.unlike(body) + NEARER < track.unlike(body):
                self._lost = [one for one in self._lost if one is not lost] + [track]
                return lost
        return track

    def _find_lost(self, now: Moment) -> None:
        """Look for those who were lost where they were, and where their course led."""
        for lost in list(self._lost):
            if lost.seen == self._frame or (self._frame - lost.seen) % TICK_ALONE or len(self._tracks) >= self._people:
                continue
            for square in (lost.expected(self._frame), lost.body.square):
                body = self._body(now, square)
                if body is not None and self._is(lost, body):
                    self._resume(lost, body)
                    break

    def _is(self, lost: Track, body: Body) -> bool:
        if lost.unlike(body) > ALIKE or any(same_body(body, track.body) for track in self._tracks):
            return False
        return all(lost.unlike(body) < track.unlike(body) + NEARER for track in self._tracks)

    def _resume(self, lost: Track, body: Body) -> None:
        self._lost = [one for one in self._lost if one is not lost]
        lost.goes_on(body, self._frame)
        self._tracks.append(lost)

    def _find_others(self, now: Moment) -> None:
        for square in self._candidates(now.pixels):
            if any(square.distance(track.body.square) < KNOWN * square.side for track in self._tracks):
                continue
            body = self._body(now, square) if len(self._tracks) < self._people else None
            if body is None or any(same_body(body, track.body) for track in self._tracks):
                continue
            known = [
                one for one in self._lost if one.expected(self._frame).distance(body.square) < 0.5 * body.square.side
            ]
            known = [one for one in known if self._is(one, body)]
            if known:
                self._resume(min(known, key=lambda one: one.unlike(body)), body)
                continue
            self._numbers += 1
            self._tracks.append(Track(self._numbers, body, self._frame, self._frame))

    def _before(self, track: Track) -> Iterator[tuple[int, int, Body]]:
        """Follow a newcomer back from where they were found."""
        back = Track(track.number, track.first, 0, 0)
        for ago, moment in enumerate(list(self._past)[-SURE_FRAMES - 1 :: -1], start=1):
            body = self._body(moment, back.body.square)
            if body is None or back.surprise(body) >= LEAP or any(same_body(body, other) for other in moment.bodies):
                return
            back.goes_on(body, ago)
            yield moment.stamp, track.number, body

    def _body(self, now: Moment, square: Square) -> Body | None:
        seen = self._networks.landmarks(now.image, self._size, square)
        if seen is None:
            return None
        points, visibility, centre, rim = seen
        body = Body(points, visibility, square_of(centre, rim), colours_of(now.pixels, points))
        x, y = body.centre()
        inside = 0 <= x < self._size[0] and 0 <= y < self._size[1]
        return body if inside and body.square.side >= SMALLEST_PX else None

    def _candidates(self, pixels: Any) -> list[Square]:
        """Detect in the next window: the whole frame and squares of it in turn, or where somebody was lost."""
        looks, self._looks = self._looks, self._looks + 1
        columns, rows = self._size
        if self._lost and looks % 2:
            at = self._lost[looks // 2 % len(self._lost)].expected(self._frame)
            side = min(1.2 * at.side, float(min(columns, rows)))
            return self._detect(pixels, (at.x - side / 2, at.y - side / 2, side, side), self._turns[0])
        turns = self._turns if not self._numbers else self._turns[:1]
        windows = [(window, turn) for turn in turns for window in windows_of(columns, rows)]
        window, turn = windows[looks % len(windows)]
        return self._detect(pixels, window, turn)

    def _detect(self, pixels: Any, window: Window, turn: int) -> list[Square]:
        x, y = (max(0, round(start)) for start in window[:2])
        part = pixels[y : max(0, round(window[1] + window[3])), x : max(0, round(window[0] + window[2]))]
        if min(part.shape[:2]) < SMALLEST_PX:
            return []
        found = [square_of(*pair) for pair in self._networks.detect(np.rot90(part, turn))]
        return [turned_back(square, (part.shape[1], part.shape[0]), turn, (x, y)) for square in found]


def windows_of(columns: int, rows: int) -> list[Window]:
    """Give the parts of a frame in which people are looked for: all of it, and overlapping squares along its long side."""
    side, long = float(min(columns, rows)), float(max(columns, rows))
    count = 1 + int(np.ceil((long - side) / (0.5 * side)))
    starts = np.linspace(0.0, long - side, count) if long > side else np.zeros(0)
    squares = [(s, 0.0, side, side) if columns >= rows else (0.0, s, side, side) for s in starts.tolist()]
    return [(0.0, 0.0, float(columns), float(rows)), *squares]
