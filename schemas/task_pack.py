"""Stage 9, task pack: parameters, `task_pack.json`, `metrics.json` and the columns of `curves.parquet`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import Movement, Sha256, Side, Strict

CURVE_COLUMNS = ("curve", "side", "cycle", "percent", "value", "units")


class TaskPackParams(Strict):
    """How metrics are summarised."""

    curve_points: int = Field(default=101, ge=11, le=1001)
    min_cycles: int = Field(default=1, ge=1, description="fewer cycles than this: the metric is left out, and said so")


class Metric(Strict):
    """One clinical quantity."""

    name: str
    side: Side
    value: float
    units: str
    n: int
    sd: float | None
    method: str
    plane_trust: Literal["trusted", "screening", "not_applicable"]


class Metrics(Strict):
    """`metrics.json`."""

    movement: Movement
    simulated: bool
    metrics: tuple[Metric, ...]
    left_out: tuple[str, ...] = Field(description="metrics of this movement that could not be computed, each with why")
    disclaimer: str = "Not a medical device. Screening-grade quantities are marked as such."


class Segment(Strict):
    """A cycle, repetition or trial."""

    name: str
    side: Side
    start_s: float
    end_s: float


class Pointer(Strict):
    """A file of this capture, by digest."""

    stage: str
    path: str
    sha256: Sha256


class TaskOutcome(Strict):
    """One executed variant, in short."""

    variant: int
    success: bool
    labels: tuple[str, ...]


class TaskPack(Strict):
    """`task_pack.json`: what a downstream task needs to start from."""

    capture: str
    movement: Movement
    simulated: bool
    fps: float
    segments: tuple[Segment, ...]
    keyframes_s: tuple[float, ...]
    outcomes: tuple[TaskOutcome, ...]
    feasibility: dict[str, float]
    pointers: tuple[Pointer, ...]
