"""Stage 2, physical state: parameters, `physical_state.h5` and `physical_state.json`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from schemas.base import Array, ArrayTable, Movement, Sex, Side, Strict
from schemas.motion import JOINTS

ANGLES = (
    "hip_r",
    "knee_r",
    "ankle_r",
    "hip_l",
    "knee_l",
    "ankle_l",
    "trunk",
)  # sagittal, flexion / dorsiflexion / forward lean positive [rad]


class FilterParams(Strict):
    """Zero-lag Butterworth."""

    cutoff_hz: float = Field(default=6.0, gt=0.0, le=60.0)
    order: int = Field(default=2, ge=1, le=8, description="per pass; forward and back make twice this")
    peer_compatible: bool = Field(
        default=False, description="leave out the dual-pass cut-off correction, as many packages do"
    )


class ContactParams(Strict):
    """When a foot bears on the floor."""

    max_height_m: float = Field(default=0.03, gt=0.0, le=0.3)
    speed_fraction: float = Field(default=0.72, gt=0.0, le=2.0, description="of walking speed (Bonci 2022: 0.66-0.78)")
    fixed_speed: float = Field(
        default=0.5, gt=0.0, le=5.0, description="threshold where there is no walking speed [m/s]"
    )
    release_ratio: float = Field(
        default=1.3, ge=1.0, le=3.0, description="hysteresis: contact ends above the height threshold times this"
    )
    strike_speed_ratio: float = Field(
        default=0.63,
        gt=0.0,
        le=1.0,
        description="contact begins below the speed threshold times this: a heel is slow before it is loaded",
    )
    release_speed_ratio: float = Field(
        default=1.4, ge=1.0, le=4.0, description="contact ends above the speed threshold times this"
    )
    min_duration_s: float = Field(default=0.05, ge=0.0, le=1.0)


class PhysicalStateParams(Strict):
    """How motion becomes physical state."""

    filter: FilterParams = FilterParams()
    contact: ContactParams = ContactParams()


class PhysicalStateArrays(ArrayTable):
    """`physical_state.h5`, aligned world frame, native rate; zero-phase (offline) state."""

    time: Annotated[np.ndarray[Any, Any], Array("float64", ("frames",))]
    positions_raw: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", JOINTS, 3))]
    state: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", JOINTS, 12))]  # p v a j [m, m/s, m/s2, m/s3]
    validity: Annotated[np.ndarray[Any, Any], Array("uint8", ("frames", JOINTS))]
    boundary: Annotated[np.ndarray[Any, Any], Array("uint8", ("frames", JOINTS))]  # 1 = one-sided derivative
    angles: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", len(ANGLES)))]  # order of ANGLES [rad]
    angles_valid: Annotated[np.ndarray[Any, Any], Array("uint8", ("frames", len(ANGLES)))]
    com: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", 9))]  # position, velocity, acceleration
    com_valid: Annotated[np.ndarray[Any, Any], Array("uint8", ("frames",))]
    contacts: Annotated[np.ndarray[Any, Any], Array("uint8", ("frames", 2))]  # left, right: 0 no, 1 yes, 2 unknown
    phases: Annotated[np.ndarray[Any, Any], Array("uint8", ("frames", 2))]  # left, right; index into phase_names
    reasons: Annotated[np.ndarray[Any, Any], Array("uint32", ("frames",))]


class Subject(Strict):
    """The person as used: declared where declared, else estimated, and which."""

    id: str
    stature_m: float
    stature_source: Literal["declared", "estimated"]
    mass_kg: float | None = Field(description="None: forces are reported in body weights")
    sex: Sex
    segment_lengths_m: dict[str, float] = Field(
        description="medians: thigh_l, shank_l, foot_l, upper_arm_l, forearm_l, …_r, trunk, pelvis_width, shoulder_width"
    )


class GaitEvent(Strict):
    """A foot meeting or leaving the floor."""

    kind: Literal["heel_strike", "toe_off"]
    side: Literal["left", "right"]
    time_s: float
    frame: int


class Repetition(Strict):
    """One squat or one sit-to-stand."""

    start_frame: int
    turn_frame: int = Field(description="deepest frame of a squat; seat-off of a sit-to-stand")
    end_frame: int = Field(
        description="standing again after a squat; seated again (or the last frame) in a sit-to-stand"
    )
    upright_frame: int | None = Field(default=None, description="sit-to-stand: first frame at standing height")


class FootCalibration(Strict):
    """Standing height of one foot's heel and toe points above the floor."""

    side: Literal["left", "right"]
    heel_height_m: float
    toe_height_m: float
    frames_used: int


class FilterRun(Strict):
    """The filter as applied."""

    kind: str
    cutoff_hz: float
    design_cutoff_hz: float
    order_total: int
    gap_free_runs: int
    runs_too_short: int


class PhysicalState(Strict):
    """`physical_state.json`: what goes with the arrays."""

    movement: Movement
    movement_source: Literal["declared", "guessed"]
    movement_confidence: float
    fps: float
    subject: Subject
    angle_names: tuple[str, ...] = ANGLES
    ankle_zero_source: Literal["static_trial", "quiet_standing", "median_stance", "none"]
    phase_names: tuple[str, ...]
    filter: FilterRun
    contact_speed_threshold: float
    contact_speed_source: Literal["walking_speed", "fixed"]
    calibration: tuple[FootCalibration, ...]
    walking_speed: float | None = Field(description="belt speed added on a treadmill [m/s]")
    treadmill: bool
    events: tuple[GaitEvent, ...]
    repetitions: tuple[Repetition, ...]
    notes: tuple[str, ...] = ()


class PhaseInterval(Strict):
    """A stretch of one phase on one side."""

    label: str
    side: Side
    start_frame: int
    end_frame: int
