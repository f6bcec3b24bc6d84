"""Stage 0, adapter: parameters and `adapter_result.json`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Movement, Strict
from schemas.capture import Assessment, Plane, SubjectInfo

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class AdapterParams(Strict):
    """How a recording is read and cleaned."""

    max_fps: float = Field(
        default=120.0, gt=0.0, le=1000.0, description="faster recordings are decimated to at most this [Hz]"
    )
    fill_gap_max_s: float = Field(
        default=0.12, ge=0.0, le=1.0, description="gaps up to this are bridged and marked inferred [s]"
    )
    repair: Literal["gaps", "off", "all"] = Field(
        default="gaps",
        description="gaps: the joint corrector fills hidden samples; all: it takes noise out of measured ones, too",
    )
    repair_gap_max_s: float = Field(
        default=0.5, ge=0.0, le=0.66, description="the corrector fills gaps up to this and marks them inferred [s]"
    )
    source: Literal["auto", "body", "video"] = Field(
        default="auto",
        description="what the body is read from: body.jsonl or motion file, or the film; auto: what promises more",
    )
    place: tuple[Share, Share] | None = Field(
        default=None,
        description="of several who move in a film: about where the one to follow is, 0 to 1 from left and top",
    )
    max_joint_speed: float = Field(
        default=12.0, gt=0.0, le=100.0, description="a single-sample excursion faster than this is an outlier [m/s]"
    )
    root_jump_m: float = Field(
        default=0.05, gt=0.0, le=1.0, description="a pelvis step larger than this in one frame is a jump [m]"
    )
    min_tracked_fraction: float = Field(
        default=0.5, gt=0.0, le=1.0, description="fewer frames than this with a body: refused"
    )
    min_frames: Annotated[int, Field(ge=8)] = 30


class ReasonCount(Strict):
    """How often a reason code occurs."""

    reason: str
    frames: int


class JointSource(Strict):
    """Where a BODY21 joint came from."""

    joint: str
    method: str = Field(
        description="e.g. 'arkit:left_foot_joint', 'midpoint(L_knee, L_mknee)+static', 'Harrington 2007'"
    )
    markers: tuple[str, ...] = ()
    measured_fraction: float
    inferred_fraction: float


class SourceInfo(Strict):
    """Provenance: what was read, how it was understood and what was assumed."""

    adapter: Literal["robotics", "videopose3d", "assessment"]
    format: str = Field(description="'kinetrace-bundle/body.jsonl', 'trc', …")
    files: tuple[str, ...]
    layout: str = Field(description="name of the skeleton or marker set")
    units_found: Literal["m", "cm", "mm"]
    up_found: Literal["y", "z"]
    native_fps: float
    fps: float
    time_offset_s: float
    max_timestamp_jitter_s: float
    frames: int
    joints: tuple[JointSource, ...]
    assumptions: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    simulated: bool
    licence: str | None = None
    source: str | None = None


class StaticPose(Strict):
    """The median pose of a static trial, in the frame of motion.h5."""

    file: str
    positions: tuple[tuple[float, float, float], ...] = Field(min_length=21, max_length=21)
    validity: tuple[int, ...] = Field(min_length=21, max_length=21)


class AdapterResult(Strict):
    """`adapter_result.json`: everything about a recording but its arrays."""

    capture: str
    source_info: SourceInfo
    subject: SubjectInfo
    movement: Movement | None = Field(description="as declared in the capture; None when not declared")
    planes: tuple[Plane, ...] = Field(default=(), description="already in the frame of motion.h5 (Y-up, metres)")
    static_pose: StaticPose | None = None
    assessment: Assessment | None = None
    quality: tuple[ReasonCount, ...]
    tracked_fraction: float
