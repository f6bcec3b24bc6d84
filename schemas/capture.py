"""The open capture bundle: what `captures/<id>/` holds (docs/formats.md)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from schemas.base import Movement, Sex, Strict

FileRole = Literal[
    "body",
    "motion",
    "static",
    "mapping",
    "planes",
    "room",
    "assessment",
    "rgb",
    "camera",
    "depth",
    "confidence",
    "odometry",
    "camera_matrix",
    "imu",
    "truth",
]
LEVEL: Final = ("gravity", "gravityAndHeading")
"""Of ARKit's world alignments, those whose Y is up."""
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$")]


class Device(Strict):
    """The recording device."""

    model: str
    os: str = "unknown"


class Session(Strict):
    """How the device's world was set up."""

    world_alignment: Literal["gravity", "gravityAndHeading", "camera"] = Field(
        default="gravity", description="ARKit's; camera: the world was laid along the device, its Y is not up"
    )
    start_utc: str | None = None


class SubjectInfo(Strict):
    """What is declared of the person; nothing here is ever guessed silently."""

    id: str
    height_m: Annotated[float, Field(ge=0.4, le=2.6)] | None = None
    mass_kg: Annotated[float, Field(ge=5.0, le=400.0)] | None = None
    sex: Sex = "unknown"
    age_y: Annotated[float, Field(ge=0.0, le=120.0)] | None = None


class CaptureFile(Strict):
    """`capture.json`: the bundle's table of contents."""

    schema_version: Literal[1] = 1
    device: Device
    session: Session = Session()
    subject: SubjectInfo
    movement: Movement | None = Field(
        default=None, description="None: not declared, guessed from the motion and said so"
    )
    units: Literal["m"] = Field(description="never assumed: a bundle that does not declare it is refused")
    matrix_order: Literal["column"] = "column"
    files: dict[FileName, FileRole]
    simulated: bool = False
    licence: str | None = None
    source: str | None = None


class Extent(Strict):
    """Size of a plane and its rotation about its own normal."""

    width: float
    height: float
    rotation_on_y: float = 0.0


class Plane(Strict):
    """One ARPlaneAnchor: pose column-major in the capture's world [m], normal = local Y."""

    identifier: str
    transform: tuple[float, ...] = Field(min_length=16, max_length=16)
    alignment: Literal["horizontal", "vertical", "slanted"]
    center: tuple[float, float, float]
    extent: Extent
    classification: Literal["none", "wall", "floor", "ceiling", "table", "seat", "window", "door"] = "none"


class MarkerMapping(Strict):
    """A user's `--mapping` file: which markers make which joint, and how the file lies in space and time."""

    joints: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="BODY21 joint -> markers whose mean is the joint centre; none: a known marker set",
    )
    units: Literal["m", "cm", "mm"] | None = None
    up: Literal["y", "z", "-y", "-z"] | None = Field(
        default=None, description="the file's axis that points up; cameras often have Y down: -y"
    )
    fps: float | None = Field(
        default=None, ge=5.0, le=20_000.0, description="frames a second of a file without times (--fps)"
    )
    columns: dict[str, tuple[str, str, str]] = Field(
        default_factory=dict, description="CSV: marker -> its columns; none: NAME_x, NAME_y, NAME_z"
    )
    time: str | None = Field(default=None, description="CSV: the column with the time; none: time or t")
    time_unit: Literal["s", "ms"] = "s"


class AssessmentItem(Strict):
    """One scored item of a clinical assessment."""

    name: str
    score: float
    maximum: float | None = None
    comment: str | None = None


class AssessmentInterval(Strict):
    """A stretch of time that an assessor marked."""

    label: str
    kind: Literal["phase", "failure"]
    start_s: float = Field(ge=0.0)
    end_s: float = Field(ge=0.0)
    side: Literal["left", "right", "both", "none"] = "none"
    confidence: float = Field(default=1.0, ge=0.0, le=1.0)


class Assessment(Strict):
    """`assessment.json`: scores, metrics and marked intervals that a person gave."""

    assessment_type: str
    assessor: str | None = None
    scores: tuple[AssessmentItem, ...] = ()
    metrics: dict[str, float] = {}
    failures: tuple[str, ...] = Field(
        default=(), description="failures seen somewhere in the recording, without a time"
    )
    intervals: tuple[AssessmentInterval, ...] = ()
