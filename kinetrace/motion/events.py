"""Gait events: heel strikes and toe offs from the feet's path relative to the pelvis, refined by foot velocity."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from jaxtyping import Bool, Float, UInt8
from scipy import signal

from kinetrace.motion.contacts import SIDES, SOLE, UNKNOWN
from kinetrace.motion.filters import bridged
from kinetrace.motion.skeletons import INDEX
from schemas.physical_state import GaitEvent

# Zeni's candidates lie within this of the foot's own event. In the laboratory 94 % (treadmill) to 98 % (overground) are
# within 0.03 s of the force plate's (Zeni 2008); chosen wider, for noisier sources and feet that are inferred.
REFINE_S: Final = 0.12
MIN_PERIOD_S: Final = 0.5  # the same foot strikes no faster than twice a second, even in brisk walking
Kind = Literal["heel_strike", "toe_off"]
EVENT_POINTS: Final[tuple[tuple[Kind, int, float], ...]] = (("heel_strike", 0, 1.0), ("toe_off", 1, -1.0))
"""Each event's point (0 heel, 1 toe) and the sign that makes its extreme a maximum ahead of the pelvis."""
MIN_EXCURSION_LEGS: Final = 0.2  # a foot that swings less than this fore and aft does not step [leg lengths]


def extremes(path: Float[np.ndarray, "frames"], min_excursion: float, fps: float) -> list[int]:
    """Give the frames of the maxima that stand out by the least excursion and lie a step's time apart."""
    peaks, _ = signal.find_peaks(path, prominence=min_excursion, distance=max(1, round(MIN_PERIOD_S * fps)))
    return [int(p) for p in peaks]


def transitions(contact: UInt8[np.ndarray, "frames"], kind: Kind) -> list[int]:
    """Give the first frame of each contact (heel strike), or the first frame after it (toe off); not from unknown."""
    before, after = contact[:-1], contact[1:]
    known = (before != UNKNOWN) & (after != UNKNOWN)
    change = after > before if kind == "heel_strike" else after < before
    return [int(i) + 1 for i in np.flatnonzero(known & change)]


def gait_events(
    positions: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    heading: Float[np.ndarray, "frames 3"],
    contacts: UInt8[np.ndarray, "frames 2"],
    leg_length_m: float,
    fps: float,
    margins: Float[np.ndarray, "frames 2 2"] | None = None,
) -> tuple[GaitEvent, ...]:
    """Find heel strikes and toe offs on either side, overground or on a treadmill.

    Candidates (Zeni 2008, Gait Posture 27:710): the heel farthest ahead of the pelvis and the toe farthest behind it,
    along the local heading. Each is moved to the nearest change of contact within 0.12 s, whose speed threshold scales
    with walking speed (Bonci 2022); a candidate without one stays, so that a foot seen badly still has its step.
    A contact change that the recording's ends keep from having an extremum is an event too.

    Args:
        positions: Filtered joint positions [m].
        validity: 0 missing, 1 inferred, 2 measured.
        heading: Unit horizontal direction of progress, each frame.
        contacts: Left and right, 0 no, 1 yes, 2 unknown.
        leg_length_m: Hip to ankle [m].
        fps: Frame rate [Hz].
        margins: Of `contacts.touch_margins`: the instant is where the margin passes zero, between two frames; without
            them it is the frame's.

    Returns:
        Events by time, left before right; `frame` is the first one after the instant.
    """
    pelvis = INDEX["pelvis"]
    found: list[GaitEvent] = []
    for k, side in enumerate(SIDES):
        for kind, end, sign in EVENT_POINTS:
            point = SOLE[side][end]
            seen = (validity[:, point] > 0) & (validity[:, pelvis] > 0)
            if not seen.any():
                continue
            path = sign * ((positions[:, point] - positions[:, pelvis]) * heading).sum(axis=1)
            path = bridged(path[:, None], seen)[:, 0]
            candidates = extremes(path, MIN_EXCURSION_LEGS * leg_length_m, fps)
            changes = transitions(contacts[:, k], kind)
            for frame in refined(candidates, changes, path, seen, fps):
                instant = float(frame)
                if margins is not None and frame in changes:
                    instant = passing(margins[:, k, 0 if kind == "heel_strike" else 1], frame)
                found.append(GaitEvent(kind=kind, side=side, time_s=instant / fps, frame=frame))
    return tuple(sorted(found, key=lambda e: (e.frame, e.side, e.kind)))


def passing(margin: Float[np.ndarray, "frames"], frame: int) -> float:
    """Give the instant [frames] at which a margin passes zero between the frame before and this one.

    Where it does not (a short stretch was closed or dropped), half way between them.
    """
    before, after = float(margin[frame - 1]), float(margin[frame])
    if (before > 0.0) == (after > 0.0):
        return frame - 0.5
    return frame - 1.0 + before / (before - after)


def refined(
    candidates: list[int],
    changes: list[int],
    path: Float[np.ndarray, "frames"],
    seen: Bool[np.ndarray, "frames"],
    fps: float,
) -> list[int]:
    """Move candidates to the nearest contact change, and add changes near an end of the recording with none.

    Args:
        candidates: Frames of the extremes.
        changes: Frames of contact changes of the same kind.
        path: Fore-aft path whose maxima the candidates are.
        seen: Frames in which the point is really seen.
        fps: Frame rate [Hz].
    """
    reach = round(REFINE_S * fps)
    frames = set()
    for candidate in candidates:
        near = [c for c in changes if abs(c - candidate) <= reach]
        if near:
            frames.add(min(near, key=lambda c: (abs(c - candidate), c)))
        elif seen[candidate]:
            frames.add(candidate)
    ahead = float(np.median(path))
    for change in changes:
        at_an_end = min(change, len(path) - 1 - change) <= reach
        if at_an_end and path[change] > ahead and all(abs(change - f) > reach for f in frames):
            frames.add(change)
    return sorted(frames)
