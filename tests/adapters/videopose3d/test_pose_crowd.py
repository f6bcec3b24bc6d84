"""Everybody is followed by course and colours; the network is one that sees coloured blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adapters.videopose3d.pose_bodies import Body, Square, same_body, square_of, turned_back
from adapters.videopose3d.pose_crowd import Crowd, windows_of

ROWS, COLUMNS = 240, 400
LONG, BROAD = 60, 20
RED, BLUE, GREEN, WHITE = (200, 40, 30), (30, 60, 190), (60, 160, 60), (230, 230, 230)


class Blocks:
    """A network that sees people as blocks of one colour, three times as long as broad.

    Of those in a square it takes the one nearest to the middle that is not mostly hidden.
    """

    def image(self, pixels: Any) -> Any:
        return pixels

    def _blocks(self, pixels: Any, least: int) -> list[tuple[int, np.ndarray, np.ndarray]]:
        found = []
        for colour in (RED, BLUE, GREEN, WHITE):
            y, x = np.nonzero(pixels[:, :, 0] == colour[0])  # their reds differ
            if len(x) > least:
                found.append((len(x), np.array((x.min(), y.min())), np.array((x.max(), y.max())) + 1))
        return sorted(found, key=lambda block: -block[0])

    def detect(self, pixels: Any) -> list[tuple[Any, Any]]:
        return [
            (np.array(((low[0] + high[0]) / 2, high[1])), np.array(((low[0] + high[0]) / 2, high[1] - 1.5 * LONG)))
            for _, low, high in self._blocks(pixels, LONG * BROAD // 2)
            if high[1] - low[1] > high[0] - low[0]
        ]

    def landmarks(self, image: Any, size: tuple[int, int], square: Square) -> tuple[Any, Any, Any, Any] | None:
        half = square.side / 2
        x, y = max(0, round(square.x - half)), max(0, round(square.y - half))
        inside = self._blocks(image[y : max(0, round(square.y + half)), x : max(0, round(square.x + half))], 150)
        if not inside:
            return None
        much = [block for block in inside if block[0] > 0.4 * inside[0][0]]
        _, low, high = min(much, key=lambda b: np.hypot(*((b[1] + b[2]) / 2 + (x - square.x, y - square.y))))
        low, high = low + np.array((x, y)), high + np.array((x, y))
        up = np.round((np.sin(square.angle), -np.cos(square.angle)))
        across, middle = np.array((-up[1], up[0])), (low + high) / 2
        points = np.repeat(middle[None], 33, axis=0)
        for shoulder, hip, side in ((11, 23, -1), (12, 24, 1)):
            points[shoulder] = middle + up * LONG / 2 + side * across * BROAD / 4
            points[hip] = middle - up * LONG / 2 + side * across * BROAD / 4
            points[hip + 2] = middle - up * LONG / 4 + side * across * BROAD / 4
        hips = middle - up * LONG / 2
        return points, np.full(33, 0.9), hips, hips + up * 1.5 * LONG


def film(*people: tuple[tuple[int, int, int], Any], frames: int = 60, lying: bool = False) -> list[np.ndarray]:
    """Blocks whose middle is where a function of the frame says; those named later stand before the others."""
    out = []
    for number in range(frames):
        picture = np.zeros((ROWS, COLUMNS, 3), np.uint8)
        for colour, place in people:
            if (at := place(number)) is not None:
                w, h = (LONG, BROAD) if lying else (BROAD, LONG)
                x, y = round(at[0] - w / 2), round(at[1] - h / 2)
                picture[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)] = colour
        out.append(picture)
    return out


def follow(pictures: list[np.ndarray], turns: tuple[int, ...] = (0,), people: int = 4) -> dict[int, dict[int, Body]]:
    """By number of the person and of the frame, who was seen."""
    crowd = Crowd(Blocks(), (COLUMNS, ROWS), list(turns), people)
    found: dict[int, dict[int, Body]] = {}
    for number, picture in enumerate(pictures):
        for stamp, name, body in crowd.step(number, picture):
            assert stamp not in found.setdefault(name, {})
            found[name][stamp] = body
    return found


def colours(track: dict[int, Body]) -> set[tuple[int, ...]]:
    return {tuple(np.rint(body.colours[:3]).astype(int).tolist()) for body in track.values()}


def test_one_person_is_followed_in_every_frame_also_in_those_before_they_were_found() -> None:
    found = follow(film((RED, lambda n: (60 + 3 * n, 120))))
    assert list(found) == [1] and sorted(found[1]) == list(range(60))
    for number, body in found[1].items():
        assert np.allclose(body.centre(), (60 + 3 * number, 120), atol=1.0)


def test_a_newcomer_is_followed_back_to_where_they_came_in() -> None:
    found = follow(film((RED, lambda _: (80, 120)), (BLUE, lambda n: (390 - 3 * (n - 15), 120) if n >= 15 else None)))
    (blue,) = [track for track in found.values() if colours(track) == {BLUE}]
    assert min(blue) <= 18 and max(blue) == 59


@pytest.mark.parametrize("speed", [4, 7])
def test_two_who_pass_each_other_keep_their_numbers(speed: int) -> None:
    found = follow(
        film((BLUE, lambda n: (360 - speed * n, 118)), (RED, lambda n: (40 + speed * n, 122)), frames=320 // speed)
    )
    long = {name: track for name, track in found.items() if len(track) > 10}
    assert sorted(map(sorted, map(colours, long.values()))) == [[BLUE], [RED]]
    assert min(map(len, long.values())) > 0.7 * 320 / speed
    red = next(track for track in long.values() if colours(track) == {RED})
    assert all(abs(body.centre()[0] - (40 + speed * number)) < 12 for number, body in red.items())


def test_one_hidden_for_a_moment_is_the_same_person_after_it() -> None:
    found = follow(film((RED, lambda n: None if 25 <= n < 40 else (60 + 3 * n, 120))))
    assert list(found) == [1] and sorted(found[1]) == [*range(25), *range(40, 60)]


def test_someone_else_at_the_same_place_is_not() -> None:
    found = follow(
        film((RED, lambda n: (200, 120) if n < 25 else None), (GREEN, lambda n: (200, 120) if n >= 35 else None))
    )
    assert sorted(map(sorted, map(colours, found.values()))) == [[GREEN], [RED]]


def test_a_person_in_a_film_that_lies_on_its_side_is_found_where_turns_are_tried() -> None:
    pictures = film((RED, lambda n: (100 + 2 * n, 120)), lying=True)
    assert follow(pictures, (0,)) == {}
    found = follow(pictures, (0, 1, 3, 2))
    assert sorted(found[1]) == list(range(60))
    shoulders, hips = found[1][30].trunk()
    assert abs(shoulders[1] - hips[1]) < 1 and abs(shoulders[0] - hips[0]) == pytest.approx(LONG, abs=2)


def test_no_more_are_followed_than_may_be() -> None:
    crowd = [(c, lambda _, x=x: (x, 120)) for c, x in zip((RED, BLUE, GREEN, WHITE), (50, 150, 250, 350), strict=True)]
    assert len(follow(film(*crowd), people=4)) == 4 and len(follow(film(*crowd), people=2)) == 2


def test_an_empty_film_has_nobody() -> None:
    assert follow(film(frames=20), (0, 1, 3, 2)) == {}


def test_the_windows_cover_the_frame_and_squares_overlap() -> None:
    assert windows_of(300, 300) == [(0.0, 0.0, 300.0, 300.0)]
    whole, *squares = windows_of(1280, 720)
    assert whole == (0.0, 0.0, 1280.0, 720.0)
    assert [s[0] for s in squares] == [0.0, 280.0, 560.0] and {s[2:] for s in squares} == {(720.0, 720.0)}
    assert windows_of(720, 1280)[1:] == [(0.0, s[0], 720.0, 720.0) for s in squares]


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_a_square_found_in_a_turned_part_lies_where_the_picture_says(turn: int) -> None:
    picture = np.zeros((40, 70))
    picture[12, 55] = 1.0
    y, x = np.argwhere(np.rot90(picture, turn))[0] + 0.5  # the middle of the pixel
    back = turned_back(Square(x, y, 10.0, 0.0), (70, 40), turn, (100, 200))
    assert (back.x, back.y) == (155.5, 212.5) and back.angle == pytest.approx(turn * np.pi / 2)


@pytest.mark.parametrize(("rim", "angle"), [((50, 20), 0.0), ((80, 50), np.pi / 2), ((20, 50), -np.pi / 2)])
def test_the_square_lies_around_the_circle_and_leans_with_the_body(rim: tuple[int, int], angle: float) -> None:
    square = square_of(np.array((50.0, 50.0)), np.array(rim, dtype=float))
    assert (square.x, square.y, square.side) == (50.0, 50.0, 75.0) and square.angle == pytest.approx(angle)


def test_bodies_are_the_same_by_trunk_and_not_by_limbs() -> None:
    points = np.random.default_rng(0).normal(200.0, 30.0, (33, 2))
    square = Square(200.0, 200.0, 100.0, 0.0)
    moved = points.copy()
    moved[25:] += 50.0
    one, limbs = (Body(p, np.ones(33), square, np.zeros(6)) for p in (points, moved))
    assert same_body(one, limbs) and not same_body(one, Body(points + 10.0, np.ones(33), square, np.zeros(6)))
