"""Who is in a film, and whom to follow: the one who moves, nearest the declared place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

JOIN_S = 1.0
"""A person who was lost is the same one when found within this time [s] …"""
JOIN_HEIGHTS = 0.6
""" … this near to where their course led, in their own heights, …"""
JOIN_SIZE = 1.5
""" … and not this much larger or smaller."""
SHORTEST_S = 0.3
"""What is seen for less is no person: the detector also finds faces in leaves."""
STEP_S = 0.2
"""Speed of limbs is taken over this time, so that it is movement and not noise [s], …"""
STRIDE_S = 0.5
""" … that of the trunk over this."""
TRAVEL = 0.25
"""What travel through the picture counts beside movement of the legs: a camera that goes along with a walker makes those
who stand travel instead."""
FAST = 0.5
"""Heights a second, from where on faster counts no more: a slow walk."""
STILL = 0.05
"""What standing still counts beside it: someone who only stands is followed where nobody moves."""
_TRUNK = (11, 12, 23, 24)
_HEIGHT_IN_TRUNKS = 3.3
"""Stature over the distance of the middle of the shoulders from that of the hips: 0.30 of stature (Winter 2009: 0.288)."""


@dataclass(frozen=True)
class Person:
    """One person's landmarks, in the frames in which they were seen.

    Attributes:
        frames: Numbers of the film's frames, rising.
        points: Pixels of the stored film.
        visibility: 0 to 1.
    """

    frames: Int[np.ndarray, "seen"]
    points: Float[np.ndarray, "seen 33 2"]
    visibility: Float[np.ndarray, "seen 33"]

    def centres(self) -> Float[np.ndarray, "seen 2"]:
        """Give the middle of the trunk [px]."""
        middles: Float[np.ndarray, "seen 2"] = self.points[:, _TRUNK].mean(axis=1)
        return middles

    def height(self) -> float:
        """Give the stature in the picture [px], from the trunk, whose length a bent knee does not change."""
        trunk = self.points[:, (11, 12)].mean(axis=1) - self.points[:, (23, 24)].mean(axis=1)
        return _HEIGHT_IN_TRUNKS * max(float(np.median(np.linalg.norm(trunk, axis=1))), 1.0)


def join(people: Sequence[Person], time: Float[np.ndarray, "frames"]) -> list[Person]:
    """Put together what was seen of one person before and after they were lost.

    Args:
        people: Pieces.
        time: Of the film's frames [s].

    Returns:
        People seen long enough, those seen first first.
    """
    waiting = sorted(people, key=lambda one: int(one.frames[0]))
    done: list[Person] = []
    for piece in waiting:
        before = [at for at, one in enumerate(done) if _goes_on(one, piece, time)]
        if before:
            nearest = max(before, key=lambda at: int(done[at].frames[-1]))
            done[nearest] = _joined(done[nearest], piece)
        else:
            done.append(piece)
    return [one for one in done if _seconds(one, time) >= SHORTEST_S]


def choose(
    people: Sequence[Person],
    time: Float[np.ndarray, "frames"],
    size: tuple[int, int],
    place: tuple[float, float] | None,
) -> int:
    """Say which one to follow.

    Args:
        people: One or more.
        time: Of the film's frames [s].
        size: Of the stored film [px].
        place: Declared place in the stored picture, 0 to 1 from the left and from the top.

    Returns:
        With a place: of those who move at all, or of all where nobody does, whoever is nearest to it most of the time.
        Without: who moves most of the time that they are seen; those who are larger, nearer to the middle and longer in
        the picture before others, as people frame whom they film.
    """
    where = np.array((0.5, 0.5) if place is None else place)
    away = [float(np.median(np.linalg.norm(one.centres() / size - where, axis=1))) for one in people]
    if place is None:
        worth = [
            (STILL + min(speed(one, time), FAST)) * _seconds(one, time) * one.height() ** 2 * max(1.0 - off, 0.1)
            for one, off in zip(people, away, strict=True)
        ]
        return int(np.argmax(worth))
    moving = [i for i, one in enumerate(people) if limbs_move(one, time)] or list(range(len(people)))
    return min(moving, key=lambda i: away[i])


def speed(person: Person, time: Float[np.ndarray, "frames"]) -> float:
    """Give how fast somebody moves most of the time, in heights a second: the legs beside the hips, and through the picture."""
    hips = person.points[:, (23, 24)].mean(axis=1, keepdims=True)
    legs = person.points[:, (25, 26, 27, 28)] - hips
    when = time[person.frames]
    travel = _median_speed(person.centres()[:, None], when, STRIDE_S)
    return (_median_speed(legs, when, STEP_S) + TRAVEL * travel) / person.height()


def limbs_move(person: Person, time: Float[np.ndarray, "frames"]) -> bool:
    """Tell whether any part of a body ever moves by more than what a standing person sways."""
    where, height = person.points, person.height()
    span = np.percentile(where, 95, axis=0) - np.percentile(where, 5, axis=0)
    return bool(np.median(np.linalg.norm(span, axis=1)) > 0.1 * height)


def _median_speed(places: Float[np.ndarray, "seen points 2"], time: Float[np.ndarray, "seen"], over: float) -> float:
    later = np.searchsorted(time, time + over)
    here = np.flatnonzero(later < len(time))
    if here.size == 0:
        return 0.0
    moved = np.linalg.norm(places[later[here]] - places[here], axis=2).mean(axis=1)
    return float(np.median(moved / (time[later[here]] - time[here])))


def _seconds(person: Person, time: Float[np.ndarray, "frames"]) -> float:
    return float(np.median(np.diff(time)) * len(person.frames)) if len(time) > 1 else 0.0


def _goes_on(one: Person, piece: Person, time: Float[np.ndarray, "frames"]) -> bool:
    gap = float(time[piece.frames[0]] - time[one.frames[-1]])
    if not 0.0 < gap <= JOIN_S:
        return False
    height, other = one.height(), piece.height()
    if not 1 / JOIN_SIZE < height / other < JOIN_SIZE:
        return False
    last = one.centres()[-6:]
    span = float(time[one.frames[-1]] - time[one.frames[-len(last)]])
    led = last[-1] + (last[-1] - last[0]) * (gap / span if span > 0 else 0.0)
    near = min(float(np.linalg.norm(piece.centres()[0] - where)) for where in (led, last[-1]))
    return near < JOIN_HEIGHTS * height


def _joined(one: Person, piece: Person) -> Person:
    return Person(
        np.concatenate((one.frames, piece.frames)),
        np.concatenate((one.points, piece.points)),
        np.concatenate((one.visibility, piece.visibility)),
    )
