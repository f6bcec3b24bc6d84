"""Landmarks that cannot be are taken out, and everything else stays as it was."""

from __future__ import annotations

import numpy as np

from adapters.videopose3d.gating import gate

SIZE, HEIGHT = (640, 480), 300.0


def _film(frames: int = 20) -> tuple[np.ndarray, np.ndarray]:
    points = np.full((frames, 33, 2), 200.0)
    points[:, :, 0] += 3.0 * np.arange(frames)[:, None]
    return points, np.full((frames, 33), 0.9)


def test_what_moves_steadily_inside_the_picture_stays_untouched() -> None:
    points, visibility = _film()
    found, seen, remarks = gate(points, visibility, SIZE, HEIGHT)
    assert np.array_equal(found, points) and np.array_equal(seen, visibility) and remarks == ()


def test_outside_unseen_and_leaping_landmarks_are_taken_out_and_counted() -> None:
    points, visibility = _film()
    points[3, 27] = (-2.0, 100.0)
    points[4, 28] = (100.0, 480.0)
    visibility[5, 15] = 0.05
    points[9, 16] += (40.0, 0.0)
    found, seen, remarks = gate(points, visibility, SIZE, HEIGHT)
    gone = ~np.isfinite(found).all(axis=2)
    assert sorted(zip(*(part.tolist() for part in np.nonzero(gone)), strict=True)) == [
        (3, 27),
        (4, 28),
        (5, 15),
        (9, 16),
    ]
    assert (seen[gone] == 0).all() and (seen[~gone] == 0.9).all()
    assert [text.split(" the landmarks ")[1] for text in remarks] == [
        "lie outside the picture: left out",
        "were not seen: left out",
        "leap: left out",
    ]
    assert remarks[0].startswith(f"{100 * 2 / 660:.1f} %")


def test_a_swing_is_no_leap() -> None:
    points, visibility = _film(60)
    time = np.arange(60) / 30.0
    points[:, 27, 0] += 0.25 * HEIGHT * np.sin(2 * np.pi * time)
    assert np.isfinite(gate(points, visibility, SIZE, HEIGHT)[0]).all()


def test_gaps_stay_gaps_and_do_not_take_their_neighbours_with_them() -> None:
    points, visibility = _film()
    points[7:12], visibility[7:12] = np.nan, 0.0
    found, seen, _ = gate(points, visibility, SIZE, HEIGHT)
    assert np.array_equal(found, points, equal_nan=True) and (seen[7:12] == 0).all()
