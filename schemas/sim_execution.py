"""Stage 8, sim execution: parameters, `outcomes.h5` and `outcomes.json`."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from schemas.base import Array, ArrayTable, Strict


class SimExecutionParams(Strict):
    """How a planned motion is carried out in forward simulation, and when it has failed."""

    timestep_s: float = Field(default=0.002, gt=0.0, le=0.02)
    stiffness_scale: float = Field(default=1.0, gt=0.0, le=100.0)
    max_root_force_bw: float = Field(default=0.30, gt=0.0, description="RMS root assistance above this: failed [BW]")
    max_root_moment_bwh: float = Field(
        default=0.10, gt=0.0, description="RMS root moment above this: failed [BW height]"
    )
    root_force_cap_bw: float = Field(
        default=1.0,
        gt=0.0,
        le=10.0,
        description="root assistance is cut at this at every instant: one body weight [BW]",
    )
    root_moment_cap_bwh: float = Field(default=0.30, gt=0.0, le=10.0, description="the same for its moment [BW height]")
    max_tracking_error_m: float = Field(default=0.15, gt=0.0)
    max_foot_slip_m: float = Field(default=0.10, gt=0.0)
    fall_pelvis_fraction: float = Field(
        default=0.6, gt=0.0, lt=1.0, description="pelvis below this part of its planned height: a fall"
    )
    max_variants: int = Field(default=8, ge=1, le=1000)
    corrections: int = Field(
        default=4, ge=0, le=50, description="bisection steps towards the recorded motion for a failed variant"
    )


class OutcomeArrays(ArrayTable):
    """`outcomes.h5`: executed motions at the dataset's rate. qpos is MuJoCo's own (Z up)."""

    time: Annotated[np.ndarray[Any, Any], Array("float64", ("executed", "steps"))]
    variant: Annotated[
        np.ndarray[Any, Any], Array("int32", ("executed",))
    ]  # index into variants.npz; -1 = recorded motion
    qpos: Annotated[np.ndarray[Any, Any], Array("float64", ("executed", "steps", "nq"))]
    root_force: Annotated[np.ndarray[Any, Any], Array("float32", ("executed", "steps"))]  # assistance [BW]
    root_moment: Annotated[np.ndarray[Any, Any], Array("float32", ("executed", "steps"))]  # [BW height]
    tracking_error: Annotated[np.ndarray[Any, Any], Array("float32", ("executed", "steps"))]  # mean joint distance [m]


class Correction(Strict):
    """The smallest tried change that turns failure into success."""

    fraction: float = Field(description="how far towards the recorded motion: 0 = as planned, 1 = as recorded")
    joint_change_mm: float
    latent_change: float = Field(description="RMS latent distance to the plan, were the latent moved back alike")


class Outcome(Strict):
    """What became of one executed motion."""

    variant: int = Field(description="-1: the recorded motion itself, executed for reference")
    success: bool
    labels: tuple[str, ...] = Field(description="task criteria met or missed, e.g. 'no_fall', 'slip_exceeded'")
    reasons: tuple[str, ...]
    root_force_rms_bw: float
    root_moment_rms_bwh: float
    torque_saturation_fraction: float
    tracking_error_mean_m: float
    foot_slip_m: float
    fell: bool
    fall_time_s: float | None = None
    correction: Correction | None = None


class FailureFactor(Strict):
    """How well one parameter of a variant separates failure from success."""

    parameter: str
    auc: float | None = Field(description="None: all succeeded or all failed")
    mean_success: float | None
    mean_failure: float | None


class Outcomes(Strict):
    """`outcomes.json`."""

    outcomes: tuple[Outcome, ...]
    executed: int
    succeeded: int
    failure_factors: tuple[FailureFactor, ...]
    notes: tuple[str, ...] = ()
