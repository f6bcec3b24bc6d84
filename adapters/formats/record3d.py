"""Record3D's `.r3d`: a zip of JPEG frames, depth, confidence and `metadata`, read in place.

Poses lead from the camera to the first frame's camera, by OpenGL's convention (looking along −Z, Y up) and with the axes of
the image as it is stored; the app's author says so (github.com/marek-simonik/record3d, issues 33, 36 and 64). Gravity is not
in them: the first camera's attitude is lost (issue 27).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

import numpy as np
from jaxtyping import Float, Int
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from scipy.spatial.transform import Rotation

from adapters.formats.json_text import parse_json, validate_json
from adapters.formats.optics import looking_forward, scaled
from adapters.formats.posed_film import fitted
from adapters.formats.raw_file import capture_errors, decode_text
from adapters.formats.record3d_depth import Record3DDepth, depth_size
from adapters.videopose3d.recording import Cameras, VideoRecording, ZippedImages
from kinetrace.store.safe_io.caps import FILM_BYTES, RECORD3D_MEMBERS, RECORDING_JSON_BYTES
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.plain_file import open_plain
from kinetrace.store.safe_io.zip_members import DATASET_NAMES, MemberPlace, member_places, open_zip, read_place
from schemas.errors import CaptureError

SUFFIX: Final = ".r3d"
METADATA: Final = "metadata"
STILL: Final = 1e-6
"""Poses that are equal up to this are none: a hand is never so still."""
_FRAME: Final = re.compile(r"rgbd/(\d{1,6})\.jpg")
Number = Annotated[float, Field(ge=-1e9, le=1e9)]
Pose = tuple[Number, Number, Number, Number, Number, Number, Number]
Side = Annotated[int, Field(ge=1, le=8192)]


class Metadata(BaseModel):
    """What of `metadata` is used; older versions have fewer fields."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)
    w: Side
    h: Side
    dw: Side | None = None
    dh: Side | None = None
    fps: Annotated[float, Field(gt=0.1, le=1000.0)]
    K: tuple[Number, ...] | None = Field(default=None, min_length=9, max_length=9)
    perFrameIntrinsicCoeffs: tuple[tuple[Number, Number, Number, Number], ...] | None = None  # noqa: N815 (its name)
    frameTimestamps: tuple[Number, ...] | None = None  # noqa: N815 (its name)
    poses: tuple[Pose, ...] | None = None
    initPose: Pose | None = None  # noqa: N815 (its name)


def read_record3d(path: Path) -> VideoRecording:
    """Read an `.r3d`; its images stay packed until they are asked for.

    Raises:
        CaptureError: Not a zip within the caps, no metadata or frames, fields that do not fit, or no intrinsics.
    """
    from adapters.videopose3d.pose_network import film_facts

    places, metadata = _opened(path)
    numbers = np.array(sorted(int(m[1]) for m in map(_FRAME.fullmatch, places) if m is not None), dtype=np.int64)
    if len(numbers) < 2:
        raise _refusal(
            path, "frames", "rgbd/0.jpg, rgbd/1.jpg, …", f"{len(numbers)} of them", "Export it again as .r3d."
        )
    time = _time(metadata, numbers, path)
    film = ZippedImages(path, tuple(f"rgbd/{number}.jpg" for number in numbers), time)
    size = film_facts(film).size
    intrinsics, told = _intrinsics(metadata, numbers, size, path)
    poses, remarks = _poses(metadata, numbers, path)
    depth = Record3DDepth.of(path, places, numbers, depth_size(metadata.dw, metadata.dh, size))
    left_out = ["sound.m4a: sound"] if "sound.m4a" in places else []
    if depth is None:
        left_out.append("depth: none in the file")
    more = () if depth is None else depth.remarks(size)
    return VideoRecording(
        film=film,
        cameras=Cameras(intrinsics, looking_forward(poses), gravity_known=False),
        depth=depth,
        time=time,
        assumptions=(*told, *remarks, *more),
        left_out=tuple(left_out),
    )


def _opened(path: Path) -> tuple[dict[str, MemberPlace], Metadata]:
    with capture_errors(str(path)), open_plain(path, FILM_BYTES) as stream:
        with open_zip(stream, FILM_BYTES, DATASET_NAMES, RECORD3D_MEMBERS) as archive:
            places = member_places(archive)
        if METADATA not in places or places[METADATA].size > RECORDING_JSON_BYTES:
            fix = "Export it from Record3D as .r3d (Shareable/Internal format)."
            raise FormatError("metadata", METADATA, f"at most {RECORDING_JSON_BYTES} bytes of it", "none or more", fix)
        text = decode_text(path, read_place(stream, places[METADATA]))
    where = f"{path}::{METADATA}"
    return places, validate_json(parse_json(text, where), TypeAdapter(Metadata), where)


def _time(metadata: Metadata, numbers: Int[np.ndarray, "frames"], path: Path) -> Float[np.ndarray, "frames"]:
    """Give the frames' times by the device's clock, from 0 [s]; older versions have only the frame rate."""
    stamps = metadata.frameTimestamps
    if stamps is None:
        return np.asarray((numbers - numbers[0]) / metadata.fps)
    if numbers[-1] >= len(stamps):
        found = f"{len(stamps)} for frame {numbers[-1]}"
        raise _refusal(path, "frameTimestamps", "one for each frame", found, "Export the recording again.")
    time = np.array(stamps)[numbers]
    if (np.diff(time) <= 0).any():
        at = int(np.argmax(np.diff(time) <= 0)) + 1
        found = f"{time[at]:g} s after {time[at - 1]:g} s at frame {numbers[at]}"
        raise _refusal(path, "frameTimestamps", "times that go forward", found, "Cut the recording there.")
    return np.asarray(time - time[0])


def _intrinsics(
    metadata: Metadata, numbers: Int[np.ndarray, "frames"], size: tuple[int, int], path: Path
) -> tuple[Float[np.ndarray, "frames 4"], tuple[str, ...]]:
    """Give each frame's intrinsics of the stored images, and what was assumed of them."""
    remarks = []
    table = np.full((len(numbers), 4), np.nan)
    own = np.array(metadata.perFrameIntrinsicCoeffs or np.zeros((0, 4))).reshape(-1, 4)
    has = numbers < len(own)
    table[has] = own[numbers[has]]
    if not has.all():
        if metadata.K is None:
            fix = "Export the recording again with a recent version of the app."
            raise _refusal(path, "intrinsics", "K or perFrameIntrinsicCoeffs", "neither for all frames", fix)
        matrix, rows = np.array(metadata.K).reshape(3, 3).T, np.array(metadata.K).reshape(3, 3)
        if not matrix[:2, 2].any() and rows[:2, 2].all():
            matrix = rows
            remarks.append("K is written row by row, not column by column")
        table[~has] = matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2]
        remarks.append(f"{int((~has).sum())} frames with the first frame's camera matrix")
    if not np.isfinite(table).all() or table.min() <= 0:
        found = str(table.min(axis=0).tolist())
        raise _refusal(path, "intrinsics", "positive fx, fy, cx, cy", found, "Export the recording again.")
    if size != (metadata.w, metadata.h) and size[0] * metadata.h == size[1] * metadata.w:
        remarks.append(
            f"intrinsics are of {metadata.w} by {metadata.h} px, scaled to the frames' {size[0]} by {size[1]}"
        )
        table = scaled(table, size[0] / metadata.w)
    table, told = fitted(table, size, f"{path}::{METADATA}")
    return table, (*remarks, *told)


def _poses(
    metadata: Metadata, numbers: Int[np.ndarray, "frames"], path: Path
) -> tuple[Float[np.ndarray, "frames 4 4"], tuple[str, ...]]:
    """Give each frame's pose by OpenGL's convention, NaN where there is none, and what was assumed."""
    found = np.full((len(numbers), 4, 4), np.nan)
    given = np.array(metadata.poses or np.zeros((0, 7))).reshape(-1, 7)
    has = numbers < len(given)
    used = given[numbers[has]]
    if not len(used) or np.abs(used - used[0]).max() <= STILL:
        found[:] = np.eye(4)
        return found, ("no camera poses, as of the front camera: the camera is taken to stand still",)
    found[has] = _matrices(used, path, "poses")
    remarks = []
    if not has.all():
        remarks.append(f"{int((~has).sum())} of the film's {len(numbers)} frames have no camera pose")
    start = None if metadata.initPose is None else _matrices(np.array([metadata.initPose]), path, "initPose")[0]
    relative = np.allclose(used[0], (0, 0, 0, 1, 0, 0, 0), atol=1e-3)
    if start is not None and relative and not np.allclose(start, np.eye(4), atol=1e-6):
        found = np.asarray(start @ found)
        remarks.append("poses are seen from the first frame and are turned by initPose; up is still to be found")
    else:
        remarks.append("poses are seen from the first frame: which way is up is not in the file")
    return found, tuple(remarks)


def _matrices(poses: Float[np.ndarray, "poses 7"], path: Path, field: str) -> Float[np.ndarray, "poses 4 4"]:
    lengths = np.linalg.norm(poses[:, :4], axis=1)
    for at in np.flatnonzero((np.abs(lengths - 1.0) > 0.01) | (np.abs(poses[:, 4:]).max(axis=1) > 1e5))[:1]:
        fix = "Each is [qx, qy, qz, qw, tx, ty, tz], the quaternion of length 1, the place in metres."
        raise _refusal(path, f"{field}.{at}", "a camera pose", str(poses[at].tolist())[:120], fix)
    found = np.tile(np.eye(4), (len(poses), 1, 1))
    found[:, :3, :3] = Rotation.from_quat(poses[:, :4]).as_matrix()
    found[:, :3, 3] = poses[:, 4:]
    return found


def _refusal(path: Path, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=str(path), field=field, expected=expected, found=found, fix=fix)
