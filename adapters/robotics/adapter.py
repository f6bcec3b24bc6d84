"""The robotics adapter: a capture bundle with a 3D motion in, BODY21 with quality reasons out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float, UInt32

from adapters.formats.body_jsonl import read_body
from adapters.formats.bundle import Bundle, read_bundle
from adapters.formats.depth import read_scan_points
from adapters.formats.motion_file import read_motion
from adapters.robotics import arkit
from adapters.robotics.body import Body
from adapters.robotics.decimation import decimate, decimation_factor
from adapters.robotics.from_markers import NamedFile, body_from_markers
from adapters.robotics.grounding import SAID, grounded, held_in_place
from adapters.robotics.plausibility import asymmetry, refuse_implausible, tracked_fraction
from adapters.robotics.quality import assess
from adapters.robotics.reading import Reading, grid_flags
from adapters.robotics.repair import repair_remarks
from adapters.robotics.size import fitted, in_metres
from adapters.robotics.subject import completed
from adapters.robotics.units import Unit
from adapters.robotics.way_round import backward_knees, refuse_head_down, refuse_mirrored
from adapters.videopose3d.landmarks import Progress
from kinetrace.motion.skeletons import BODY21, INDEX, NEEDED
from schemas.adapter import AdapterParams, AdapterResult, JointSource, ReasonCount, SourceInfo, StaticPose
from schemas.errors import CaptureError
from schemas.motion import AdapterArrays, Reason, Validity

_EVENTS = Reason.GAP_FILLED | Reason.JUMP | Reason.OUTLIER | Reason.ROOT_JUMP | Reason.TIMESTAMP_JITTER


def adapt(
    capture_dir: Path, params: AdapterParams, progress: Progress | None = None
) -> tuple[AdapterResult, AdapterArrays]:
    """Read a capture bundle as a BODY21 motion in metres, Y up, on a uniform time grid.

    Args:
        capture_dir: The bundle; its last part is the capture's id.
        params: Cleaning thresholds.
        progress: Shows a bar while the pose network looks at a film.

    Returns:
        What was read, assumed and left out; and the arrays of `motion.h5`.

    Raises:
        CaptureError: The bundle has no 3D motion, or one that cannot be used; the subclass says why.
    """
    return adapt_bundle(read_bundle(capture_dir), capture_dir.name, params, progress)


def adapt_bundle(
    bundle: Bundle, capture: str, params: AdapterParams, progress: Progress | None = None
) -> tuple[AdapterResult, AdapterArrays]:
    """Do what `adapt` does, from a bundle that is read already or was put together in memory."""
    bundle = with_source(bundle, params.source)
    return adapt_reading(bundle, _read_motion(bundle, params, progress), capture, params)


def adapt_reading(
    bundle: Bundle, reading: Reading, capture: str, params: AdapterParams
) -> tuple[AdapterResult, AdapterArrays]:
    """Clean a body that is read already and give it as `adapt` does.

    Args:
        bundle: Where it comes from.
        reading: The body.
        capture: The capture's id.
        params: Cleaning thresholds.

    Raises:
        CaptureError: It cannot be used; the subclass says why.
    """
    where = str(bundle.paths.get("rgb" if reading.adapter == "videopose3d" else "motion", bundle.folder))
    from_file = "motion" in bundle.paths
    refuse_implausible(reading.body, where, reading.units if from_file else None)
    film = reading.adapter == "videopose3d"
    refuse_head_down(reading.body, where, "film" if film else "motion" if from_file else "body")
    if not film:
        refuse_mirrored(reading.body, where, mapped=from_file)
    reading, offset = _trimmed(reading)
    factor = decimation_factor(reading.grid.fps, params.max_fps)
    before = reading.body.validity.copy()
    reasons = assess(reading.body, reading.grid.fps, params, reading.flags)
    told = repair_remarks(before, reading.body.validity, params)
    reading = replace(reading, assumptions=(*reading.assumptions, *told))
    body = decimate(reading.body, factor)
    reasons = _thinned(reasons, factor)
    tracked = tracked_fraction(body)
    _refuse_too_little(body, tracked, params, where)
    fps = reading.grid.fps / factor
    arrays = AdapterArrays(
        positions=np.nan_to_num(body.positions, nan=0.0).astype(np.float32),
        validity=body.validity,
        time=np.arange(len(body.positions)) / fps,
        reasons=reasons.astype(np.uint32),
        scan_points=(_scan_points(bundle) if reading.scan_points is None else reading.scan_points).astype(np.float32),
    )
    result = AdapterResult(
        capture=capture,
        source_info=_source_info(bundle, reading, body, fps, offset),
        subject=reading.subject,
        movement=bundle.capture.movement,
        planes=bundle.planes if reading.planes is None else reading.planes,
        static_pose=reading.static_pose,
        assessment=bundle.assessment,
        quality=_count(reasons),
        tracked_fraction=tracked,
    )
    return result, arrays


def with_source(bundle: Bundle, asked: Literal["auto", "body", "video"] = "auto") -> Bundle:
    """Give the bundle as it is used: as asked, else a motion file, a film with depth, a skeleton.

    Args:
        bundle: One as it was read.
        asked: `adapter.source`.

    Raises:
        CaptureError: What is asked for is not there.
    """
    film, body = "rgb" in bundle.paths, bool({"body", "motion"} & set(bundle.paths))
    if film != body and asked == ("body" if film else "video"):
        raise CaptureError(
            where=str(bundle.folder),
            field="adapter.source",
            expected="a film" if body else "a body or motion file",
            found=f"adapter.source: {asked}, and only {'a body or motion file' if body else 'a film'} in this capture",
            fix=f"Set adapter.source to auto or {'body' if body else 'video'}.",
        )
    if not (film and body):
        return bundle.using("video" if film else "body")
    if asked != "auto":
        return bundle.using(asked)
    return bundle.using("video" if "depth" in bundle.paths and "motion" not in bundle.paths else "body")


def _from_video(bundle: Bundle, params: AdapterParams, progress: Progress | None) -> Reading:
    from adapters.formats.video_bundle import read_recording
    from adapters.videopose3d.adapter import body_from_video

    subject, where = bundle.capture.subject, str(bundle.paths["rgb"])
    reading = body_from_video(read_recording(bundle), subject, where, place=params.place, progress=progress)
    lost = ("planes: in the world that had lost gravity",) if bundle.planes and reading.planes == () else ()
    return replace(reading, left_out=(*bundle.left_out, *reading.left_out, *lost))


def _read_motion(bundle: Bundle, params: AdapterParams, progress: Progress | None) -> Reading:
    if bundle.source == "video" and "rgb" in bundle.paths:
        return _from_video(bundle, params, progress)
    if "motion" in bundle.paths:
        return _from_markers(bundle)
    if "body" in bundle.paths:
        return _from_arkit(bundle)
    raise CaptureError(
        where=str(bundle.folder),
        field="files",
        expected="a motion (a body, motion or video file)",
        found="only an assessment",
        fix="The pipeline needs a motion: add body.jsonl, a motion file or a video and list it in capture.json."
        " An assessment on its own can only be checked, with: kinetrace validate",
    )


def _from_arkit(bundle: Bundle) -> Reading:
    path = bundle.paths["body"]
    arkit.refuse_unlevelled(bundle.capture.session, str(path))
    file = read_body(path)
    subject = bundle.capture.subject
    body, grid, remarks = arkit.body_from_arkit(file, subject.sex, subject.height_m, str(path))
    body, said = fitted(body, subject.height_m)
    remarks += said
    flags = grid_flags(grid)
    seen = np.zeros(grid.frames, dtype=bool)
    seen[grid.slots] = file.body_tracked[grid.kept]
    flags[~seen] |= int(Reason.BODY_NOT_TRACKED)
    return Reading(
        body, grid, flags, "kinetrace-bundle/body.jsonl", arkit.LAYOUT, "m", "y", remarks, bundle.left_out, subject
    )


def _from_markers(bundle: Bundle) -> Reading:
    path, static_path = bundle.paths["motion"], bundle.paths.get("static")
    content = read_motion(path, bundle.mapping)
    subject, told = completed(bundle.capture.subject, content.subject)
    motion = NamedFile(in_metres(content, subject, str(path)), str(path))
    static = None if static_path is None else NamedFile(read_motion(static_path, bundle.mapping), str(static_path))
    body, markers, layout = body_from_markers(motion, static, bundle.mapping, subject.sex)
    if content.size == "estimated":
        body, said = fitted(body, subject.height_m)
        told += said
    if held_in_place(body):
        body, told = grounded(body, markers.grid.fps), (*told, SAID)
    flags = grid_flags(markers.grid)
    flags[markers.ghosts] |= int(Reason.OUTLIER)
    pose = None
    if static is not None and static_path is not None:
        standing, still, _ = body_from_markers(static, static, bundle.mapping, subject.sex)
        pose = _median_pose(standing, static_path.name, still.units)
    left_out = bundle.left_out + markers.left_out
    if "body" in bundle.paths:
        left_out += (f"{bundle.paths['body'].name}: the motion file was used",)
    return Reading(
        body, markers.grid, flags, motion.content.format, layout, markers.units, markers.up, markers.remarks + told,
        left_out, subject, pose,
    )  # fmt: skip


def _median_pose(body: Body, name: str, unit: Unit) -> StaticPose:
    refuse_implausible(body, name, unit)
    there = body.validity.any(axis=0)
    median = np.zeros((len(BODY21), 3))
    median[there] = np.nanmedian(body.positions[:, there], axis=0)
    marks = [int(column[column > 0].min()) if column.any() else 0 for column in body.validity.T]
    return StaticPose(
        file=name,
        positions=tuple((float(p[0]), float(p[1]), float(p[2])) for p in median),
        validity=tuple(marks),
    )


def _trimmed(reading: Reading) -> tuple[Reading, float]:
    """Cut the frames before the person comes and after the person leaves; give the time of the first frame kept [s]."""
    present = np.asarray(reading.body.validity[:, [INDEX[joint] for joint in NEEDED]].any(axis=1))
    at = np.flatnonzero(present)
    first, last = int(at[0]), int(at[-1]) + 1
    offset = reading.grid.start_s + first / reading.grid.fps
    cut = first + len(present) - last
    if cut == 0:
        return reading, offset
    body = Body(reading.body.positions[first:last], reading.body.validity[first:last], reading.body.methods)
    left_out = (*reading.left_out, f"{first} frames before and {len(present) - last} after the person was seen")
    changes = {"body": body, "flags": reading.flags[first:last], "left_out": left_out}
    return Reading(**(vars(reading) | changes)), offset


def _thinned(reasons: UInt32[np.ndarray, "frames"], factor: int) -> UInt32[np.ndarray, "kept"]:
    """Give the reasons of the frames kept: states of the frame itself, events of all frames that it stands for."""
    if factor == 1:
        return reasons
    events = np.bitwise_or.reduceat(reasons, np.arange(0, len(reasons), factor)) & np.uint32(int(_EVENTS))
    return np.asarray(events | (reasons[::factor] & ~np.uint32(int(_EVENTS))))


def _refuse_too_little(body: Body, tracked: float, params: AdapterParams, where: str) -> None:
    frames = len(body.positions)
    if frames < params.min_frames:
        fix = f"Give at least {params.min_frames} frames, or lower adapter.min_frames."
        raise CaptureError(
            where=where, field="frames", expected=f"at least {params.min_frames}", found=f"{frames} frames", fix=fix
        )
    if tracked < params.min_tracked_fraction:
        expected = f"all needed joints in {params.min_tracked_fraction:.0%} of the frames"
        fix = "Record again with hips, knees and ankles in view, or lower adapter.min_tracked_fraction."
        raise CaptureError(where=where, field="tracked_fraction", expected=expected, found=f"{tracked:.0%}", fix=fix)


def _scan_points(bundle: Bundle) -> Float[np.ndarray, "points 3"]:
    paths = [bundle.paths.get(role) for role in ("camera", "depth", "confidence")]
    camera, depth, confidence = paths
    if camera is None or depth is None or confidence is None:
        return np.zeros((0, 3))
    return read_scan_points(camera, depth, confidence)


def _count(reasons: UInt32[np.ndarray, "frames"]) -> tuple[ReasonCount, ...]:
    counts = [ReasonCount(reason="OK", frames=int((reasons == 0).sum()))]
    for reason in Reason:
        if reason is not Reason.OK and (frames := int(((reasons & np.uint32(int(reason))) != 0).sum())):
            counts.append(ReasonCount(reason=str(reason.name), frames=frames))
    return tuple(counts)


def _source_info(bundle: Bundle, reading: Reading, body: Body, fps: float, offset: float) -> SourceInfo:
    joints = []
    for name, column in INDEX.items():
        method = body.methods.get(name)
        mark = body.validity[:, column]
        joints.append(
            JointSource(
                joint=name,
                method="not in this source" if method is None else method.text,
                markers=() if method is None else method.markers,
                measured_fraction=float((mark == Validity.MEASURED).mean()),
                inferred_fraction=float((mark == Validity.INFERRED).mean()),
            )
        )
    assumptions = [*reading.assumptions, *asymmetry(body), *backward_knees(body)]
    if bundle.capture.movement is None:
        assumptions.append("movement not declared")
    if reading.subject.mass_kg is None:
        assumptions.append("mass not declared: forces in body weights")
    if reading.subject.sex == "unknown":
        assumptions.append("sex not declared: the mean of both sexes' proportions")
    if "room" in bundle.paths:
        assumptions.append("room.json is in the same world as the motion")
    return SourceInfo(
        adapter=reading.adapter,
        format=reading.format,
        files=bundle.names(),
        layout=reading.layout,
        units_found=reading.units,
        up_found=reading.up,
        native_fps=float(reading.grid.fps),
        fps=float(fps),
        time_offset_s=float(offset),
        max_timestamp_jitter_s=float(reading.grid.jitter_s.max()),
        frames=len(body.positions),
        joints=tuple(joints),
        assumptions=tuple(assumptions),
        left_out=reading.left_out,
        simulated=bundle.capture.simulated,
        licence=bundle.capture.licence,
        source=bundle.capture.source,
    )
