"""Which plane is the floor: scanned planes by score, else level planes in the point cloud, else where the soles go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8

from kinetrace.motion.skeletons import joint_index
from schemas.alignment import AlignmentParams, FloorCandidate
from schemas.capture import Plane
from schemas.errors import AlignmentError
from stages.s01_alignment.planes import height_under, plane_pose, tilt_deg
from stages.s01_alignment.ransac import height_near, level_planes

SOLES = ("r_heel", "r_toe", "l_heel", "l_toe")
"""The joints that can touch the floor."""


@dataclass(frozen=True)
class Floor:
    """The chosen floor and all that was considered.

    Attributes:
        candidates: Every candidate, the chosen one marked.
        chosen: The one chosen.
        height: Of the floor under the person [m], in the capture's world.
        rejections: Why better-scored candidates were not chosen.
    """

    candidates: tuple[FloorCandidate, ...]
    chosen: FloorCandidate
    height: float
    rejections: tuple[str, ...]


@dataclass(frozen=True)
class _Option:
    candidate: FloorCandidate
    height_here: float


def find_floor(
    planes: tuple[Plane, ...],
    points: Float[np.ndarray, "points 3"],
    positions: Float[np.ndarray, "frames 21 3"],
    validity: UInt8[np.ndarray, "frames 21"],
    params: AlignmentParams,
) -> Floor:
    """Choose the floor.

    A candidate scores +2 if horizontal, +3 if classified floor, minus its centre height; the best whose height agrees
    with the soles wins. Scanned planes come first, then RANSAC on the points, then the low envelope of the soles.

    Args:
        planes: Scanned planes in the capture's world.
        points: Scanned points in the same world [m].
        positions: Joints in the same world [m].
        validity: Their marks.
        params: Bonuses, penalty and tolerances.

    Raises:
        AlignmentError: The soles are seen in no frame, or the planes classified as floor all contradict them.
    """
    low = sole_envelope(positions, validity, params.sole_low_percentile)
    here = _standing_place(positions, validity)
    options = [*_from_planes(planes, here, params), *_from_points(points, here, params)]
    soles = _option("sole_envelope", "soles", "none", low, low, 0.0, params, horizontal=True)
    rejections: list[str] = []
    chosen = soles
    for source in ("scan_plane", "ransac"):
        agreeing = []
        for option in sorted((o for o in options if o.candidate.source == source), key=_by_score):
            problem = _problem(option, low, params)
            if problem is None:
                agreeing.append(option)
            else:
                rejections.append(problem)
        if agreeing:
            chosen = agreeing[0]
            break
        _refuse_contradiction([o for o in options if o.candidate.source == source], low, params)
    everything = [*options, soles]
    marked = tuple(o.candidate.model_copy(update={"chosen": o is chosen}) for o in everything)
    winner = next(candidate for candidate in marked if candidate.chosen)
    return Floor(marked, winner, chosen.height_here, tuple(rejections))


def sole_envelope(
    positions: Float[np.ndarray, "frames 21 3"], validity: UInt8[np.ndarray, "frames 21"], percentile: float
) -> float:
    """Give the height on which the soles rest: a low percentile over frames of the lowest sole point [m].

    Raises:
        AlignmentError: No heel or toe in any frame.
    """
    columns = joint_index(*SOLES)
    heights = np.where(validity[:, columns] > 0, positions[:, columns, 1], np.inf).min(axis=1)
    heights = heights[np.isfinite(heights)]
    if not heights.size:
        raise AlignmentError(
            where="s01_alignment",
            field="floor",
            expected="a scanned floor, or heels and toes to find it by",
            found="no heel or toe in any frame",
            fix="Record the feet.",
        )
    return float(np.percentile(heights, percentile))


def _standing_place(
    positions: Float[np.ndarray, "frames 21 3"], validity: UInt8[np.ndarray, "frames 21"]
) -> Float[np.ndarray, "3"]:
    return np.asarray(np.median(positions[validity[:, 0] > 0, 0], axis=0), dtype=float)


def _from_planes(planes: tuple[Plane, ...], here: Float[np.ndarray, "3"], params: AlignmentParams) -> list[_Option]:
    options = []
    for plane in planes:
        pose = plane_pose(plane)
        tilt = tilt_deg(pose.normal)
        if plane.alignment == "vertical" or tilt > 45.0:
            continue
        under = height_under(pose.center, pose.normal, here)
        level = plane.alignment == "horizontal" and tilt <= params.max_tilt_deg
        height = float(pose.center[1])
        options.append(
            _option("scan_plane", plane.identifier, plane.classification, height, under, tilt, params, horizontal=level)
        )
    return options


def _from_points(
    points: Float[np.ndarray, "points 3"], here: Float[np.ndarray, "3"], params: AlignmentParams
) -> list[_Option]:
    options = []
    for number, plane in enumerate(level_planes(points, params)):
        near = height_near(points, plane, here, params)
        under = height_under(plane.center, plane.normal, here) if near is None else near
        name = f"plane {number}, {plane.fraction:.0%} of the points"
        tilt = tilt_deg(plane.normal)
        options.append(_option("ransac", name, "none", float(plane.center[1]), under, tilt, params, horizontal=True))
    return options


def _option(
    source: str,
    identifier: str,
    classification: str,
    height: float,
    height_here: float,
    tilt: float,
    params: AlignmentParams,
    *,
    horizontal: bool,
) -> _Option:
    level = params.horizontal_bonus if horizontal else 0.0
    classed = params.floor_class_bonus if classification == "floor" else 0.0
    low = -params.height_penalty_per_m * height
    fields = {
        "source": source,
        "identifier": identifier,
        "classification": classification,
        "height_m": height,
        "tilt_deg": tilt,
        "horizontal_term": level,
        "class_term": classed,
        "height_term": low,
        "score": level + classed + low,
        "chosen": False,
    }
    return _Option(FloorCandidate.model_validate(fields), height_here)


def _by_score(option: _Option) -> tuple[float, str]:
    """Sort best first; equal scores by name, so that the order of the scan does not matter."""
    return -option.candidate.score, option.candidate.identifier


def _problem(option: _Option, low: float, params: AlignmentParams) -> str | None:
    name = f"{option.candidate.source} {option.candidate.identifier}"
    if option.candidate.tilt_deg > params.max_tilt_deg:
        return f"{name}: tilted {option.candidate.tilt_deg:.1f}°"
    gap = low - option.height_here
    if abs(gap) > params.max_floor_gap_m:
        return f"{name}: the soles come no nearer than {gap:+.2f} m"
    return None


def _refuse_contradiction(options: list[_Option], low: float, params: AlignmentParams) -> None:
    """Refuse where the scan names a floor and no named floor is where the person stands."""
    named = sorted((o for o in options if o.candidate.classification == "floor"), key=_by_score)
    if named:
        raise AlignmentError(
            where="s01_alignment",
            field="floor",
            expected=f"soles within {params.max_floor_gap_m:g} m of the scanned floor",
            found=f"soles {low - named[0].height_here:+.2f} m from floor {named[0].candidate.identifier}",
            fix="Scan and motion must share one world: use the scan of the same session, or take it out of the bundle.",
        )
