"""Stage 3, labels: parameters and `labels.json`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import Movement, Side, Strict


class LabelsParams(Strict):
    """When the state itself shows a failure."""

    min_interval_s: float = Field(default=0.05, ge=0.0, le=5.0)
    squat_min_depth_deg: float = Field(
        default=60.0, gt=0.0, le=180.0, description="peak knee flexion below this: shallow"
    )
    trunk_lean_max_deg: float = Field(default=60.0, gt=0.0, le=120.0)
    asymmetry_max: float = Field(
        default=0.2, gt=0.0, le=2.0, description="|L-R| / mean(L, R) of peak knee flexion above this"
    )
    sway_max_m: float = Field(
        default=0.1, gt=0.0, le=1.0, description="horizontal CoM excursion of a balance trial above this"
    )


class Label(Strict):
    """An interval with a name."""

    label: str
    kind: Literal["phase", "failure"]
    side: Side
    start_s: float
    end_s: float
    start_frame: int
    end_frame: int = Field(description="exclusive")
    source: Literal["assessment", "state"]
    confidence: float = Field(
        ge=0.0,
        le=1.0,
        description="of a phase seen in the state: mean over its frames and the joints that decide it of 1 measured, 0.5 "
        "inferred, 0 missing, times the movement's confidence; of a failure seen in the state: 0.5 on its bound to 1 half "
        "the bound beyond it; of an assessment: as given, 0.5 for a failure without a time",
    )
    value: float | None = None
    units: str | None = None
    reason: str = ""


class Labels(Strict):
    """`labels.json`."""

    movement: Movement
    assessment_type: str | None
    scores: dict[str, float]
    labels: tuple[Label, ...]
