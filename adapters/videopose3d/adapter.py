"""The VideoPose3D adapter: a film, with LiDAR and camera poses where there are any, to a body in the recording's world."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from jaxtyping import UInt8

from adapters.robotics.body import Body, Method
from adapters.robotics.reading import Reading
from adapters.videopose3d import metric
from adapters.videopose3d.clip import enough_seen, first_guess, fuse_clip
from adapters.videopose3d.even_time import on_grid
from adapters.videopose3d.flat_ground import on_flat_ground
from adapters.videopose3d.gravity import quarter_turns_of
from adapters.videopose3d.landmarks import Landmarks, Progress
from adapters.videopose3d.marks import marks
from adapters.videopose3d.observe import observe
from adapters.videopose3d.points import to_body21, usual_lengths
from adapters.videopose3d.pose_network import find_landmarks
from adapters.videopose3d.recording import VideoRecording
from adapters.videopose3d.scan import without_person
from adapters.videopose3d.sight import Sight
from adapters.videopose3d.start import stature_from_depth
from adapters.videopose3d.viewpoint import viewpoint
from kinetrace.motion.skeletons import INDEX, NEEDED
from schemas.capture import SubjectInfo
from schemas.errors import CaptureError
from schemas.motion import Reason, Validity

LAYOUT: Final = "MediaPipe pose, 33 landmarks, lifted to 3D"
MIN_FRAMES: Final = 8
UNSURE: Final = "no depth: joints marked measured were seen in the image; how far away each is was estimated"


def body_from_video(
    recording: VideoRecording,
    subject: SubjectInfo,
    where: str,
    *,
    landmarks: Landmarks | None = None,
    place: tuple[float, float] | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Give the body of the person in a video.

    Args:
        recording: Film, cameras and depth.
        subject: Stature scales a video without depth; sex chooses proportions.
        where: The recording, for refusals.
        landmarks: Of the film, if they are known already.
        place: About where the person is in the stored picture, as for `find_landmarks`.
        progress: Shows a bar while the pose network looks at the film.

    Returns:
        BODY21 in the recording's world, Y up, in metres.

    Raises:
        CaptureError: Nobody in the film, half a body, nothing that gives metres, or times that are no recording's.
    """
    if recording.depth is None:
        metric.refuse_without_height(subject.height_m, where, "there is no depth")
    upright = None if recording.cameras is None else quarter_turns_of(recording.cameras)
    seen = landmarks or find_landmarks(recording.film, upright=upright, place=place, progress=progress)
    time = seen.time if recording.time is None else recording.time
    view = viewpoint(recording, seen)
    sight, late = observe(seen, view.cameras, recording.depth, time, where)
    _refuse_unseen(sight, where)
    shown = metric.refuse_odd_depth(stature_from_depth(sight), subject.height_m, where)
    stature = subject.height_m or shown or metric.refuse_without_height(None, where, "no depth image shows the person")
    if view.floor is not None:
        hip = np.median(first_guess(sight, stature)[:, 0], axis=0)
        sight = replace(sight, floor=view.floor.height(hip))
    fused = fuse_clip(sight, stature, stature * usual_lengths(subject.sex))
    with_depth = recording.depth is not None
    marked = marks(sight, fused.depth_weight, with_depth=with_depth)
    _refuse_half_a_body(marked, where)
    positions = to_body21(fused.points, subject.sex)
    ground: tuple[str, ...] = ()
    if recording.cameras is None:
        positions, ground = on_flat_ground(time, positions, marked)
    grid, on, validity, flags, told = on_grid(time, positions, marked, where)
    flags[(validity == Validity.MISSING).all(axis=1)] |= np.uint32(int(Reason.BODY_NOT_TRACKED))
    remarks = (
        *recording.assumptions,
        *seen.remarks,
        *view.remarks,
        *metric.scale_account(subject.height_m, shown, with_depth=with_depth),
        *ground,
        *told,
    )
    return Reading(
        Body(on, validity, _methods(validity, with_depth=with_depth)), grid, flags, _format(recording), LAYOUT, "m", "y",
        (*remarks, *_depth_account(sight, late, with_depth)), recording.left_out, subject,
        scan_points=without_person(view.clouds, positions[view.frames]),
        planes=() if view.turned else None, adapter="videopose3d",
    )  # fmt: skip


def _refuse_unseen(sight: Sight, where: str) -> None:
    enough = int(enough_seen(sight).sum())
    if enough < MIN_FRAMES:
        raise CaptureError(
            where=where, field="film", expected=f"{MIN_FRAMES} frames with a person and a camera pose", found=f"{enough}",
            fix="Film the whole person, and check that the camera's poses belong to this film.",
        )  # fmt: skip


def _refuse_half_a_body(marked: UInt8[np.ndarray, "frames 21"], where: str) -> None:
    unseen = [name for name in NEEDED if not marked[:, INDEX[name]].any()]
    if unseen:
        raise CaptureError(
            where=where, field=", ".join(unseen), expected="the whole person in the picture, hips to feet",
            found="never seen in the film", fix="Film from farther away, so that the feet are in the picture too.",
        )  # fmt: skip


def _format(recording: VideoRecording) -> str:
    if recording.cameras is None:
        return "video alone"
    return "video with camera poses" + ("" if recording.depth is None else " and LiDAR depth")


def _depth_account(sight: Sight, late: int, with_depth: bool) -> tuple[str, ...]:
    if not with_depth:
        return (UNSURE,)
    said = (f"depth was {abs(late)} frames {'late' if late > 0 else 'early'}: put right",) if late else ()
    without = int(((sight.sureness > 0.0).sum(axis=1) == 0).sum())
    if without:
        said = (*said, f"{without} of {len(sight.time)} frames have no depth on the person: from the image alone")
    return said


def _methods(validity: UInt8[np.ndarray, "frames 21"], *, with_depth: bool) -> dict[str, Method]:
    """Say how each joint that is there was come by."""
    fused = "landmark, depth and lifter fused" if with_depth else "landmark and lifter fused"
    text = {
        "pelvis": "midpoint(r_hip, l_hip)", "thorax": "midpoint(r_shoulder, l_shoulder)", "spine": "midpoint(pelvis, thorax)",
        "neck": "C7 along the trunk, de Leva 1996", "head": "C7 through the ears' middle, de Leva 1996",
    }  # fmt: skip
    return {name: Method(text.get(name, fused)) for name, column in INDEX.items() if validity[:, column].any()}
