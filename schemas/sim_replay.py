"""Stage 4, sim replay: parameters, `replay.h5` and `replay.json`."""

from __future__ import annotations

from enum import IntFlag
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from schemas.base import Array, ArrayTable, Strict
from schemas.motion import JOINTS

Axis = Literal["kinematic", "contact", "dynamic"]
SUB_SCORES = (
    "joint_velocity",
    "joint_acceleration",
    "self_penetration",
    "foot_slip",
    "ground_penetration",
    "foot_float",
    "balance",
    "joint_torque",
    "ground_reaction_force",
    "metabolic_effort",
)
AXES: dict[Axis, tuple[str, ...]] = {"kinematic": SUB_SCORES[:3], "contact": SUB_SCORES[3:7], "dynamic": SUB_SCORES[7:]}


class FrameFault(IntFlag):
    """Why a frame is physically doubtful; several may hold at once. One bit a sub-score, then the solver's own."""

    OK = 0
    JOINT_VELOCITY = 1
    JOINT_ACCELERATION = 2
    SELF_PENETRATION = 4
    FOOT_SLIP = 8
    GROUND_PENETRATION = 16
    FOOT_FLOAT = 32
    BALANCE = 64
    JOINT_TORQUE = 128
    GROUND_REACTION_FORCE = 256
    METABOLIC_EFFORT = 512
    IK_RESIDUAL = 1024
    ROOT_RESIDUAL = 2048
    BRIDGED = 4096
    BOUNDARY = 8192


class SimReplayParams(Strict):
    """How motion is replayed on the subject's humanoid."""

    cutoff_hz: float = Field(
        default=6.0,
        gt=0.0,
        le=30.0,
        description="highest low-pass on generalised coordinates before differentiating; movement and noise lower it",
    )
    ik_iterations: int = Field(
        default=20, ge=1, le=100, description="most Gauss-Newton steps of a frame; most frames settle in three or four"
    )
    ik_damping: float = Field(default=1e-3, gt=0.0)
    friction: float = Field(default=0.8, gt=0.0, le=2.0)
    force_regularisation: float = Field(default=1e-4, gt=0.0)
    scorer: Literal["kinetrace", "phymotion"] = "kinetrace"
    nominal_mass_kg: float = Field(
        default=70.0, gt=0.0, description="used where mass is unknown; forces are then in body weights only"
    )


class AngleColumn(Strict):
    """One column of `joint_angles`."""

    name: str
    plane: Literal["sagittal", "frontal", "transverse"]
    positive: str = Field(description="what a positive angle is; 0 is anatomical stance")
    trust: Literal["trusted", "screening"] = Field(
        description="screening: joint centres show it only roughly; not to be used for a decision"
    )


def _leg(side: str) -> tuple[AngleColumn, ...]:
    return (
        AngleColumn(name=f"hip_flexion_{side}", plane="sagittal", positive="flexion", trust="trusted"),
        AngleColumn(name=f"hip_adduction_{side}", plane="frontal", positive="adduction", trust="screening"),
        AngleColumn(name=f"hip_rotation_{side}", plane="transverse", positive="internal", trust="screening"),
        AngleColumn(name=f"knee_flexion_{side}", plane="sagittal", positive="flexion", trust="trusted"),
        AngleColumn(name=f"ankle_flexion_{side}", plane="sagittal", positive="dorsiflexion", trust="trusted"),
        AngleColumn(name=f"ankle_inversion_{side}", plane="frontal", positive="inversion", trust="screening"),
    )


JOINT_ANGLES: tuple[AngleColumn, ...] = (
    AngleColumn(name="pelvis_tilt", plane="sagittal", positive="forward", trust="screening"),
    AngleColumn(name="pelvis_obliquity", plane="frontal", positive="left side up", trust="screening"),
    AngleColumn(name="pelvis_rotation", plane="transverse", positive="to the left", trust="screening"),
    AngleColumn(name="trunk_flexion", plane="sagittal", positive="forward", trust="trusted"),
    AngleColumn(name="trunk_bending", plane="frontal", positive="to the right", trust="screening"),
    AngleColumn(name="trunk_rotation", plane="transverse", positive="to the left", trust="screening"),
    *_leg("r"),
    *_leg("l"),
)
"""Columns of `joint_angles`. A knee has flexion alone and an ankle no rotation: joint centres do not show the others."""


class ReplayArrays(ArrayTable):
    """`replay.h5`, aligned world frame (Y up) except qpos and qvel, which are MuJoCo's own (Z up)."""

    time: Annotated[np.ndarray[Any, Any], Array("float64", ("frames",))]
    qpos: Annotated[np.ndarray[Any, Any], Array("float64", ("frames", "nq"))]
    qvel: Annotated[np.ndarray[Any, Any], Array("float64", ("frames", "nv"))]
    torque: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", "nj"))]  # joint torque [N m / kg]
    power: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", "nj"))]  # [W / kg]
    grf: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", 2, 3))]  # left, right [body weights]
    cop: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", 2, 3))]  # centre of pressure [m], 0 without force
    seat_force: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", 3))]  # [body weights]
    root_residual: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", 6))]  # force [BW], moment [BW height]
    joint_positions: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", JOINTS, 3))]  # of the humanoid
    ik_residual: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", JOINTS))]  # [m], 0 where not measured
    com: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", 3))]
    joint_angles: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", len(JOINT_ANGLES)))]  # [rad]
    joint_angles_valid: Annotated[
        np.ndarray[Any, Any], Array("uint8", ("frames", len(JOINT_ANGLES)))
    ]  # 0: interpolated
    scores: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", 10))]  # order of SUB_SCORES, 1 = feasible
    faults: Annotated[np.ndarray[Any, Any], Array("uint32", ("frames",))]  # FrameFault


class SubScore(Strict):
    """One of the ten sub-scores."""

    name: str
    axis: Axis
    score: float | None = Field(description="None: cannot be computed here, and why in `explanation`")
    explanation: str


class FaultInterval(Strict):
    """A stretch of the validation log."""

    start_frame: int
    end_frame: int
    start_s: float
    end_s: float
    fault: str
    worst: float
    units: str


class HumanoidInfo(Strict):
    """The subject's model as built."""

    joint_names: tuple[str, ...] = Field(description="names of the nj actuated degrees of freedom, order of torque")
    body_masses_kg: dict[str, float]
    total_mass_kg: float
    mass_source: Literal["declared", "nominal"]
    segment_lengths_m: dict[str, float]
    seat_source: Literal["scan", "motion", "none"] = "none"
    seat_height_m: float | None = None


class Replay(Strict):
    """`replay.json`."""

    fps: float
    scorer: Literal["kinetrace", "phymotion"]
    humanoid: HumanoidInfo
    cutoff_hz: float
    joint_angles: tuple[AngleColumn, ...] = JOINT_ANGLES
    sub_scores: tuple[SubScore, ...]
    axis_scores: dict[str, float]
    total_score: float
    ik_residual_mean_m: float
    ik_residual_by_joint_m: dict[str, float]
    root_residual_force_rms_bw: float
    root_residual_moment_rms_bwh: float
    peak_vertical_force_bw: float
    validation_log: tuple[FaultInterval, ...]
    notes: tuple[str, ...] = ()
