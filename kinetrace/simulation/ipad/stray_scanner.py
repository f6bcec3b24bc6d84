"""The recording as Stray Scanner exports it: a folder with `rgb.mp4`, `odometry.csv`, `camera_matrix.csv`, `imu.csv` and images.

Quaternions lead from the camera of computer vision (Z forward, Y down) to ARKit's world; their stamps are the device's
clock. The app stamps its film with frame number over 60 whatever the camera did, so a film of 30 images a second plays twice
as fast (strayrobots/scanner, VideoEncoder.swift; the app begins one frame before 0, which is left out here).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import UInt8, UInt16
from numpy.random import Generator
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation, RotationSpline

from kinetrace.motion.centre_of_mass import GRAVITY
from kinetrace.simulation.ipad.camera_path import clockwise_turns
from kinetrace.simulation.ipad.h264 import add_frame, encoder, turn
from kinetrace.simulation.ipad.layouts import DepthFolder
from kinetrace.simulation.ipad.session import Session

FOLDER: Final = "recording"

FORWARD: Final = np.diag([1.0, -1.0, -1.0])
"""From the camera of computer vision to ARKit's."""

STAMP_HZ: Final = 60
"""Rate that the app writes into its films."""

DEVICE_FROM_CAMERA: Final = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
"""From ARKit's camera to the device's own axes: X is the image's up, Y its left, Z leaves the screen."""

IMU_HZ: Final = 100.0
ACCELERATION_NOISE: Final = 0.03
TURN_NOISE: Final = 0.002
"""Of single readings [m/s2] and [rad/s], of the order of phones' data sheets."""


class _Export:
    def __init__(self, session: Session, folder: Path, film: Any) -> None:
        self._session, self._film, self._depth = session, film, DepthFolder(folder)

    def add(
        self, frame: int, rgb: UInt8[np.ndarray, "height width 3"], depth: UInt16[np.ndarray, "192 256"],
        confidence: UInt8[np.ndarray, "192 256"],
    ) -> None:  # fmt: skip
        """Take the next frame."""
        add_frame(self._film, rgb, frame / STAMP_HZ)
        if self._session.kept_depth[frame]:
            self._depth.add(frame, depth, confidence)


@contextmanager
def stray_writer(session: Session, draft: Path) -> Iterator[_Export]:
    """Write the app's folder."""
    folder = draft / FOLDER
    folder.mkdir()
    film = folder / "rgb.mp4"
    with encoder(film, session.optics.width, session.optics.height) as container:
        yield _Export(session, folder, container)
    if "turned_film" in session.faults:
        turn(film, clockwise_turns(session.camera.rotation[0]))
    (folder / "odometry.csv").write_text(odometry(session), encoding="ascii")
    (folder / "imu.csv").write_text(imu(session, session.lidar), encoding="ascii")
    if "no_intrinsics" not in session.faults:
        (folder / "camera_matrix.csv").write_text(camera_matrix(session), encoding="ascii")


def odometry(session: Session) -> str:
    """Give the pose of every frame, with the intrinsics that newer versions append."""
    path, optics = session.recorded, session.optics
    bare = "no_intrinsics" in session.faults
    lens = "" if bare else f", {optics.fx:.4f}, {optics.fy:.4f}, {optics.cx:.4f}, {optics.cy:.4f}"
    lines = ["timestamp, frame, x, y, z, qx, qy, qz, qw" + ("" if bare else ", fx, fy, cx, cy")]
    turned = Rotation.from_matrix(path.rotation @ FORWARD).as_quat(canonical=True)
    for frame, (time, place, q) in enumerate(
        zip(session.start_s + session.truth.time, path.position, turned, strict=True)
    ):
        numbers = ", ".join([f"{v:.5f}" for v in place] + [f"{v:.7f}" for v in q])
        lines.append(f"{time:.6f}, {frame:06d}, {numbers}{lens}")
    return "\n".join(lines) + "\n"


def camera_matrix(session: Session) -> str:
    """Give the last frame's camera matrix."""
    o = session.optics
    rows = ((o.fx, 0.0, o.cx), (0.0, o.fy, o.cy), (0.0, 0.0, 1.0))
    return "\n".join(", ".join(f"{v:.4f}" for v in row) for row in rows) + "\n"


def imu(session: Session, rng: Generator) -> str:
    """Give accelerometer [m/s2, as newer versions write it] and gyroscope [rad/s] in the device's axes at 100 Hz.

    Core Motion's sign: a device at rest reads gravity, which points down.
    """
    time, path = session.truth.time, session.camera
    ticks = np.arange(time[0], time[-1], 1.0 / IMU_HZ)
    attitude = RotationSpline(time, Rotation.from_matrix(path.rotation))
    force = CubicSpline(time, path.position)(ticks, 2) + np.array([0.0, GRAVITY, 0.0])
    felt = -attitude(ticks).inv().apply(force) @ DEVICE_FROM_CAMERA.T
    felt = felt + ACCELERATION_NOISE * rng.standard_normal(felt.shape)
    turning = attitude(ticks, 1) @ DEVICE_FROM_CAMERA.T + TURN_NOISE * rng.standard_normal(felt.shape)
    lines = ["timestamp, a_x, a_y, a_z, alpha_x, alpha_y, alpha_z"]
    lines += [
        f"{session.start_s + t:.6f}, " + ", ".join(f"{v:.5f}" for v in (*a, *w))
        for t, a, w in zip(ticks, felt, turning, strict=True)
    ]
    return "\n".join(lines) + "\n"
