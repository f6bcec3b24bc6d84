"""LiDAR depth images back-projected to a thin cloud of world points, enough to find a floor in.

`camera.csv` has a row a frame: t, frame, fx, fy, cx, cy, x, y, z, qx, qy, qz, qw; the pose is ARKit's, camera to world,
the camera looking along −Z with Y up. Depth is 16-bit millimetres, confidence 0 to 2; only 2 is used.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt
from scipy.spatial.transform import Rotation

from adapters.formats.raw_file import decode_text, read_raw
from schemas.errors import CaptureError

COLUMNS = ("t", "frame", "fx", "fy", "cx", "cy", "x", "y", "z", "qx", "qy", "qz", "qw")
MAX_IMAGE_BYTES = 4 << 20
MAX_IMAGE_SIDE = 2048
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
    poses = [pose for pose in _poses(camera) if (depth / f"{pose.frame:06d}.png").exists()]
    if not poses:
        return np.zeros((0, 3))
    chosen = np.unique(np.linspace(0, len(poses) - 1, MAX_IMAGES).astype(int))
    clouds = []
    for at in chosen:
        pose = poses[int(at)]
        name = f"{pose.frame:06d}.png"
        clouds.append(back_project(_image(depth / name, "uint16"), _image(confidence / name, "uint8"), pose))
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


def _poses(path: Path) -> list[CameraPose]:
    text = decode_text(path, read_raw(path, 64 << 20))
    reader = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        found = ", ".join(reader.fieldnames or ()) or "nothing"
        raise _refusal(f"{path}:1", "header", ", ".join(COLUMNS), found[:200], "Add the missing columns.")
    poses = []
    for number, row in enumerate(reader, start=2):
        try:
            values = {name: float(row[name]) for name in COLUMNS}
        except (TypeError, ValueError):
            raise _refusal(f"{path}:{number}", "row", "13 numbers", str(row)[:120], "Correct the row.") from None
        quaternion = np.array([values[k] for k in ("qx", "qy", "qz", "qw")])
        ok = np.isfinite(list(values.values())).all() and abs(np.linalg.norm(quaternion) - 1.0) < 0.01
        if not ok or min(values["fx"], values["fy"], values["cx"], values["cy"]) <= 0.0:
            fix = "Intrinsics are positive and the quaternion has length 1."
            raise _refusal(f"{path}:{number}", "row", "a camera pose", str(row)[:120], fix)
        place = np.array([values[k] for k in "xyz"])
        optics = (values["fx"], values["fy"], values["cx"], values["cy"])
        poses.append(CameraPose(int(values["frame"]), optics, place, Rotation.from_quat(quaternion).as_matrix()))
    return poses


def _image(path: Path, dtype: str) -> UInt[np.ndarray, "rows columns"]:
    import cv2

    data = np.frombuffer(read_raw(path, MAX_IMAGE_BYTES), dtype=np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    fits = image is not None and image.ndim == 2 and image.dtype == dtype and max(image.shape) <= MAX_IMAGE_SIDE
    if not fits:
        found = "no image" if image is None else f"{image.dtype} {image.shape}"
        raise _refusal(
            str(path), "image", f"one channel of {dtype}, at most {MAX_IMAGE_SIDE} pixels", found, "Export it again."
        )
    return np.asarray(image)


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
