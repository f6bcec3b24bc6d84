"""Left and right labels that change places within a recording, found by continuity and put back.

A tracking program that confuses two markers exchanges them between one frame and the next: each then leaps to where the
other was. Where both leap, and exchanging them takes the leaps away, they were exchanged. What the labels say in the larger
part of the recording is taken as right: an exchange that holds throughout is a mirror image, which `way_round` looks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float

from adapters.robotics.marker_sets import MarkerSet
from adapters.robotics.markers import Markers

MIN_LEAP_M = 0.10
"""Both leaps together; at 100 Hz a swinging foot moves 0.05 m a frame, two feet passing each other are 0.1 m apart [m]."""
CLEAR = 0.35
"""Exchanged, the two must move less than this part of what they move as labelled."""
MEMORY_S = 0.25
"""Over a longer gap nothing can be said from where a marker was [s]."""


def put_sides_right(markers: Markers, known: MarkerSet) -> Markers:
    """Put exchanged left and right markers back, mark their frames and say so.

    Args:
        markers: Prepared markers.
        known: The set they belong to, with one name a role: its right and left roles make the pairs.
    """
    points = dict(markers.points)
    ghosts = markers.ghosts.copy()
    remarks: list[str] = []
    for right, left in _pairs(known, points):
        wrong = exchanged(points[right], points[left], markers.grid.fps)
        if wrong.any():
            points[right], points[left] = (
                np.where(wrong[:, None], points[left], points[right]),
                np.where(wrong[:, None], points[right], points[left]),
            )
            ghosts |= wrong
            names = f"{markers.labels[right]} and {markers.labels[left]}"
            remarks.append(f"{names} were exchanged in {int(wrong.sum())} frames: put back")
    if not remarks:
        return markers
    return replace(markers, points=points, ghosts=ghosts, remarks=(*markers.remarks, *remarks))


def exchanged(
    right: Float[np.ndarray, "frames 3"], left: Float[np.ndarray, "frames 3"], fps: float
) -> Bool[np.ndarray, "frames"]:
    """Find the frames in which two tracks carry each other's label.

    Args:
        right: One track [m], NaN where missing.
        left: The other.
        fps: Frames a second.

    Returns:
        True in the smaller part of the frames between exchanges.
    """
    both = np.flatnonzero(np.isfinite(right).all(axis=1) & np.isfinite(left).all(axis=1))
    out = np.zeros(len(right), dtype=bool)
    if both.size < 2:
        return out
    r, s = right[both], left[both]
    step_r, step_s = np.diff(r, axis=0), np.diff(s, axis=0)
    keep = np.linalg.norm(step_r, axis=1) + np.linalg.norm(step_s, axis=1)
    swap = np.linalg.norm(r[1:] - s[:-1], axis=1) + np.linalg.norm(s[1:] - r[:-1], axis=1)
    # Hands that cross each other in full swing go on as they went: only what also breaks the course is a leap.
    surprise = np.linalg.norm(np.diff(step_r, axis=0, prepend=0 * step_r[:1]), axis=1)
    surprise += np.linalg.norm(np.diff(step_s, axis=0, prepend=0 * step_s[:1]), axis=1)
    near = np.diff(both) <= MEMORY_S * fps
    turns = near & (np.minimum(keep, surprise) > MIN_LEAP_M) & (swap < CLEAR * keep)
    state = np.concatenate(([0], np.cumsum(turns))) % 2 == 1
    out[both] = state if 2 * int(state.sum()) <= len(state) else ~state
    return out


def _pairs(known: MarkerSet, points: Mapping[str, object]) -> list[tuple[str, str]]:
    named = [(known.roles[role], known.roles.get(f"l_{role[2:]}", "")) for role in known.roles if role.startswith("r_")]
    grouped = [
        pair
        for segment, names in known.clusters.items()
        if segment.startswith("r_")
        for pair in zip(names, known.clusters.get(f"l_{segment[2:]}", ()), strict=False)
    ]
    return [(r, s) for r, s in dict.fromkeys([*named, *grouped]) if r in points and s in points]
