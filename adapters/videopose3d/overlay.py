"""What the pose network saw, drawn over the film: a sheet of pictures on which a person can judge it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from adapters.videopose3d.landmarks import Landmarks
from adapters.videopose3d.pose_network import film_facts, pictures_at
from adapters.videopose3d.recording import Film
from kinetrace.store.publish import write_atomic
from schemas.errors import CaptureError

LINES: Final = (
    (11, 12), (23, 24), (11, 23), (12, 24), (11, 13), (13, 15), (12, 14), (14, 16), (23, 25), (25, 27), (27, 29), (29, 31),
    (27, 31), (24, 26), (26, 28), (28, 30), (30, 32), (28, 32), (7, 0), (8, 0),
)  # fmt: skip
LEFT, RIGHT, MIDDLE = (40, 140, 255), (235, 60, 50), (225, 225, 225)
"""The person's own left is blue, their right red."""
WIDTH: Final = 1440
COLUMNS: Final = 6
CLOSE_UPS: Final = 18
MARGIN: Final = 1.35
"""A close-up shows so many times the person's extent."""
_Picture = UInt8[np.ndarray, "rows columns 3"]
_Tile = UInt8[np.ndarray, "_ _ 3"]


def draw_overlay(film: Film, landmarks: Landmarks, path: Path) -> None:
    """Write a PNG: one whole frame with the way of the hips through the film, and close-ups of the skeleton in time.

    Args:
        film: The film.
        landmarks: What was found in it.
        path: Where to; the people in it did not ask to be there: keep it out of what you publish.

    Raises:
        CaptureError: A film that cannot be read, or landmarks in none of its frames.
    """
    seen = np.flatnonzero(np.isfinite(landmarks.points[:, (23, 24)]).all(axis=(1, 2)))
    if not len(seen):
        raise CaptureError(
            where=str(film.path), field="film", expected="a person with hips in view", found="none", fix="Film the whole person.",
        )  # fmt: skip
    chosen = seen[np.unique(np.linspace(0, len(seen) - 1, CLOSE_UPS).round().astype(int))]
    middle = int(chosen[len(chosen) // 2])
    shown = pictures_at(film, [int(number) for number in chosen], WIDTH)
    scale = max(shown[middle].shape[:2]) / max(landmarks.size)
    points = landmarks.points * scale
    whole = _with_way(_with_skeleton(shown[middle], points[middle]), points, landmarks.quarter_turns)
    close = [_close_up(shown[int(n)], points[n], landmarks.quarter_turns, f"{landmarks.time[n]:.2f} s") for n in chosen]
    sheet = np.vstack((whole, *_rows(close)))
    done, data = cv2.imencode(".png", sheet[:, :, ::-1])
    if not done:
        raise CaptureError(
            where=str(path), field="file", expected="a picture", found="none", fix="Choose another film."
        )
    write_atomic(path, data.tobytes())


def summary(film: Film, landmarks: Landmarks) -> dict[str, object]:
    """Say in numbers what was found."""
    facts = film_facts(film)
    seen = np.isfinite(landmarks.points).all(axis=2)
    return {
        "frames": facts.frames,
        "size": list(facts.size),
        "codec": facts.codec,
        "seconds": float(facts.time[-1] - facts.time[0]),
        "frames_with_person": int(seen.any(axis=1).sum()),
        "landmarks_seen": float(seen.mean()),
        "quarter_turns": landmarks.quarter_turns,
        "remarks": list(landmarks.remarks),
    }


def _with_skeleton(picture: _Picture, points: Float[np.ndarray, "33 2"]) -> _Picture:
    drawn = picture.copy()
    width = max(2, round(max(picture.shape) / 500))
    for one, other in LINES:
        if np.isfinite(points[[one, other]]).all():
            colour = MIDDLE if one % 2 != other % 2 and other != 0 else LEFT if one % 2 else RIGHT
            cv2.line(drawn, _pixel(points[one]), _pixel(points[other]), colour, width, cv2.LINE_AA)
    return drawn


def _with_way(picture: _Picture, points: Float[np.ndarray, "frames 33 2"], turns: int) -> _Tile:
    """Draw where the hips were in all frames, turn the picture upright and give it the sheet's width."""
    drawn = picture.copy()
    for place in points[:, (23, 24)].mean(axis=1):
        if np.isfinite(place).all():
            cv2.circle(drawn, _pixel(place), 2, (255, 210, 60), -1, cv2.LINE_AA)
    upright = np.ascontiguousarray(np.rot90(drawn, turns))
    rows, columns = upright.shape[:2]
    width = min(WIDTH, round(1080 * columns / rows))
    small = cv2.resize(upright, (width, round(rows * width / columns)), interpolation=cv2.INTER_AREA)
    out = np.zeros((small.shape[0], WIDTH, 3), np.uint8)
    start = (WIDTH - width) // 2
    out[:, start : start + width] = small
    return out


def _close_up(picture: _Picture, points: Float[np.ndarray, "33 2"], turns: int, text: str) -> _Tile:
    low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    half = max(8.0, MARGIN * float((high - low).max()) / 2)
    x, y = (low + high) / 2
    side = WIDTH // COLUMNS
    place = np.array([[1.0, 0.0, half - x], [0.0, 1.0, half - y]]) * (side / (2 * half))
    part = cv2.warpAffine(_with_skeleton(picture, points), place, (side, side), flags=cv2.INTER_LINEAR)
    upright = np.ascontiguousarray(np.rot90(part, turns))
    cv2.putText(upright, text, (8, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 2, cv2.LINE_AA)
    return np.asarray(upright, dtype=np.uint8)


def _rows(tiles: list[_Tile]) -> list[_Tile]:
    empty = np.zeros_like(tiles[0])
    filled = [*tiles, *[empty] * (-len(tiles) % COLUMNS)]
    return [np.hstack(filled[at : at + COLUMNS]) for at in range(0, len(filled), COLUMNS)]


def _pixel(place: Float[np.ndarray, "2"]) -> tuple[int, int]:
    x, y = np.clip(place, -1e4, 1e4).round().tolist()
    return int(x), int(y)
