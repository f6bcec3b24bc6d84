"""A made movement written as each app and data set writes it: what comes back out of the readers is compared with it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
from jaxtyping import Float

from kinetrace.motion.skeletons import INDEX

Joints = Float[np.ndarray, "frames 21 3"]
FPS = 60.0
ARKIT = {
    "root": "pelvis", "hips_joint": "pelvis", "left_upLeg_joint": "l_hip", "left_leg_joint": "l_knee",
    "left_foot_joint": "l_ankle", "right_upLeg_joint": "r_hip", "right_leg_joint": "r_knee", "right_foot_joint": "r_ankle",
    "left_arm_joint": "l_shoulder", "left_forearm_joint": "l_elbow", "left_hand_joint": "l_wrist",
    "right_arm_joint": "r_shoulder", "right_forearm_joint": "r_elbow", "right_hand_joint": "r_wrist",
}  # fmt: skip
VISION = {
    "topHead": "head", "centerShoulder": "thorax", "leftShoulder": "l_shoulder", "leftElbow": "l_elbow",
    "leftWrist": "l_wrist", "rightShoulder": "r_shoulder", "rightElbow": "r_elbow", "rightWrist": "r_wrist",
    "spine": "spine", "root": "pelvis", "leftHip": "l_hip", "leftKnee": "l_knee", "leftAnkle": "l_ankle",
    "rightHip": "r_hip", "rightKnee": "r_knee", "rightAnkle": "r_ankle",
}  # fmt: skip
_SIDES = {"left": "l", "right": "r"}


@dataclass(frozen=True)
class Export:
    """One format, written.

    Attributes:
        file: What the file is called.
        data: Its bytes.
        joints: Which joints of BODY21 it carries.
        rooted: It says where in the world the person is.
        options: What `ingest` must be told.
        address: Part of the file that is read, with `::`.
    """

    file: str
    data: bytes
    joints: tuple[str, ...]
    rooted: bool
    options: Mapping[str, Any]
    address: str = ""


def swift_text(matrix: Float[np.ndarray, "4 4"]) -> str:
    """Print a pose as Swift does: column by column."""
    return "simd_float4x4([" + ", ".join("[" + ", ".join(f"{v:.8g}" for v in c) + "]" for c in matrix.T) + "])"


def swift_json(joints: Joints, *, anchored: bool = True, transposed: bool = False) -> bytes:
    """Write ARKit's joints as matrix texts, relative to a body anchor that is placed and turned asymmetrically."""
    frames = []
    for body in joints:
        anchor = placed(0.4, body[INDEX["pelvis"]] + (2.0, 0.1, -3.0))
        back = np.linalg.inv(anchor)
        texts = {}
        for name, joint in ARKIT.items():
            local = back[:3, :3] @ (body[INDEX[joint]] + (2.0, 0.1, -3.0)) + back[:3, 3]
            pose = placed(-0.7, local)
            texts[name] = swift_text(pose.T if transposed else pose)
        frame: dict[str, Any] = {"joints": texts}
        if anchored:
            frame["bodyAnchor"] = swift_text(anchor.T if transposed else anchor)
        frames.append(frame)
    return json.dumps(frames).encode()


def vision_json(joints: Joints, *, height: float, true_height: float, measured: bool = False) -> bytes:
    """Write Vision's joints from the root; a reference height scales them."""
    scale = 1.0 if measured else height / true_height
    root = joints[:, INDEX["pelvis"]]
    frames = [
        {
            "t": round(i / FPS, 6),
            "bodyHeight": height,
            "heightEstimation": "measured" if measured else "reference",
            "joints": {n: [round(float(v), 7) for v in scale * (body[INDEX[j]] - root[i])] for n, j in VISION.items()},
        }
        for i, body in enumerate(joints)
    ]
    return json.dumps({"format": "apple-vision-body-pose-3d", "frames": frames}).encode()


def landmarks_of(joints: Joints) -> tuple[Float[np.ndarray, "frames 33 4"], dict[str, str]]:
    """Give MediaPipe's world landmarks of a body (Y down, from mid-hips, all seen), and BODY21 joint by landmark."""
    from adapters.formats.mediapipe_landmarks import LANDMARKS

    carried = {
        f"{side}_{'foot_index' if joint == 'toe' else joint}": f"{short}_{joint}"
        for side, short in _SIDES.items()
        for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe")
    }
    middle = (joints[:, INDEX["l_hip"]] + joints[:, INDEX["r_hip"]]) / 2
    table = np.ones((len(joints), len(LANDMARKS), 4))
    for at, name in enumerate(LANDMARKS):
        joint = carried.get(name, "head" if at <= 10 else f"{_SIDES[name.partition('_')[0]]}_wrist")
        table[:, at, :3] = (joints[:, INDEX[joint]] - middle) * (1.0, -1.0, -1.0)
    return table, carried


def mediapipe_json(joints: Joints) -> bytes:
    """Write world landmarks as the tasks interface gives them."""
    table, _ = landmarks_of(joints)
    keys = ("x", "y", "z", "visibility")
    frames = [
        {
            "timestamp_ms": round(1000.0 * i / FPS, 3),
            "pose_world_landmarks": [dict(zip(keys, map(float, np.round(one, 7)), strict=True)) for one in frame],
        }
        for i, frame in enumerate(table)
    ]
    return json.dumps(frames).encode()


def mediapipe_csv(joints: Joints) -> bytes:
    """Write world landmarks as columns `left_hip_x …`."""
    from adapters.formats.mediapipe_landmarks import LANDMARKS

    table, _ = landmarks_of(joints)
    header = ["time_ms", *(f"{name}_{axis}" for name in LANDMARKS for axis in ("x", "y", "z", "visibility"))]
    rows = [[round(1000.0 * i / FPS, 3), *np.round(frame, 7).ravel().tolist()] for i, frame in enumerate(table)]
    return csv_bytes(header, rows)


def csv_bytes(header: list[str], rows: list[list[Any]]) -> bytes:
    """Write a CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([header, *rows])
    return text.getvalue().encode()


MAPPED = {"r_hip": "hueftgelenk_r", "l_hip": "hueftgelenk_l", "r_knee": "knie_r", "l_knee": "knie_l", "r_ankle": "fuss_r",
          "l_ankle": "fuss_l", "r_shoulder": "schulter_r", "l_shoulder": "schulter_l"}  # fmt: skip
"""BODY21 joint to the names of a made CSV that nobody knows."""


def mapped_csv(joints: Joints) -> tuple[bytes, bytes]:
    """Write a CSV in cm with Z up and names that nobody knows, without times; and the mapping file that explains it."""
    header = [f"{name}_{axis}" for name in MAPPED.values() for axis in "xyz"]
    turned = 100.0 * joints[:, [INDEX[j] for j in MAPPED]][:, :, [0, 2, 1]] * (1.0, -1.0, 1.0)
    rows = [np.round(frame, 5).ravel().tolist() for frame in turned]
    mapping = {"joints": {joint: [name] for joint, name in MAPPED.items()}, "units": "cm", "up": "z"}
    return csv_bytes(header, rows), json.dumps(mapping).encode()


H36M = {
    "Hip": "pelvis", "RHip": "r_hip", "RKnee": "r_knee", "RFoot": "r_ankle", "LHip": "l_hip", "LKnee": "l_knee",
    "LFoot": "l_ankle", "Spine": "spine", "Thorax": "thorax", "Nose": "neck", "Head": "head", "LShoulder": "l_shoulder",
    "LElbow": "l_elbow", "LWrist": "l_wrist", "RShoulder": "r_shoulder", "RElbow": "r_elbow", "RWrist": "r_wrist",
}  # fmt: skip


def h36m_npz(joints: Joints, names: tuple[str, ...] = ("S1/Walking", "S1/Sitting_1")) -> bytes:
    """Write takes of Human3.6M as plain arrays in metres, Z up."""
    places = joints[:, [INDEX[joint] for joint in H36M.values()]][:, :, [0, 2, 1]] * (1.0, -1.0, 1.0)
    buffer = io.BytesIO()
    np.savez(buffer, **dict.fromkeys(names, np.ascontiguousarray(places, dtype=np.float32)))  # type: ignore[arg-type]
    return buffer.getvalue()


WINDOW = {"Neck": "thorax", "RShoulder": "r_shoulder", "LShoulder": "l_shoulder", "RHip": "r_hip", "LHip": "l_hip",
          "midHip": "pelvis", "RKnee": "r_knee", "LKnee": "l_knee", "RAnkle": "r_ankle", "LAnkle": "l_ankle",
          "RHeel": "r_heel", "LHeel": "l_heel", "RSmallToe": "r_toe", "LSmallToe": "l_toe", "RBigToe": "r_toe",
          "LBigToe": "l_toe", "RElbow": "r_elbow", "LElbow": "l_elbow", "RWrist": "r_wrist", "LWrist": "l_wrist"}  # fmt: skip


def windows_h5(
    joints: Joints, *, height: float, stacked: bool, arms: bool = True, windows: int = 2, **storage: Any
) -> bytes:
    """Write windows of 60 frames, one every 30, in statures from mid-hips, as the Motion Foundation Model's data have them."""
    names = list(WINDOW.values())[: 20 if arms else 16]
    points = (joints[:, [INDEX[name] for name in names]] - joints[:, [INDEX["pelvis"]]]) / height
    flat = (points.swapaxes(1, 2) if stacked else points).reshape(len(points), -1)
    features = np.concatenate((flat, np.tile((height, 70.0), (len(points), 1))), axis=1)
    made = np.stack([features[30 * i : 30 * i + 60] for i in range(windows)]).astype(np.float32)
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_dataset("data/features", data=made, **storage)
    return buffer.getvalue()


def exports(joints: Joints, height: float) -> dict[str, tuple[Export, bytes | None]]:
    """Write a movement in every format; beside a format its mapping file, if it needs one.

    Args:
        joints: BODY21 at 60 Hz [m], Y up; at least 90 frames.
        height: The person's stature [m].
    """
    landmarks = tuple(landmarks_of(joints[:1])[1].values())
    table, mapping = mapped_csv(joints)
    arkit = tuple(dict.fromkeys(ARKIT.values()))
    sixteen = tuple(dict.fromkeys(j for j in list(WINDOW.values())[:16] if j != "thorax"))
    twenty = tuple(dict.fromkeys(WINDOW.values()))

    def plain(*arguments: Any, **options: Any) -> tuple[Export, bytes | None]:
        return Export(*arguments, **options), None

    return {
        "swift_json": plain("body.json", swift_json(joints), arkit, True, {"fps": FPS}),
        "swift_json_rows": plain("rows.json", swift_json(joints, transposed=True), arkit, True, {"fps": FPS}),
        "vision_json": plain(
            "vision.json", vision_json(joints, height=1.8, true_height=height), _of(VISION), False, {"height_m": height}
        ),
        "mediapipe_json": plain("pose.json", mediapipe_json(joints), landmarks, False, {}),
        "mediapipe_csv": plain("pose.csv", mediapipe_csv(joints), landmarks, False, {}),
        "mapped_csv": (Export("points.csv", table, tuple(MAPPED), True, {"fps": FPS}), mapping),
        "h36m_npz": plain("h36m.npz", h36m_npz(joints), _of(H36M), True, {"fps": FPS}, address="::S1/Walking"),
        "windows_h5": plain(
            "time_sequences.h5", windows_h5(joints, height=height, stacked=False), twenty, False, {}, address="::0"
        ),
        "windows_h5_stacked": plain(
            "stacked.h5", windows_h5(joints, height=height, stacked=True, arms=False), sixteen, False, {}, address="::0"
        ),
    }


def _of(table: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(joint for joint in dict.fromkeys(table.values()) if joint not in ("neck", "spine", "thorax"))


def placed(yaw: float, place: Float[np.ndarray, "3"]) -> Float[np.ndarray, "4 4"]:
    """Give a pose that is turned about the vertical and leans, so that rows and columns differ."""
    c, s = np.cos(yaw), np.sin(yaw)
    lean = np.array([[1.0, 0.0, 0.0], [0.0, np.cos(0.2), -np.sin(0.2)], [0.0, np.sin(0.2), np.cos(0.2)]])
    pose = np.eye(4)
    pose[:3, :3] = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]]) @ lean
    pose[:3, 3] = place
    return pose


Make = Callable[[Joints], bytes]
