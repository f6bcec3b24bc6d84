"""From a film to the landmarks of the person in it: decoding and the pose network in a limited process."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import UInt8

from adapters.videopose3d.gating import gate
from adapters.videopose3d.landmarks import LANDMARKS, Landmarks, Progress
from adapters.videopose3d.people import Person, choose, join
from adapters.videopose3d.recording import Film, VideoFile
from adapters.videopose3d.side_repair import put_back
from adapters.videopose3d.upright import quarter_turns
from kinetrace.store.safe_io.caps import FILM_FRAME_MS, FILM_FRAMES, POSE_MEMORY
from kinetrace.store.safe_io.film import FilmFacts, read_film, read_film_facts, read_pictures
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.limited_process import Limits
from schemas.errors import CaptureError

WORKER: Final = Path(__file__).with_name("pose_worker.py")
LONG_SIDE_PX: Final = 1280
"""Larger frames are made smaller before the network sees them: its own input is 256 px of a person."""
PEOPLE: Final = 4
"""How many are followed at once until it is known who is meant."""
SHORTEST_S: Final = 0.5
"""No movement can be judged in less film."""
WORTH_A_WORD: Final = 0.2
"""Others are named who are seen for this part of the frames in which the followed one is."""
_PERSON: Final = np.dtype([("stamp", "<i8"), ("number", "<u4"), ("marks", "<f4", (len(LANDMARKS), 3))])


def film_facts(film: Film) -> FilmFacts:
    """Find size, time stamps, rotation and number of frames of a film, without the network.

    Raises:
        CaptureError: A film that cannot be read.
    """
    return _facts(film, decode=False)


def check_film(film: Film) -> FilmFacts:
    """As `film_facts`, and decode every frame to know that it can be.

    Raises:
        CaptureError: A film that cannot be read.
    """
    return _facts(film, decode=True)


def _facts(film: Film, *, decode: bool) -> FilmFacts:
    members = None if isinstance(film, VideoFile) else film.members
    try:
        facts = read_film_facts(film.path, members, decode=decode)
    except FormatError as error:
        raise _refused(film, error) from None
    if isinstance(film, VideoFile):
        return facts
    return FilmFacts(facts.size, facts.stamps, film.time, facts.quarter_turns, facts.codec)


def pictures_at(film: Film, frames: Sequence[int], long_side: int) -> dict[int, UInt8[np.ndarray, "rows columns 3"]]:
    """Give some frames of a film as RGB, by their numbers.

    Args:
        film: The film.
        frames: Which; a few, since all are held.
        long_side: They are made no larger than this [px].

    Raises:
        CaptureError: A film that cannot be read.
    """
    members = None if isinstance(film, VideoFile) else film.members
    stamps = film_facts(film).stamps
    try:
        found = read_pictures(film.path, [int(stamps[frame]) for frame in frames], long_side, members)
    except FormatError as error:
        raise _refused(film, error) from None
    return {frame: found[int(stamps[frame])] for frame in frames if int(stamps[frame]) in found}


def find_landmarks(
    film: Film,
    *,
    upright: int | None = None,
    place: tuple[float, float] | None = None,
    progress: Progress | None = None,
) -> Landmarks:
    """Find the landmarks of one person in all frames of a film.

    Args:
        film: The film.
        upright: Counter-clockwise quarter turns that show it upright, if known from elsewhere (gravity). None: the file's
            own rotation; where that shows nobody, or the person in it lying throughout, what shows them upright.
        place: About where the person is in the stored picture, 0 to 1 from the left and from the top. None: whoever
            moves most of the time.
        progress: Shows a bar.

    Raises:
        CaptureError: A film that cannot be read or is too short, or nobody in it.
    """
    facts = film_facts(film)
    if not facts.time[-1] - facts.time[0] >= SHORTEST_S:
        raise CaptureError(
            where=str(film.path), field="film", expected=f"{SHORTEST_S} s or more",
            found=f"{facts.frames} frames in {facts.time[-1] - facts.time[0]:.2f} s", fix="Film the whole movement.",
        )  # fmt: skip
    members = None if isinstance(film, VideoFile) else film.members
    first = facts.quarter_turns if upright is None else upright % 4
    turns = [first] if upright is not None else [first, *((first + turn) % 4 for turn in (1, 3, 2))]
    job = {"long_side": LONG_SIDE_PX, "turns": turns, "people": PEOPLE}
    limits = Limits(POSE_MEMORY, FILM_FRAME_MS / 1000, (16 + PEOPLE * _PERSON.itemsize) * FILM_FRAMES)
    try:
        records: Iterable[bytes] = read_film(WORKER, film.path, job, members, limits)
        if progress is not None:
            records = progress(records, "Looking for the person", facts.frames)
        pieces, decoded = _collect(records, facts)
    except FormatError as error:
        raise _refused(film, error) from None
    return _landmarks(film, facts, pieces, decoded, upright, place)


def _landmarks(
    film: Film,
    facts: FilmFacts,
    pieces: list[Person],
    decoded: int,
    upright: int | None,
    place: tuple[float, float] | None,
) -> Landmarks:
    people = join(pieces, facts.time)
    if not people:
        raise CaptureError(
            where=str(film.path), field="film", expected="a person", found=f"nobody in {decoded} frames",
            fix="Film the whole person, in light, from 2 to 6 m away; if the film is turned, keep its rotation in the file.",
        )  # fmt: skip
    chosen = choose(people, facts.time, facts.size, place)
    person = people[chosen]
    turns = facts.quarter_turns if upright is None else upright % 4
    remarks = [] if decoded == facts.frames else [f"{facts.frames - decoded} frames could not be decoded: gaps"]
    if upright is None and (seen := quarter_turns(person.points, turns)) != turns:
        remarks.append(f"the film lies on its side: turned by {90 * seen} degrees, as the person in it stands")
        turns = seen
    remarks += _others(people, chosen, facts)
    height = person.height()
    points = np.full((facts.frames, len(LANDMARKS), 2), np.nan)
    visibility = np.zeros((facts.frames, len(LANDMARKS)))
    points[person.frames], visibility[person.frames] = person.points, person.visibility
    points, visibility, swaps = put_back(points, visibility, height)
    points, visibility, gates = gate(points, visibility, facts.size, height)
    return Landmarks(facts.time, points, visibility, facts.size, turns, (*remarks, *swaps, *gates))


def _collect(records: Iterable[bytes], facts: FilmFacts) -> tuple[list[Person], int]:
    """Give everybody's pieces, and how many frames were decoded.

    Raises:
        FormatError: `film`: a frame at a time that the film does not have, numbers that are none.
    """
    seen: dict[int, dict[int, np.ndarray]] = {}
    decoded = 0
    for record in records:
        decoded += 1
        people = np.frombuffer(record, _PERSON, offset=9)
        numbers = _numbers(np.append(people["stamp"], struct.unpack_from("<q", record, 1)), facts)
        if not np.isfinite(people["marks"]).all():
            raise FormatError("film", "landmarks", "finite numbers", "others")
        for number, one in zip(numbers, people, strict=False):
            seen.setdefault(int(one["number"]), {})[int(number)] = one["marks"].copy()
    pieces = []
    for marks in seen.values():
        numbers = np.array(sorted(marks))
        table = np.stack([marks[number] for number in numbers.tolist()]).astype(np.float64)
        pieces.append(Person(numbers, table[:, :, :2], np.clip(table[:, :, 2], 0.0, 1.0)))
    return pieces, decoded


def _numbers(stamps: np.ndarray, facts: FilmFacts) -> np.ndarray:
    """Give the frames' numbers by their time stamps."""
    numbers = np.minimum(np.searchsorted(facts.stamps, stamps), facts.frames - 1)
    if (facts.stamps[numbers] != stamps).any():
        raise FormatError("film", "time", "frames at the times that the film's index has", "a frame at another")
    return numbers


def _others(people: list[Person], chosen: int, facts: FilmFacts) -> list[str]:
    """Say who else was seen for long enough to be worth a word."""

    def said(one: Person) -> str:
        x, y = np.median(one.centres(), axis=0) / facts.size
        return f"at {x:.2f}, {y:.2f} of the picture in {len(one.frames)} frames"

    least = WORTH_A_WORD * len(people[chosen].frames)
    others = [said(one) for at, one in enumerate(people) if at != chosen and len(one.frames) >= least]
    if not others:
        return []
    followed = f"{len(others) + 1} people: followed the one {said(people[chosen])}; left out {'; '.join(others)}"
    return [f"{followed}; adapter.place in params.yaml chooses among those who move"]


def _refused(film: Film, error: FormatError) -> CaptureError:
    return CaptureError(
        where=str(film.path), field=error.field, expected=error.expected, found=error.found, fix=error.fix
    )
