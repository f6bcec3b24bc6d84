"""LiDAR depth images back-projected to a thin cloud of world points, enough to find a floor in.

`camera.csv` has a row a frame: t, frame, fx, fy, cx, cy, x, y, z, qx, qy, qz, qw; the pose is ARKit's, camera to world,
the camera looking along −Z with Y up. Depth is 16-bit millimetres, confidence 0 to 2; only 2 is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt
from scipy.spatial.transform import Rotation

from adapters.formats.raw_file import capture_errors, decode_text, read_raw
from kinetrace.store.safe_io.caps import IMAGE_BYTES, TABLE_TEXT_BYTES
from kinetrace.store.safe_io.csv_text import csv_numbers
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.png import clean_png
from schemas.errors import CaptureError

COLUMNS = ("t", "frame", "fx", "fy", "cx", "cy", "x", "y", "z", "qx", "qy", "qz", "qw")
MAX_FRAME = 1_000_000
MAX_COORDINATE = 1e5
MIN_OPTICS = 1e-3
MAX_IMAGES = 24
PIXEL_STRIDE = 6
RANGE_M = (0.2, 5.0)
"""The sensor's useful range (Apple: up to 5 m)."""


@dataclass(frozen=True)
class CameraPose:
    """One row of `camera.csv`."""

    frame: int
    intrinsics: tuple[float, float, float, float]
    position: Float[np.ndarray, "3"]
    rotation: Float[np.ndarray, "3 3"]


def read_scan_points(camera: Path, depth: Path, confidence: Path) -> Float[np.ndarray, "points 3"]:
    """Give confident world points [m] of up to 24 frames spread over the recording.

    Intrinsics belong to the colour image; they are scaled by the depth image's width over twice cx, as the optical axis
    meets the middle of the image.

    Raises:
        CaptureError: A row, image or size that does not fit.
    """
    poses = [pose for pose in read_poses(camera) if (depth / f"{pose.frame:06d}.png").exists()]
    if not poses:
        return np.zeros((0, 3))
    chosen = np.unique(np.linspace(0, len(poses) - 1, MAX_IMAGES).astype(int))
    clouds = []
    for at in chosen:
        pose = poses[int(at)]
        name = f"{pose.frame:06d}.png"
        clouds.append(back_project(read_image(depth / name, 16), read_image(confidence / name, 8), pose))
    return np.concatenate(clouds)


def back_project(
    depth_mm: UInt[np.ndarray, "rows columns"], confidence: UInt[np.ndarray, "lines columns2"], pose: CameraPose
) -> Float[np.ndarray, "points 3"]:
    """Give the world points [m] of the confident pixels, every sixth in both directions."""
    if depth_mm.shape != confidence.shape:
        raise _refusal(
            f"frame {pose.frame}", "confidence", f"{depth_mm.shape} pixels", f"{confidence.shape}",
            "Depth and confidence must be of one size.",
        )  # fmt: skip
    rows, columns = np.mgrid[0 : depth_mm.shape[0] : PIXEL_STRIDE, 0 : depth_mm.shape[1] : PIXEL_STRIDE]
    z = depth_mm[rows, columns].astype(float) * 0.001
    good = (confidence[rows, columns] == 2) & (z > RANGE_M[0]) & (z < RANGE_M[1])
    fx, fy, cx, cy = pose.intrinsics
    scale = depth_mm.shape[1] / (2.0 * cx)
    right = (columns[good] + 0.5 - cx * scale) / (fx * scale) * z[good]
    down = (rows[good] + 0.5 - cy * scale) / (fy * scale) * z[good]
    return np.asarray(np.stack((right, -down, -z[good]), axis=1) @ pose.rotation.T + pose.position)


def read_poses(path: Path) -> list[CameraPose]:
    """Read `camera.csv`.

    Raises:
        CaptureError: A column is missing, or a row is no camera pose; the line is named.
    """
    text = decode_text(path, read_raw(path, TABLE_TEXT_BYTES))
    try:
        return [_pose(values, f"{path}:{line}") for line, values in csv_numbers(text, COLUMNS)]
    except FormatError as error:
        where = f"{path}:{error.field}"
        raise _refusal(where, error.rule, error.expected, error.found, error.fix) from None


def _pose(values: dict[str, float], where: str) -> CameraPose:
    quaternion = np.array([values[k] for k in ("qx", "qy", "qz", "qw")])
    optics = (values["fx"], values["fy"], values["cx"], values["cy"])
    place = np.array([values[k] for k in "xyz"])
    far = max(abs(place).max(), *optics) > MAX_COORDINATE
    if far or min(optics) < MIN_OPTICS or abs(np.linalg.norm(quaternion) - 1.0) >= 0.01:
        fix = "Intrinsics are positive, the place is in metres and the quaternion has length 1."
        raise _refusal(where, "row", "a camera pose", str(values)[:120], fix)
    if not 0 <= values["frame"] < MAX_FRAME or values["frame"] % 1:
        raise _refusal(where, "frame", "the number of a frame", f"{values['frame']:g}", "Number them from 0.")
    return CameraPose(int(values["frame"]), optics, place, Rotation.from_quat(quaternion).as_matrix())


def read_image(path: Path, bits: int) -> UInt[np.ndarray, "rows columns"]:
    """Read a grey PNG of 8 or 16 bits; the decoder sees nothing that was not checked.

    Raises:
        CaptureError: Another kind of image, a damaged one or a larger one.
    """
    import cv2

    with capture_errors(str(path)):
        clean = clean_png(read_raw(path, IMAGE_BYTES), bits)
    image = cv2.imdecode(np.frombuffer(clean, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None:
        expected = f"one channel of uint{bits}"
        raise _refusal(str(path), "image", expected, "pixels that cannot be decoded", "Export it again.")
    return np.asarray(image)


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
