from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.alignment import Alignment, AlignmentParams, FloorCandidate

IDENTITY = tuple(float(i % 5 == 0) for i in range(16))


def alignment(**changes: Any) -> Alignment:
    floor = FloorCandidate(
        source="ransac", identifier="p1", classification="floor", height_m=0.0, tilt_deg=0.5, horizontal_term=2.0,
        class_term=3.0, height_term=0.0, score=5.0, chosen=True,
    )  # fmt: skip
    fields: dict[str, Any] = {
        "floor_candidates": (floor,), "floor_source": "ransac", "floor_height_m": 0.0, "floor_tilt_deg": 0.5,
        "forward_source": "displacement", "forward": (1.0, 0.0, 0.0), "root_displacement_m": 3.0, "origin_source": "root",
        "transform": IDENTITY, "stature_estimate_m": 1.7, "checks": (),
    }  # fmt: skip
    return Alignment(**{**fields, **changes})


def test_an_alignment_survives_json() -> None:
    assert Alignment.model_validate_json(alignment().model_dump_json(), strict=True) == alignment()


def test_the_aligned_world_has_y_up_and_gravity_down() -> None:
    assert alignment().up == (0.0, 1.0, 0.0)
    assert alignment().gravity == (0.0, -9.81, 0.0)


def test_the_transform_is_four_by_four() -> None:
    with pytest.raises(ValidationError, match="16 items"):
        alignment(transform=IDENTITY[:12])


def test_a_floor_comes_from_a_scan_from_points_or_from_soles() -> None:
    with pytest.raises(ValidationError, match="floor_source"):
        alignment(floor_source="guess")


def test_a_tilt_of_zero_degrees_would_refuse_every_floor() -> None:
    with pytest.raises(ValidationError, match="greater than 0"):
        AlignmentParams(max_tilt_deg=0.0)
