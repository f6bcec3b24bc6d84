"""Who is followed: the one who moves, nearest the declared place; and pieces of one person are one."""

from __future__ import annotations

import numpy as np
import pytest

from adapters.videopose3d.people import Person, choose, join, speed

TIME = np.arange(120) / 30.0
SIZE = (1280, 720)
_STANDING = np.zeros((33, 2))
for _mark, _at in {
    0: (0, -95), 11: (12, -65), 12: (-12, -65), 13: (16, -40), 14: (-16, -40), 15: (17, -15), 16: (-17, -15), 23: (8, 0),
    24: (-8, 0), 25: (8, 45), 26: (-8, 45), 27: (8, 90), 28: (-8, 90),
}.items():  # fmt: skip
    _STANDING[_mark] = _at


def person(
    start: tuple[float, float],
    travel: float = 0.0,
    swing: float = 0.0,
    frames: np.ndarray | None = None,
    scale: float = 1.0,
) -> Person:
    """Somebody 215 px tall by `scale`, who travels [px/s] and swings the legs [px at the ankles], one stride a second."""
    numbers = np.arange(len(TIME)) if frames is None else frames
    t = TIME[numbers]
    points = np.repeat(_STANDING[None] * scale, len(numbers), axis=0) + np.array(start)
    points[:, :, 0] += (travel * t)[:, None]
    wave = swing * np.sin(2 * np.pi * t)
    for left, right, share in ((25, 26, 0.5), (27, 28, 1.0)):
        points[:, left, 0] += share * wave
        points[:, right, 0] -= share * wave
    return Person(numbers, points, np.full((len(numbers), 33), 0.9))


STANDER = person((300, 300), scale=1.4)
WALKER = person((200, 500), travel=150.0, swing=50.0)


def test_height_is_told_from_the_trunk_whatever_the_knees_do() -> None:
    assert person((0, 0)).height() == pytest.approx(3.3 * 65.0)
    assert person((0, 0), swing=80.0).height() == pytest.approx(3.3 * 65.0)


def test_a_walker_is_followed_and_not_the_taller_one_who_stands_throughout() -> None:
    assert choose([STANDER, WALKER], TIME, SIZE, None) == 1


def test_a_walker_is_followed_when_the_camera_goes_along_and_those_who_stand_travel() -> None:
    walker, stander = person((640, 500), swing=50.0), person((1200, 400), travel=-150.0)
    assert choose([stander, walker], TIME, SIZE, None) == 1


def test_someone_who_passes_by_does_not_take_the_place_of_one_who_squats_throughout() -> None:
    squatter = person((600, 400))
    squatter.points[:, (0, 11, 12, 23, 24), 1] += 30.0 * (1 - np.cos(2 * np.pi * TIME / 2))[:, None]
    passing = person((0, 300), travel=900.0, swing=50.0, frames=np.arange(40, 60), scale=0.7)
    assert choose([squatter, passing], TIME, SIZE, None) == 0


@pytest.mark.parametrize(("place", "chosen"), [((0.85, 0.7), 0), ((0.1, 0.7), 1)])
def test_of_two_who_move_the_one_nearer_to_the_declared_place_is_followed(
    place: tuple[float, float], chosen: int
) -> None:
    right, left = person((1100, 500), swing=50.0), person((150, 500), swing=50.0)
    assert choose([right, left], TIME, SIZE, place) == chosen


def test_whoever_stands_is_not_followed_for_being_nearer_while_somebody_moves() -> None:
    assert choose([STANDER, WALKER], TIME, SIZE, (300 / 1280, 300 / 720)) == 1
    assert choose([STANDER, person((900, 500))], TIME, SIZE, (300 / 1280, 300 / 720)) == 0


def test_speed_does_not_depend_on_how_near_somebody_is() -> None:
    near, far = person((0, 0), travel=300.0, swing=60.0, scale=2.0), person((0, 0), travel=150.0, swing=30.0)
    assert speed(near, TIME) == pytest.approx(speed(far, TIME), rel=1e-6) and speed(far, TIME) > 0.3


def _piece(start: int, stop: int, **changes: float) -> Person:
    return person((200 + changes.get("off", 0.0), 500), 150.0, 50.0, np.arange(start, stop), changes.get("scale", 1.0))


def test_one_who_was_lost_on_the_way_is_one_person() -> None:
    (one,) = join([_piece(60, 120), _piece(0, 45)], TIME)
    assert one.frames.tolist() == [*range(45), *range(60, 120)]
    assert np.array_equal(one.points[45:], _piece(60, 120).points)


@pytest.mark.parametrize(
    "later",
    [_piece(80, 120), _piece(50, 120, off=400.0), _piece(50, 120, scale=1.8), _piece(30, 120)],
    ids=["much later", "elsewhere", "much larger", "at the same time"],
)
def test_another_place_size_or_time_is_another_person(later: Person) -> None:
    assert len(join([_piece(0, 45), later], TIME)) == 2


def test_what_is_seen_for_a_few_frames_is_nobody() -> None:
    assert join([_piece(0, 8)], TIME) == []
