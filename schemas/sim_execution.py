"""Stage 8, sim execution: parameters, `outcomes.h5` and `outcomes.json`."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field, PositiveFloat

from schemas.base import Array, ArrayTable, Strict


class SimExecutionParams(Strict):
    """How a planned motion is carried out in forward simulation, and when it has failed."""

    timestep_s: float = Field(default=0.002, gt=0.0, le=0.02)
    stiffness_scale: float = Field(default=1.0, gt=0.0, le=100.0)
    assistance_costs: tuple[PositiveFloat, ...] = Field(
        default=(1e5, 1e4, 1e3),
        min_length=1,
        max_length=10,
        description="price of root assistance per squared body weight, tried in this order until the motion is carried out: "
        "dear (nearly none) first, so that what is reported is about what the motion needs",
    )
    max_root_force_bw: float = Field(default=0.05, gt=0.0, description="RMS root assistance above this: failed [BW]")
    max_root_moment_bwh: float = Field(
        default=0.02, gt=0.0, description="RMS root moment above this: failed [BW height]"
    )
    root_force_cap_bw: float = Field(
        default=1.0,
        gt=0.0,
        le=10.0,
        description="root assistance is cut at this at every instant: one body weight [BW]",
    )
    root_moment_cap_bwh: float = Field(default=0.30, gt=0.0, le=10.0, description="the same for its moment [BW height]")
    max_tracking_error_m: float = Field(
        default=0.15, gt=0.0, description="mean joint further from the plan than this at any step: failed [m]"
    )
    max_foot_slip_m: float = Field(
        default=0.10, gt=0.0, description="a loaded foot that slides further in a second, on average: failed [m/s]"
    )
    max_self_overlap_m: float = Field(
        default=0.05,
        gt=0.0,
        description="one body part deeper in another than this: failed [m]; clothed bodies measure 0.014",
    )
    max_reference_change_m: float = Field(
        default=0.04,
        gt=0.0,
        description="feet put on the floor by moving the mean joint further than this: failed [m]; recordings need 0.008-0.015",
    )
    fall_pelvis_fraction: float = Field(
        default=0.6, gt=0.0, lt=1.0, description="pelvis below this part of its planned height: a fall"
    )
    max_variants: int = Field(default=8, ge=1, le=1000)
    corrections: int = Field(
        default=4,
        ge=0,
        le=50,
        description="bisection steps towards the recorded motion for a failed variant, for each part",
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
    joint_change_mm: float = Field(description="mean distance that joints are moved by [mm]")
    latent_change: float | None = Field(
        description="RMS latent distance to the plan, were the latent moved back alike; None: only a part is moved"
    )
    part: str = Field(default="whole body", description="what is moved back")


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
    tracking_error_max_m: float | None = Field(default=None, description="at the worst step [m]")
    foot_slip_m: float = Field(description="way that the foot slides in all while it bears, of the worse foot [m]")
    reference_change_mm: float | None = Field(
        default=None,
        description="mean way by which feet were put on the floor and lifted over it before execution [mm]",
    )
    self_overlap_m: float | None = Field(default=None, description="deepest overlap of two body parts [m]")
    assistance_cost: float | None = Field(default=None, description="price of assistance at which this was executed")
    fell: bool
    fall_time_s: float | None = None
    correction: Correction | None = Field(
        default=None, description="smallest change of the whole plan, in latent space"
    )
    joint_correction: Correction | None = Field(
        default=None, description="smallest change in joint space, of the whole body or of one part of it"
    )


class FailureFactor(Strict):
    """How well one parameter of a variant separates failure from success."""

    parameter: str
    auc: float | None = Field(description="None: all succeeded or all failed")
    mean_success: float | None
    mean_failure: float | None
    importance: float | None = Field(
        default=None,
        description="permutation importance: AUC lost when it is shuffled; None: too few of either outcome",
    )
    importance_low: float | None = Field(default=None, description="lower end of its 95 % interval")
    importance_high: float | None = Field(default=None, description="upper end")


class Outcomes(Strict):
    """`outcomes.json`."""

    outcomes: tuple[Outcome, ...]
    executed: int
    succeeded: int
    failure_factors: tuple[FailureFactor, ...]
    notes: tuple[str, ...] = ()
