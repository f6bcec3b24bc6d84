"""Stage 7, planning: parameters, `variants.npz` and `plan.json`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from schemas.base import Array, ArrayTable, Strict
from schemas.motion import JOINTS


class GoalParams(Strict):
    """What the goal-conditioned planner is asked for."""

    kind: Literal["knee_flexion", "pose"] = "knee_flexion"
    change_deg: float = Field(
        default=5.0, ge=-45.0, le=45.0, description="for knee_flexion: change at the keyframe [deg]"
    )
    side: Literal["left", "right", "both"] = "both"
    pose_frame: int | None = Field(default=None, ge=0, description="for pose: anchor whose pose is the target")
    through: Literal["action", "latent"] = Field(
        default="action",
        description="action: the model is told a change of the pose's angles; latent: the seed's way, a shove of the latent",
    )


class PhysicsFilterParams(Strict):
    """Bounds a planned motion must keep."""

    max_joint_speed: float = Field(default=8.0, gt=0.0, description="[m/s]")
    max_joint_acceleration: float = Field(default=120.0, gt=0.0, description="[m/s2]")
    max_ground_penetration_m: float = Field(default=0.04, ge=0.0)
    max_bone_change: float = Field(default=0.10, gt=0.0, description="relative change of any bone length")
    max_reencoding_gap: float = Field(default=1.0, gt=0.0, description="|enc(D(z)) - z| over the latent's own spread")


class PlanningParams(Strict):
    """How variants are made and judged."""

    variants: int = Field(default=12, ge=1, le=1000)
    perturbation: float = Field(
        default=0.3,
        gt=0.0,
        le=10.0,
        description="in standard deviations of the latent; 0.5 moves a walker's joints by 8 cm, which is another walk",
    )
    horizon_frames: int = Field(default=30, ge=2, le=600)
    goal: GoalParams = GoalParams()
    cem_samples: int = Field(default=128, ge=8, le=100_000)
    cem_elites: int = Field(default=16, ge=2, le=10_000)
    cem_iterations: int = Field(default=8, ge=1, le=1000)
    filter: PhysicsFilterParams = PhysicsFilterParams()
    seed: int = Field(default=0, ge=0)


class VariantArrays(ArrayTable):
    """`variants.npz`: planned motions at the dataset's rate, aligned world frame [m]."""

    time: Annotated[np.ndarray[Any, Any], Array("float64", ("variants", "steps"))]
    positions: Annotated[np.ndarray[Any, Any], Array("float32", ("variants", "steps", JOINTS, 3))]
    validity: Annotated[np.ndarray[Any, Any], Array("uint8", ("variants", JOINTS))]
    reference: Annotated[np.ndarray[Any, Any], Array("float32", ("variants", "steps", JOINTS, 3))]  # as recorded
    latent: Annotated[np.ndarray[Any, Any], Array("float32", ("variants", "steps", "latent"))]
    accepted: Annotated[np.ndarray[Any, Any], Array("uint8", ("variants",))]


class PlanPhase(Strict):
    """A stretch of root-speed phase."""

    name: Literal["static", "transition", "dynamic"]
    start_anchor: int
    end_anchor: int


class Rejection(Strict):
    """Why a variant was turned down."""

    rule: str
    value: float
    bound: float
    units: str
    step: int


class Variant(Strict):
    """One planned motion."""

    index: int
    kind: Literal["perturbation", "goal"]
    keyframe_anchor: int
    accepted: bool
    rejections: tuple[Rejection, ...]
    reencoding_gap: float
    mean_change_mm: float = Field(description="mean distance from the recorded motion over the variant")
    latent_change: float | None = Field(
        default=None, description="RMS over the steps of |z - z without the change|; stage 8 scales corrections by it"
    )
    through: Literal["action", "latent"] = Field(
        default="latent", description="what was changed: what the model is told is done, or the latent it starts from"
    )
    expected_error_mm: float | None = Field(
        default=None,
        description="mean expected error of the forecast behind it; None: the model's errors are not known",
    )
    radius_90_mm: float | None = Field(
        default=None,
        description="mean radius of its 90 % balls, calibrated on what people did, not on what they might do",
    )
    goal_leak_mm: float | None = Field(default=None, description="RMS change of joints that were not to move")
    goal_leak_deg: float | None = Field(default=None, description="RMS change of angles that were not to change")
    goal_asked_deg: float | None = None
    goal_reached_deg: float | None = Field(default=None, description="measured on the decoded pose")
    goal_error: float | None = Field(default=None, description="pose goal: RMS distance to the target [m]")


class Plan(Strict):
    """`plan.json`."""

    fps: float
    phases: tuple[PlanPhase, ...]
    keyframes: tuple[int, ...]
    keyframe_source: Literal["phase_changes", "even"]
    goal: GoalParams
    variants: tuple[Variant, ...]
    accepted: int
    baselines: dict[str, float] = Field(
        description="goal error of passthrough, straight interpolation, random shooting"
    )
    notes: tuple[str, ...] = ()
