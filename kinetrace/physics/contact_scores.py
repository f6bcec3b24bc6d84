"""The contact axis of feasibility: foot slip, ground penetration, foot float, balance."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from jaxtyping import Bool, Float

from kinetrace.motion.centre_of_mass import extrapolated
from kinetrace.physics.evidence import Evidence, FrameScore
from kinetrace.physics.score_table import BOUNDS, NEXT_STEP_S

_DIRECTIONS: Final = 64  # of the support function; a hull's distance is then exact to 0.1 %


def foot_slip(evidence: Evidence) -> FrameScore:
    """Measure how fast the supporting sole slides: its slowest point, weighted by the force on each foot.

    Where no foot was taken to bear although the motion needs support, the slower foot is judged instead.
    """
    bound = BOUNDS["foot_slip"]
    soles = evidence.soles
    speed = np.linalg.norm(np.gradient(soles[..., :2], axis=0) * evidence.fps, axis=-1).min(axis=2)
    vertical = evidence.reaction.feet[..., 2]
    total = vertical.sum(axis=1)
    held = (vertical * speed).sum(axis=1) / np.where(total > 0, total, 1.0)
    measure = evidence.lasting(np.where(total > 0, held, speed.min(axis=1)) * evidence.load)
    counted = measure[evidence.counting(evidence.grounded)]
    return FrameScore(
        bound.score(measure),
        measure,
        bound.units,
        f"Supporting sole slides at {100 * np.percentile(counted, 95):.0f} cm/s (95th percentile; "
        f"rolling explains {100 * bound.good:.0f}).",
    )


def ground_penetration(evidence: Evidence) -> FrameScore:
    """Measure how deep the lower heel or ball is under the floor; tips are left out, for toes bend and the sole does not."""
    bound = BOUNDS["ground_penetration"]
    depth = np.maximum(-evidence.soles[:, :, :4, 2].min(axis=(1, 2)), 0.0)
    deepest = depth[evidence.usable].max()
    return FrameScore(
        bound.score(depth),
        depth,
        bound.units,
        f"Soles reach {100 * deepest:.1f} cm under the floor (a rigid sole explains {100 * bound.good:.0f}).",
    )


def foot_float(evidence: Evidence) -> FrameScore:
    """Measure how high the lower sole is above the floor in frames that need the floor's support."""
    bound = BOUNDS["foot_float"]
    gap = evidence.lasting(np.maximum(evidence.soles[..., 2].min(axis=(1, 2)), 0.0) * evidence.load)
    return FrameScore(
        bound.score(gap),
        gap,
        bound.units,
        f"While needing support, the lower sole is {100 * np.percentile(gap[evidence.usable], 95):.1f} cm up (95th percentile).",
    )


def outside_hull(
    points: Float[np.ndarray, "frames 2"],
    hull: Float[np.ndarray, "frames corners 2"],
    use: Bool[np.ndarray, "frames corners"],
) -> Float[np.ndarray, "frames"]:
    """Give how far points are outside the convex hull of the corners in use, 0 inside or where none is in use [m].

    The distance is the largest, over directions, of the point's projection beyond all corners' (the support function).
    """
    angle = np.arange(_DIRECTIONS) * (2.0 * math.pi / _DIRECTIONS)
    normals = np.stack((np.cos(angle), np.sin(angle)))
    # A corner that is not in use is moved onto one that is, which adds nothing to the hull.
    first = np.take_along_axis(hull, use.argmax(axis=1)[:, None, None], axis=1)
    reach = (np.where(use[..., None], hull, first) @ normals).max(axis=1)
    beyond = (points @ normals - reach).max(axis=1)
    return np.where(use.any(axis=1), np.maximum(beyond, 0.0), 0.0)


def _next_footholds(
    bearing: Bool[np.ndarray, "frames 2"], known: Bool[np.ndarray, "frames"], horizon: int
) -> tuple[np.ndarray, Bool[np.ndarray, "frames 2"], Bool[np.ndarray, "frames"]]:
    """Find when each lifted foot stands again.

    Returns:
        Frame of the next contact (own frame where it bears), whether that is within the horizon, and whether the
        recording ends, or contact is unknown, within the horizon and before some lifted foot that has stood stands
        again: its next foothold is then not seen, which does not mean that there is none.
    """
    frames = len(bearing)
    when = np.tile(np.arange(frames)[:, None], (1, 2))
    soon = bearing.copy()
    unseen = np.zeros(frames, dtype=bool)
    blind = np.append(np.flatnonzero(~known), frames)
    for foot in (0, 1):
        onsets = np.flatnonzero(bearing[:, foot])
        if not len(onsets):
            continue
        lifted = np.flatnonzero(~bearing[:, foot])
        again = np.append(onsets, 2 * frames)[np.searchsorted(onsets, lifted)]  # past the end: not again
        stands = again < frames
        when[lifted[stands], foot] = again[stands]
        soon[lifted, foot] = stands & (again - lifted <= horizon)
        dark = blind[np.searchsorted(blind, lifted)]
        unseen[lifted] |= (dark < again) & (dark - lifted <= horizon)
    return when, soon, unseen


def balance(evidence: Evidence) -> FrameScore:
    """Measure how far the extrapolated centre of mass is outside the support (Hof 2008).

    Support is the hull of the bearing soles, of the
    footholds that lifted feet reach within a step's time (a walker always falls onto the next step), and of the seat.
    """
    bound, reaction = BOUNDS["balance"], evidence.reaction
    com, soles = evidence.com, evidence.soles
    velocity = np.gradient(com, axis=0) * evidence.fps
    xcom = extrapolated(com[:, :2], velocity[:, :2], com[:, 2])
    when, soon, unseen = _next_footholds(reaction.bearing, reaction.known, round(NEXT_STEP_S * evidence.fps))
    steps = np.stack([soles[when[:, foot], foot] for foot in (0, 1)], axis=1)
    seat = evidence.dynamics.placed.sites[:, evidence.humanoid.seat_ids, :2]
    hull = np.concatenate((steps[..., :2].reshape(len(com), -1, 2), seat), axis=1)
    sitting = np.repeat(evidence.seat_weights[:, None] > 0, 4, axis=1)
    use = np.concatenate((np.repeat(soon, soles.shape[2], axis=1), sitting), axis=1)
    measure = outside_hull(xcom, hull, use)
    measure[unseen] = 0.0
    counted = measure[evidence.counting(evidence.grounded)]
    return FrameScore(
        bound.score(measure),
        measure,
        bound.units,
        f"Extrapolated centre of mass is {100 * np.percentile(counted, 95):.0f} cm outside the support (95th percentile).",
    )
