"""Level planes in a cloud of scanned points, by RANSAC with gravity as the prior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from schemas.alignment import AlignmentParams

MAX_POINTS = 20_000
MAX_PLANES = 4
NEAR_M = 1.5
"""Points so near to the person say how high the floor is there; a plane carried on from elsewhere errs by its tilt."""
ENOUGH = 50


@dataclass(frozen=True)
class LevelPlane:
    """A plane near the horizontal: its centre [m], unit normal (up) and the part of all points on it."""

    center: Float[np.ndarray, "3"]
    normal: Float[np.ndarray, "3"]
    fraction: float


def level_planes(points: Float[np.ndarray, "points 3"], params: AlignmentParams) -> list[LevelPlane]:
    """Find up to four level planes, the best supported first, each fitted to its own points.

    Triples whose normal leans more than `max_tilt_deg` from gravity are not considered (Fischler and Bolles 1981, with
    the prior); after each find its points are taken out of the cloud.

    Args:
        points: Scan in a Y-up world [m].
        params: Threshold, iterations, least support and the seed of the drawing.
    """
    rng = np.random.default_rng(params.seed)
    cloud = points if len(points) <= MAX_POINTS else points[rng.choice(len(points), MAX_POINTS, replace=False)]
    cloud = cloud.astype(float)
    total = len(cloud)
    found: list[LevelPlane] = []
    while len(found) < MAX_PLANES and len(cloud) >= max(3, params.ransac_min_inlier_fraction * total):
        inliers = _best_support(cloud, params, rng)
        if inliers is None or inliers.sum() < params.ransac_min_inlier_fraction * total:
            break
        center, normal = _fit(cloud[inliers])
        found.append(LevelPlane(center, normal, float(inliers.sum() / total)))
        cloud = cloud[np.abs((cloud - center) @ normal) > 2.0 * params.ransac_threshold_m]
    return found


def height_near(
    points: Float[np.ndarray, "points 3"],
    plane: LevelPlane,
    here: Float[np.ndarray, "3"],
    params: AlignmentParams,
) -> float | None:
    """Give the median height of a plane's own points around a place [m]; None where fewer than 50 were scanned there.

    Args:
        points: The scan, in a Y-up world [m].
        plane: One that was found in it.
        here: The place; its height does not matter [m].
        params: How far from the plane its points may lie.
    """
    own = np.abs((points - plane.center) @ plane.normal) <= params.ransac_threshold_m
    around = np.linalg.norm((points - here)[:, [0, 2]], axis=1) <= NEAR_M
    heights = points[own & around, 1]
    return float(np.median(heights)) if len(heights) >= ENOUGH else None


def _best_support(
    cloud: Float[np.ndarray, "points 3"], params: AlignmentParams, rng: np.random.Generator
) -> Bool[np.ndarray, "points"] | None:
    best: Bool[np.ndarray, "points"] | None = None
    triples = cloud[rng.integers(0, len(cloud), (params.ransac_iterations, 3))]
    normals = np.cross(triples[:, 1] - triples[:, 0], triples[:, 2] - triples[:, 0])
    lengths = np.linalg.norm(normals, axis=1)
    level = (lengths > 1e-6) & (np.abs(normals[:, 1]) >= np.cos(np.radians(params.max_tilt_deg)) * lengths)
    for anchor, normal, length in zip(triples[level, 0], normals[level], lengths[level], strict=True):
        inliers = np.abs((cloud - anchor) @ (normal / length)) <= params.ransac_threshold_m
        if best is None or inliers.sum() > best.sum():
            best = inliers
    return best


def _fit(points: Float[np.ndarray, "points 3"]) -> tuple[Float[np.ndarray, "3"], Float[np.ndarray, "3"]]:
    """Give the least-squares plane: centroid and the direction of least spread, turned up."""
    center = points.mean(axis=0)
    normal = np.linalg.svd(points - center, full_matrices=False)[2][2]
    return center, normal if normal[1] > 0 else -normal
