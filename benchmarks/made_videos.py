"""One tiny made recording, a camera that moves above a floor, as each app writes it: for tests and for fuzzing.

Sixteen by twelve depths of a floor at Y = 0, a film of 64 by 48, eight frames at 10 Hz on the device's clock.
"""

from __future__ import annotations

import importlib
import io
import json
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Float, UInt16
from scipy.spatial.transform import Rotation

FRAMES: Final = 8
SIZE: Final = (64, 48)
DEPTH: Final = (16, 12)
OPTICS: Final = np.array([60.0, 61.0, 32.4, 23.7])
TIME: Final = 4321.5 + 0.1 * np.arange(FRAMES)
TICK: Final = Fraction(1, 600)
_ARKIT: Final = np.diag([1.0, -1.0, -1.0])


def forward_poses(frames: int = FRAMES) -> Float[np.ndarray, "frames 4 4"]:
    """Give the poses of the camera that looks along +Z, in a world whose Y is up."""
    at = np.arange(frames)
    turns = Rotation.from_euler("YXZ", np.stack((0.05 * at, np.full(frames, -0.6), 0.02 * at), axis=1)).as_matrix()
    poses = np.tile(np.eye(4), (frames, 1, 1))
    poses[:, :3, :3] = turns @ _ARKIT
    poses[:, :3, 3] = np.stack((0.1 * at, 1.2 + 0.01 * at, -0.05 * at), axis=1)
    return poses


def floor_depth(pose: Float[np.ndarray, "4 4"]) -> Float[np.ndarray, "rows columns"]:
    """Give the depth of a floor at Y = 0 up to 5 m [m]; NaN beyond."""
    fx, fy, cx, cy = OPTICS * (DEPTH[0] / SIZE[0])
    rows, columns = np.mgrid[0 : DEPTH[1], 0 : DEPTH[0]]
    rays = np.stack(((columns + 0.5 - cx) / fx, (rows + 0.5 - cy) / fy, np.ones(rows.shape)), axis=-1)
    down = -(rays @ pose[:3, :3].T)[..., 1]
    depth = np.where(down > 0, pose[1, 3] / np.maximum(down, 1e-9), np.nan)
    return np.where(depth < 5.0, depth, np.nan)


def write_film(path: Path, stamps: Float[np.ndarray, "frames"], size: tuple[int, int] = SIZE) -> None:
    """Write an MP4 of grey squares with these time stamps [s]."""
    import av

    with av.open(str(path), "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("mpeg4", rate=30, options={"flags": "+bitexact"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.time_base = stream.codec_context.time_base = TICK
        for number, stamp in enumerate(stamps):
            frame = av.VideoFrame.from_ndarray(_picture(number, size), format="rgb24")
            frame.pts, frame.time_base = round(stamp / TICK), TICK
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_bundle(folder: Path) -> Path:
    """Write the open bundle."""
    folder.mkdir(parents=True)
    write_film(folder / "rgb.mp4", TIME - TIME[0])
    poses = forward_poses()
    quaternions = Rotation.from_matrix(poses[:, :3, :3] @ _ARKIT).as_quat()
    lines = ["t, frame, fx, fy, cx, cy, x, y, z, qx, qy, qz, qw"]
    for at in range(FRAMES):
        numbers = [TIME[at], at, *OPTICS, *poses[at, :3, 3], *quaternions[at]]
        lines.append(", ".join(repr(float(v)) for v in numbers))
    (folder / "camera.csv").write_text("\n".join(lines) + "\n")
    _write_images(folder, poses)
    document = {
        "device": {"model": "made"}, "subject": {"id": "s"}, "units": "m",
        "files": {"rgb.mp4": "rgb", "camera.csv": "camera", "depth": "depth", "confidence": "confidence"},
    }  # fmt: skip
    (folder / "capture.json").write_text(json.dumps(document))
    return folder


def write_stray_scanner(folder: Path) -> Path:
    """Write Stray Scanner's folder; the film is stamped frame number / 60, as the app does."""
    folder.mkdir(parents=True)
    write_film(folder / "rgb.mp4", np.arange(FRAMES) / 60.0)
    poses = forward_poses()
    quaternions = Rotation.from_matrix(poses[:, :3, :3]).as_quat()
    lines = ["timestamp, frame, x, y, z, qx, qy, qz, qw, fx, fy, cx, cy, distortion_center_x, distortion_center_y"]
    for at in range(FRAMES):
        numbers = ", ".join(repr(float(v)) for v in (*poses[at, :3, 3], *quaternions[at], *OPTICS))
        lines.append(f"{float(TIME[at])!r}, {at:06d}, {numbers}, , ")
    (folder / "odometry.csv").write_text("\n".join(lines) + "\n")
    fx, fy, cx, cy = OPTICS
    (folder / "camera_matrix.csv").write_text(f"{fx}, 0.0, {cx}\n0.0, {fy}, {cy}\n0.0, 0.0, 1.0")
    (folder / "imu.csv").write_text(_imu(poses))
    _write_images(folder, poses)
    return folder


def write_record3d(path: Path, changes: dict[str, Any] | None = None, pack: bool = False) -> Path:
    """Write an `.r3d`, as `record3d_bytes` gives it."""
    path.write_bytes(record3d_bytes(changes, pack))
    return path


def record3d_bytes(changes: dict[str, Any] | None = None, pack: bool = False) -> bytes:
    """Give an `.r3d`.

    Args:
        changes: Fields of `metadata` to set; None takes one away.
        pack: Depth and confidence are packed with LZFSE, as the app does; else raw.
    """
    poses = forward_poses()
    arkit = poses.copy()
    arkit[:, :3, :3] = poses[:, :3, :3] @ _ARKIT
    relative = np.linalg.inv(arkit[0]) @ arkit
    quaternions = Rotation.from_matrix(relative[:, :3, :3]).as_quat()
    fx, fy, cx, cy = OPTICS.tolist()
    metadata: dict[str, Any] = {
        "w": SIZE[0], "h": SIZE[1], "dw": DEPTH[0], "dh": DEPTH[1], "fps": 10,
        "K": [fx, 0.0, 0.0, 0.0, fy, 0.0, cx, cy, 1.0],
        "perFrameIntrinsicCoeffs": [[fx, fy, cx, cy]] * FRAMES,
        "frameTimestamps": TIME.tolist(),
        "poses": np.concatenate((quaternions, relative[:, :3, 3]), axis=1).tolist(),
    } | (changes or {})  # fmt: skip
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        text = json.dumps({name: value for name, value in metadata.items() if value is not None})
        _put(archive, "metadata", text.encode())
        for at in range(FRAMES):
            depth = floor_depth(poses[at]).astype("<f4").tobytes()
            sure = np.full(DEPTH[::-1], 2, dtype=np.uint8).tobytes()
            _put(archive, f"rgbd/{at}.jpg", _jpeg(at))
            _put(archive, f"rgbd/{at}.depth", _packed(depth) if pack else depth)
            _put(archive, f"rgbd/{at}.conf", _packed(sure) if pack else sure)
    return buffer.getvalue()


def _write_images(folder: Path, poses: Float[np.ndarray, "frames 4 4"]) -> None:
    for name in ("depth", "confidence"):
        (folder / name).mkdir()
    for at, pose in enumerate(poses):
        steps: UInt16[np.ndarray, "rows columns"] = np.nan_to_num(1000.0 * floor_depth(pose)).round().astype(np.uint16)
        (folder / f"depth/{at:06d}.png").write_bytes(_encoded(".png", steps))
        (folder / f"confidence/{at:06d}.png").write_bytes(_encoded(".png", np.full(steps.shape, 2, dtype=np.uint8)))


def _imu(poses: Float[np.ndarray, "frames 4 4"]) -> str:
    """Gravity in the device's axes, which the app multiplies by 9.81; X of the camera's image points along the device's −Y."""
    lines = ["timestamp, a_x, a_y, a_z, alpha_x, alpha_y, alpha_z"]
    for time, pose in zip(TIME, poses, strict=True):
        right, down, ahead = 9.81 * pose[:3, :3].T @ (0.0, -1.0, 0.0)
        lines.append(f"{time:.6f}, {-down:.6f}, {-right:.6f}, {-ahead:.6f}, 0.0, 0.0, 0.0")
    return "\n".join(lines) + "\n"


def _picture(number: int, size: tuple[int, int]) -> np.ndarray:
    picture = np.full((size[1], size[0], 3), 90, dtype=np.uint8)
    picture[10:20, 3 * number : 3 * number + 10] = 200
    return picture


def _jpeg(number: int) -> bytes:
    return _encoded(".jpg", _picture(number, SIZE))


def _encoded(kind: str, image: np.ndarray) -> bytes:
    import cv2

    return bytes(cv2.imencode(kind, image)[1].tobytes())


def _packed(data: bytes) -> bytes:
    return bytes(importlib.import_module("liblzfse").compress(data))


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
