"""One small good file of each format, made in code: what the mutations start from."""

from __future__ import annotations

import json
from functools import cache

import numpy as np


@cache
def seed(door: str) -> bytes:
    """Give the bytes of a small good file.

    Args:
        door: The reader's name, as in `benchmarks.doors`.
    """
    return _MAKERS[door]()


def _film() -> bytes:
    from benchmarks.film_bytes import make_film, pictures

    return make_film(pictures(6))


def _motion() -> object:
    from schemas.motion import MotionArrays

    rng = np.random.default_rng(1)
    return MotionArrays(
        positions=rng.normal(0.0, 1.0, (4, 21, 3)).astype(np.float32),
        validity=np.full((4, 21), 2, np.uint8),
        time=np.arange(4) / 100.0,
        reasons=np.zeros(4, np.uint32),
    )


def _json() -> bytes:
    from kinetrace.store.documents import canonical

    record = {"path": "motion.h5", "bytes": 12, "xxh3_128": "0" * 32, "sha256": "1" * 64}
    return canonical({
        "schema": "kinetrace.manifest/1", "capture": "toy", "stage": "s01_alignment", "inputs": {"s00_adapter": "2" * 64},
        "outputs": [record], "params": {"seed": 7, "max_tilt_deg": 12.5}, "code": "3" * 64,
        "environment": {"python": "3.11.7", "lock": "4" * 64, "device": "cpu"}, "digest": "5" * 64,
    })  # fmt: skip


def _capture() -> bytes:
    card = {
        "schema_version": 1, "units": "m", "matrix_order": "column", "movement": "gait",
        "device": {"model": "iPad14,3", "os": "18.1"},
        "subject": {"id": "s", "height_m": 1.72, "mass_kg": 70.5, "sex": "f"}, "files": {"motion.trc": "motion"},
    }  # fmt: skip
    return json.dumps(card, indent=1).encode()


def _jsonl() -> bytes:
    anchor = [float(v) for v in np.eye(4).ravel()]
    lines = [
        {"t": i / 60, "frame": i, "tracked": True, "scale": 1.0, "anchor": anchor,
         "joints": {"root": {"p": [0.1, 1.0, 0.2], "tracked": True}, "left_foot_joint": {"p": [0.2, 0.1, 0.3]}}}
        for i in range(4)
    ]  # fmt: skip
    return "\n".join(map(json.dumps, lines)).encode() + b"\n"


def _csv() -> bytes:
    rows = "".join(f"{i / 60:.4f}, {i}, 600, 600, 320, 240, 0.1, 1.3, 0, 0, 0, 0, 1\n" for i in range(5))
    return b"t, frame, fx, fy, cx, cy, x, y, z, qx, qy, qz, qw\n" + rows.encode()


def _trc() -> bytes:
    names = ("a:RKNE", "LKNE", "SACR")
    lines = [
        "PathFileType\t4\t(X/Y/Z)\tmade.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        "100\t100\t5\t3\tmm\t100\t1\t5",
        "Frame#\tTime\t" + "\t\t\t".join(names),
        "\t\t" + "\t".join(f"{a}{i}" for i in (1, 2, 3) for a in "XYZ"),
        "",
    ]
    lines += [f"{i}\t{i / 100:.3f}\t" + "\t".join(f"{100 * i + j / 8:.3f}" for j in range(9)) for i in range(5)]
    return "\n".join(lines).encode() + b"\n"


def _mot() -> bytes:
    head = "Coordinates\nversion=1\nnRows=4\nnColumns=3\ninDegrees=yes\n\nendheader\ntime\tknee\thip\n"
    return (head + "".join(f"{i / 100}\t{10.5 * i}\t{1 / (i + 1):.5f}\n" for i in range(4))).encode()


def _c3d() -> bytes:
    from benchmarks.made_c3d import Groups, make_c3d

    points = 100.0 * np.random.default_rng(4).normal(0.0, 1.0, (4, 3, 3))
    loads = np.tile([5.0, -3.0, -600.0, 1e3, 2e4, 50.0], (8, 1))
    corners = np.array([[400.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 600.0, 0.0], [400.0, 600.0, 0.0]], np.float32)
    groups: Groups = {
        "POINT": {"X_SCREEN": "+X", "Y_SCREEN": "+Z"},
        "FORCE_PLATFORM": {
            "USED": 1, "TYPE": np.array([2]), "ZERO": np.array([0, 0]), "CORNERS": corners.T[:, :, None],
            "ORIGIN": np.array([[0.0], [0.0], [-40.0]], np.float32), "CHANNEL": np.arange(1, 7)[:, None],
        },
        "EVENT": {
            "USED": 1, "CONTEXTS": ["Left"], "LABELS": ["Foot Strike"], "TIMES": np.array([[0.0], [0.02]], np.float32),
        },
        "PROCESSING": {"Bodymass": 60.0, "Height": 1680.0},
    }  # fmt: skip
    return make_c3d(points, ("a:LKNE", "a:RKNE", "a:SACR"), analogs=loads, groups=groups)


def _bvh() -> bytes:
    from benchmarks.made_takes import bvh_text

    return bvh_text(3).encode()


def _vicon_zip() -> bytes:
    from benchmarks.made_takes import vicon_zip

    return vicon_zip(2)


def _kinect_zip() -> bytes:
    from benchmarks.made_takes import kinect_zip

    return kinect_zip(2)


def _cmu_zip() -> bytes:
    from benchmarks.made_takes import cmu_zip

    return cmu_zip(2)


def _stood() -> np.ndarray:
    """Give BODY21 of a person who stands and sways a little, four frames at 60 Hz [m]."""
    from kinetrace.simulation.simulate import simulate

    return np.asarray(simulate("balance", 2.0, 1, height_m=1.75).truth.positions, dtype=float)[:4]


def _swift_json() -> bytes:
    from benchmarks.made_exports import swift_json

    return swift_json(_stood()[:3])


def _vision_json() -> bytes:
    from benchmarks.made_exports import vision_json

    return vision_json(_stood()[:3], height=1.8, true_height=1.75)


def _mediapipe_json() -> bytes:
    from benchmarks.made_exports import mediapipe_json

    return mediapipe_json(_stood()[:2])


def _points_csv() -> bytes:
    return b"time,RHip_x,RHip_y,RHip_z,LHip_x,LHip_y,LHip_z\n" + b"".join(
        b"%.3f,%.2f,0.9,0.1,%.2f,0.9,-0.1\n" % (i / 60, 0.01 * i, 0.011 * i) for i in range(5)
    )


def _h36m_npz() -> bytes:
    from benchmarks.made_exports import h36m_npz

    return h36m_npz(_stood(), ("S1/Walking",))


def _windows_h5() -> bytes:
    from benchmarks.made_exports import windows_h5

    return windows_h5(np.repeat(_stood(), 25, axis=0), height=1.75, stacked=False, windows=1)


def _room_json() -> bytes:
    flat = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.5, -1.2, 2.0, 1.0]
    up = [0.8, 0.0, 0.6, 0.0, 0.0, 1.0, 0.0, 0.0, -0.6, 0.0, 0.8, 0.0, 1.5, 0.1, -2.0, 1.0]
    room = {
        "version": 2,
        "floors": [{"identifier": "f", "category": {"floor": {}}, "dimensions": [4.0, 3.0, 0.0], "transform": flat}],
        "walls": [{"identifier": "w", "category": {"wall": {}}, "dimensions": [4.0, 2.5, 0.0], "transform": up}],
        "objects": [{"identifier": "c", "category": {"chair": {}}, "dimensions": [0.5, 0.9, 0.5], "transform": up}],
    }
    return json.dumps(room).encode()


def _odometry() -> bytes:
    rows = "".join(f"{9.0 + i / 60:.4f}, {i:06d}, 0.1, 1.3, 0, 0, 0, 0, 1, 600, 600, 320, 240, , \n" for i in range(5))
    header = "timestamp, frame, x, y, z, qx, qy, qz, qw, fx, fy, cx, cy, distortion_center_x, distortion_center_y\n"
    return (header + rows).encode()


def _camera_matrix() -> bytes:
    return b"600.0, 0.0, 320.0\n0.0, 600.0, 240.0\n0.0, 0.0, 1.0"


def _imu() -> bytes:
    rows = "".join(f"{9.0 + i / 100:.3f}, -0.02, -9.81, 0.1, 0.01, 0, 0\n" for i in range(5))
    return ("timestamp, a_x, a_y, a_z, alpha_x, alpha_y, alpha_z\n" + rows).encode()


def _record3d() -> bytes:
    from benchmarks.made_videos import record3d_bytes

    return record3d_bytes()


def _params() -> bytes:
    return (
        b"capture: walk\nalignment:\n  max_tilt_deg: 12.5  # a slope\n  seed: 7\n"
        b"physical_state:\n  filter: {cutoff_hz: 6.0}\n"
    )


def _mapping() -> bytes:
    return b"joints:\n  r_knee: [RKNE, RKNM]\n  l_knee: ['LKNE', \"LKNM\"]\nunits: mm\nup: z\n"


def _npz() -> bytes:
    from kinetrace.store.arrays import encode_npz

    return encode_npz(_motion())  # type: ignore[arg-type]


def _hdf5() -> bytes:
    from kinetrace.store.arrays import encode_h5

    return encode_h5(_motion())  # type: ignore[arg-type]


def _checkpoint() -> bytes:
    import torch

    from kinetrace.models.checkpoint import build_model, to_bytes
    from kinetrace.models.features import feature_map
    from schemas.world_model import WorldModelConfig, WorldModelParams

    joints = ("pelvis", "r_hip", "l_hip")
    params = WorldModelParams(recipe="seed", latent_dim=2, hidden_dim=4)
    names = feature_map("world", joints).names
    flat = tuple(0.5 for _ in names)
    config = WorldModelConfig(
        recipe="seed", joints=joints, fps=30.0, trained_fps=30.0, feature_names=names, feature_mean=flat, feature_scale=flat,
        latent_std=(1.0, 1.0), params=params,
    )  # fmt: skip
    torch.manual_seed(3)
    return to_bytes(build_model(config), config, (1.0, 0.5))


def _png() -> bytes:
    import cv2

    image = np.random.default_rng(2).integers(0, 5000, (24, 32), dtype=np.uint16)
    return bytes(cv2.imencode(".png", image)[1].tobytes())


_MAKERS = {
    "json": _json, "capture_json": _capture, "jsonl": _jsonl, "csv": _csv, "trc": _trc, "mot": _mot, "c3d": _c3d,
    "bvh": _bvh, "vicon_zip": _vicon_zip, "kinect_zip": _kinect_zip, "cmu_zip": _cmu_zip,
    "swift_json": _swift_json, "vision_json": _vision_json, "mediapipe_json": _mediapipe_json, "points_csv": _points_csv,
    "h36m_npz": _h36m_npz, "windows_h5": _windows_h5, "room_json": _room_json,
    "film": _film,
    "params_yaml": _params, "mapping_yaml": _mapping, "npz": _npz, "hdf5": _hdf5, "checkpoint": _checkpoint, "png": _png,
    "odometry_csv": _odometry, "camera_matrix": _camera_matrix, "imu_csv": _imu, "record3d": _record3d,
}  # fmt: skip
