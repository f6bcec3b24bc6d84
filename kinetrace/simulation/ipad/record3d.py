"""The recording as Record3D exports it: one `.r3d`, a zip of `metadata`, JPEGs, depth and confidence.

Depth is float32 metres, written raw (the app may also compress it with LZFSE). Poses lead from the camera to the first
frame's camera, both by ARKit's (OpenGL's) convention, so gravity is lost. The app stores what its user sees: an iPad held
upright gives images of 480 by 640, turned from the sensor's, with camera matrix and poses of the turned camera.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
from jaxtyping import UInt8, UInt16
from scipy.spatial.transform import Rotation

from kinetrace.simulation.ipad.camera_path import Optics, clockwise_turns
from kinetrace.simulation.ipad.film import DEPTH_SIZE
from kinetrace.simulation.ipad.layouts import jpeg
from kinetrace.simulation.ipad.session import Session

FILE: Final = "recording.r3d"
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""A zip's earliest date: no clock in the bytes."""


SENSOR_FROM_UPRIGHT: Final = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
"""Camera axes of images turned clockwise by a quarter, in the sensor's: X is its Y, Y its -X."""


class _Zip:
    def __init__(self, session: Session, archive: ZipFile) -> None:
        self._session, self._archive = session, archive
        self._turns = clockwise_turns(session.camera.rotation[0])

    def add(
        self, frame: int, rgb: UInt8[np.ndarray, "height width 3"], depth: UInt16[np.ndarray, "192 256"],
        confidence: UInt8[np.ndarray, "192 256"],
    ) -> None:  # fmt: skip
        """Take the next frame."""
        shown, near, sure = (np.ascontiguousarray(np.rot90(image, -self._turns)) for image in (rgb, depth, confidence))
        _put(self._archive, f"rgbd/{frame}.jpg", jpeg(shown))
        if self._session.kept_depth[frame]:
            metres = np.where(near > 0, 0.001 * near, np.nan).astype("<f4")
            _put(self._archive, f"rgbd/{frame}.depth", metres.tobytes())
            _put(self._archive, f"rgbd/{frame}.conf", sure.tobytes())


@contextmanager
def record3d_writer(session: Session, draft: Path) -> Iterator[_Zip]:
    """Write the app's file."""
    with ZipFile(draft / FILE, "w", ZIP_STORED) as archive:
        yield _Zip(session, archive)
        text = json.dumps(metadata(session), separators=(",", ":"), allow_nan=False)
        _put(archive, "metadata", text.encode())


def metadata(session: Session) -> dict[str, Any]:
    """Give what the app says of the recording: sizes, rate, camera matrix by columns, stamps and relative poses."""
    optics, wide, high = session.optics, *DEPTH_SIZE
    rotation = session.recorded.rotation
    for _ in range(clockwise_turns(session.camera.rotation[0])):
        optics, wide, high, rotation = turned(optics), high, wide, rotation @ SENSOR_FROM_UPRIGHT
    first = Rotation.from_matrix(rotation[0])
    attitude = (first.inv() * Rotation.from_matrix(rotation)).as_quat(canonical=True)
    moved = first.inv().apply(session.recorded.position - session.recorded.position[0])
    told: dict[str, Any] = {
        "w": optics.width, "h": optics.height, "dw": wide, "dh": high, "fps": round(session.truth.fps), "cameraType": 1,
        "frameTimestamps": [round(float(session.start_s + t), 6) for t in session.truth.time],
        "poses": [[round(float(v), 7) + 0.0 for v in (*q, *p)] for q, p in zip(attitude, moved, strict=True)],
    }  # fmt: skip
    if "no_intrinsics" not in session.faults:
        told["K"] = [optics.fx, 0.0, 0.0, 0.0, optics.fy, 0.0, optics.cx, optics.cy, 1.0]
        told["perFrameIntrinsicCoeffs"] = [[optics.fx, optics.fy, optics.cx, optics.cy]] * len(moved)
    return told


def turned(optics: Optics) -> Optics:
    """Give the camera of images turned clockwise by a quarter: a pixel (u, v) moves to (height - v, u)."""
    return Optics(optics.height, optics.width, optics.fy, optics.fx, round(optics.height - optics.cy, 4), optics.cx)


def _put(archive: ZipFile, name: str, data: bytes) -> None:
    archive.writestr(ZipInfo(name, EPOCH), data)
