"""Every reader of the project as one function a format: a path in, a fingerprint of what was loaded out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from schemas.errors import CaptureError, KinetraceError

Read = Callable[[Path], str]


@dataclass(frozen=True)
class Door:
    """One reader.

    Attributes:
        name: Key of its figure.
        file: What its file is called.
        read: Reads, checks that what came out is valid by its own schema or promise, and gives a fingerprint of it.
        exact: A changed file must be refused or load the same: the format carries checksums. Otherwise a changed digit is
            another valid number, and only the manifest's digest can tell.
        files: How many damaged files the fuzz bench makes; fewer where each costs a process.
    """

    name: str
    file: str
    read: Read
    exact: bool
    files: int = 10_000


def fingerprint(*parts: object) -> str:
    """Digest what was loaded, whatever it is made of."""
    strong = hashlib.sha256()
    for part in parts:
        strong.update(
            part.tobytes() + repr(part.shape).encode() if isinstance(part, np.ndarray) else repr(part).encode()
        )
    return strong.hexdigest()


def _must(holds: bool, promise: str) -> None:
    if not holds:
        raise AssertionError(f"loaded, but {promise} does not hold")


def _json(path: Path) -> str:
    from kinetrace.store.documents import encode, parse, read_json
    from schemas.manifest import Manifest

    model = read_json(path, Manifest)
    _must(parse(encode(model), Manifest, "again") == model, "reading back what was written")
    return fingerprint(encode(model))


def _capture(path: Path) -> str:
    from adapters.formats.json_text import read_model
    from kinetrace.store.documents import encode, parse
    from schemas.capture import CaptureFile

    model = read_model(path, CaptureFile)
    _must(parse(encode(model), CaptureFile, "again") == model, "reading back what was written")
    return fingerprint(encode(model))


def _jsonl(path: Path) -> str:
    from adapters.formats.body_jsonl import read_body

    body = read_body(path)
    finite = bool(np.isfinite(body.time).all() and np.isfinite(body.scale).all() and not np.isinf(body.positions).any())
    _must(finite and bool((np.diff(body.time) > 0).all()), "finite numbers and time that goes forward")
    return fingerprint(
        body.names, body.positions, body.origins, body.joint_tracked, body.body_tracked, body.time, body.scale
    )


def _csv(path: Path) -> str:
    from adapters.formats.camera_rows import read_camera_csv

    rows = read_camera_csv(path)
    turns = rows.world_from_camera[:, :3, :3]
    _must(np.allclose(turns @ turns.transpose(0, 2, 1), np.eye(3), atol=1e-6), "a rotation")
    _must(bool(np.isfinite(rows.world_from_camera).all()) and bool((rows.intrinsics > 0).all()), "a place and optics")
    _must(bool((np.diff(rows.time) > 0).all()) and bool((np.diff(rows.frame) > 0).all()), "time that goes forward")
    return fingerprint(rows.time, rows.frame, rows.intrinsics, rows.world_from_camera)


def _trc(path: Path) -> str:
    from adapters.formats.trc import read_trc

    file = read_trc(path)
    forward = bool((np.diff(file.time) > 0).all()) and bool(np.isfinite(file.time).all())
    _must(forward and not np.isinf(file.positions).any(), "finite numbers and time that goes forward")
    _must(file.positions.shape == (len(file.time), len(file.names), 3), "a point a marker and frame")
    return fingerprint(file.names, file.positions, file.time, file.units, file.rate_hz)


def _motion(path: Path) -> str:
    from adapters.formats.motion_file import read_motion

    file = read_motion(path)
    forward = bool((np.diff(file.time) > 0).all()) and bool(np.isfinite(file.time).all())
    _must(forward and bool(np.isfinite(file.positions).all()), "finite numbers and time that goes forward")
    _must(file.positions.shape == (len(file.time), len(file.names), 3), "a place a joint and frame")
    return fingerprint(file.names, file.positions, file.time, file.units, file.rate_hz)


def _export(told: dict[str, object]) -> Read:
    """Read an export, whose samples may be missing."""

    def read(path: Path) -> str:
        from adapters.formats.motion_file import read_motion
        from schemas.capture import MarkerMapping

        file = read_motion(path, MarkerMapping.model_validate(told))
        forward = bool((np.diff(file.time) > 0).all()) and bool(np.isfinite(file.time).all())
        _must(forward and not np.isinf(file.positions).any(), "finite numbers and time that goes forward")
        _must(file.positions.shape == (len(file.time), len(file.names), 3), "a place a joint and frame")
        return fingerprint(file.names, file.positions, file.time, file.units, file.size, file.stature_m)

    return read


def _room(path: Path) -> str:
    from adapters.formats.room import read_room

    planes = read_room(path)
    for plane in planes:
        _must(
            bool(np.isfinite(plane.transform).all()) and plane.classification in ("floor", "seat"), "a floor or a seat"
        )
    return fingerprint(*(plane.model_dump_json() for plane in planes))


def _mot(path: Path) -> str:
    from adapters.formats.mot import read_mot

    table = read_mot(path)
    forward = bool((np.diff(table.time) > 0).all()) and bool(np.isfinite(table.time).all())
    _must(forward and not np.isinf(table.values).any(), "finite numbers and time that goes forward")
    return fingerprint(table.names, table.values, table.time, table.in_degrees)


def _c3d(path: Path) -> str:
    from adapters.formats.c3d import read_c3d
    from adapters.formats.force_plates import force_plates

    file = read_c3d(path)
    markers = file.markers
    forward = bool((np.diff(markers.time) > 0).all()) and bool(np.isfinite(markers.time).all())
    _must(forward and not np.isinf(markers.positions).any(), "finite numbers and time that goes forward")
    _must(markers.positions.shape == (len(markers.time), len(markers.names), 3), "a point a marker and frame")
    _must(bool(np.isfinite(file.analogs).all()) and len(file.analog_names) == file.analogs.shape[1], "named channels")
    try:
        plates = force_plates(file, str(path))
    except CaptureError:  # plates are for comparison: a recording without usable ones is a recording
        plates = ()
    for plate in plates:
        _must(plate.force.shape == (len(plate.time), 3), "a force a sample")
    loads = [part for plate in plates for part in (plate.force, plate.centre, plate.corners)]
    return fingerprint(
        markers.names,
        markers.positions,
        markers.time,
        markers.units,
        markers.subject,
        file.events,
        file.analogs,
        *loads,
    )


def _params(path: Path) -> str:
    from kinetrace.store.params_file import read_params
    from schemas.params import Params

    params = read_params(path)
    text = params.model_dump_json()
    _must(Params.model_validate_json(text, strict=True) == params, "reading back what was written")
    return fingerprint(text)


def _mapping(path: Path) -> str:
    from adapters.formats.mapping import read_mapping
    from kinetrace.store.documents import encode, parse
    from schemas.capture import MarkerMapping

    model = read_mapping(path)
    _must(parse(encode(model), MarkerMapping, "again") == model, "reading back what was written")
    return fingerprint(encode(model))


def _table(path: Path) -> str:
    from kinetrace.store.arrays import read_h5, read_npz
    from schemas.motion import MotionArrays

    table = (read_npz if path.suffix == ".npz" else read_h5)(path, MotionArrays)
    arrays = {name: getattr(table, name) for name in table.specs()}
    MotionArrays(**arrays)
    return fingerprint(*(arrays[name] for name in sorted(arrays)))


def _checkpoint(path: Path) -> str:
    from kinetrace.models.checkpoint import from_file

    model, config = from_file(path)
    return fingerprint(config.model_dump_json(), *(weight.numpy() for weight in model.state_dict().values()))


def _image(path: Path) -> str:
    from adapters.formats.depth_images import read_image

    image = read_image(path, 16)
    _must(image.dtype == np.uint16 and image.ndim == 2, "one channel of 16 bits")
    return fingerprint(image)


def _film(path: Path) -> str:
    from adapters.videopose3d.pose_network import check_film
    from adapters.videopose3d.recording import VideoFile

    facts = check_film(VideoFile(path))
    forward = bool((np.diff(facts.time) > 0).all()) and bool(np.isfinite(facts.time).all())
    _must(forward and facts.frames > 0 and min(facts.size) > 0, "frames of a size, one after the other")
    return fingerprint(facts.size, facts.time, facts.quarter_turns, facts.codec)


def _odometry(path: Path) -> str:
    from adapters.formats.stray_scanner import read_odometry

    rows = read_odometry(path)
    _must(bool((np.diff(rows.time) > 0).all()) and bool((np.diff(rows.frame) > 0).all()), "time that goes forward")
    _must(bool(np.isfinite(rows.world_from_camera).all()), "a place")
    return fingerprint(rows.time, rows.frame, rows.intrinsics, rows.world_from_camera)


def _camera_matrix(path: Path) -> str:
    from adapters.formats.stray_scanner import read_camera_matrix

    optics = read_camera_matrix(path)
    _must(bool(np.isfinite(optics).all()) and bool((optics > 0).all()), "optics")
    return fingerprint(optics)


def _imu(path: Path) -> str:
    from adapters.formats.imu_gravity import read_accelerometer

    time, felt = read_accelerometer(path)
    _must(len(time) == len(felt) > 0 and bool(np.isfinite(felt).all()), "finite readings")
    return fingerprint(time, felt)


def _record3d(path: Path) -> str:
    from adapters.formats.record3d import read_record3d

    found = read_record3d(path)
    if found.cameras is None or found.time is None:
        raise AssertionError("loaded, but without cameras or time")
    _must(bool((np.diff(found.time) > 0).all()), "time that goes forward")
    _must(bool((found.cameras.intrinsics > 0).all()), "optics")
    images = [] if found.depth is None else [found.depth.at(frame) for frame in range(len(found.time))]
    depth = [part for pair in images if pair is not None for part in pair]
    return fingerprint(found.film, found.cameras.intrinsics, found.cameras.world_from_camera, found.time, *depth)


DOORS = {
    door.name: door
    for door in (
        Door("json", "manifest.json", _json, exact=False),
        Door("capture_json", "capture.json", _capture, exact=False),
        Door("jsonl", "body.jsonl", _jsonl, exact=False),
        Door("csv", "camera.csv", _csv, exact=False),
        Door("trc", "motion.trc", _trc, exact=False),
        Door("bvh", "motion.bvh", _motion, exact=False),
        Door("vicon_zip", "vicon.zip", _motion, exact=True),
        Door("kinect_zip", "kinect.zip", _motion, exact=True),
        Door("cmu_zip", "cmu.zip", _motion, exact=True),
        Door("swift_json", "body.json", _export({"fps": 60.0}), exact=False),
        Door("vision_json", "vision.json", _export({}), exact=False),
        Door("mediapipe_json", "pose.json", _export({}), exact=False),
        Door("points_csv", "points.csv", _export({}), exact=False),
        Door("h36m_npz", "h36m.npz", _export({}), exact=True),
        Door("windows_h5", "time_sequences.h5", _export({}), exact=False, files=300),
        Door("room_json", "room.json", _room, exact=False),
        Door("mot", "motion.mot", _mot, exact=False),
        Door("c3d", "motion.c3d", _c3d, exact=False, files=500),
        Door("params_yaml", "params.yaml", _params, exact=False),
        Door("mapping_yaml", "mapping.yaml", _mapping, exact=False),
        Door("npz", "motion.npz", _table, exact=True),
        Door("hdf5", "motion.h5", _table, exact=True),
        Door("checkpoint", "checkpoint.pt", _checkpoint, exact=True),
        Door("film", "rgb.mp4", _film, exact=False, files=500),
        Door("png", "000000.png", _image, exact=True),
        Door("odometry_csv", "odometry.csv", _odometry, exact=False),
        Door("camera_matrix", "camera_matrix.csv", _camera_matrix, exact=False),
        Door("imu_csv", "imu.csv", _imu, exact=False),
        Door("record3d", "recording.r3d", _record3d, exact=False, files=500),
    )
}
"""Every reader, by the key of its figure."""


def attempt(door: Door, path: Path) -> tuple[str, str]:
    """Read a file that may be anything.

    Returns:
        `refused`, `loaded` or `foreign`, and the refusal, the fingerprint or the foreign exception.
    """
    try:
        return "loaded", door.read(path)
    except KinetraceError as error:
        return "refused", str(error)
    except Exception as error:  # what the benchmark is there to find
        return "foreign", f"{type(error).__name__}: {error}"[:200]
