"""Stage 1, alignment: parameters and `alignment.json`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import Strict


class AlignmentParams(Strict):
    """How the floor is chosen and what must hold afterwards."""

    horizontal_bonus: float = Field(default=2.0, ge=0.0)
    floor_class_bonus: float = Field(default=3.0, ge=0.0)
    height_penalty_per_m: float = Field(default=1.0, ge=0.0)
    max_tilt_deg: float = Field(default=10.0, gt=0.0, le=45.0)
    ransac_threshold_m: float = Field(default=0.02, gt=0.0, le=0.2)
    ransac_iterations: int = Field(default=500, ge=10, le=100_000)
    ransac_min_inlier_fraction: float = Field(default=0.1, gt=0.0, le=1.0)
    sole_low_percentile: float = Field(default=5.0, ge=0.0, le=50.0)
    min_displacement_m: float = Field(
        default=0.5, gt=0.0, description="less root travel than this: facing direction decides forward"
    )
    min_sole_clearance_m: float = Field(default=-0.03, le=0.0)
    max_floor_gap_m: float = Field(
        default=0.15, gt=0.0, description="soles never nearer to the chosen floor than this: refused"
    )
    stature_range_m: tuple[float, float] = (0.6, 2.4)
    seed: int = Field(default=0, ge=0)


class FloorCandidate(Strict):
    """One plane that could be the floor, with every term of its score."""

    source: Literal["scan_plane", "ransac", "sole_envelope"]
    identifier: str
    classification: str
    height_m: float = Field(description="centre height in the capture's world")
    tilt_deg: float
    horizontal_term: float
    class_term: float
    height_term: float
    score: float
    chosen: bool


class Check(Strict):
    """One thing that must hold, with its figure."""

    name: str
    value: float
    bound: str
    ok: bool


class SeatPlane(Strict):
    """A seat in the aligned world."""

    source: Literal["scan_plane", "room"]
    height_m: float
    center: tuple[float, float, float]
    width_m: float
    depth_m: float
    yaw_rad: float


class Alignment(Strict):
    """`alignment.json`: the floor, the forward axis, the transform and the checks."""

    floor_candidates: tuple[FloorCandidate, ...]
    floor_source: Literal["scan_plane", "ransac", "sole_envelope"]
    floor_height_m: float
    floor_tilt_deg: float
    floor_rejections: tuple[str, ...] = ()
    up: tuple[float, float, float] = (0.0, 1.0, 0.0)
    gravity: tuple[float, float, float] = (0.0, -9.81, 0.0)
    forward_source: Literal["displacement", "pelvis_facing", "first_facing"] = Field(
        description="first_facing: the person turned about, so the mean facing says nothing and the first second decides"
    )
    forward: tuple[float, float, float] = Field(description="in the capture's world")
    root_displacement_m: float
    origin_source: Literal["room_centre", "root"]
    transform: tuple[float, ...] = Field(
        min_length=16, max_length=16, description="row-major 4x4: aligned = T @ capture"
    )
    stature_estimate_m: float
    seat: SeatPlane | None = None
    checks: tuple[Check, ...]
