"""Made marker files: a simulated walker's joints, with surface markers fixed to the segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from kinetrace.motion.skeletons import INDEX
from kinetrace.simulation.simulate import simulate

KEYPOINTS = {
    "RHip": "r_hip", "LHip": "l_hip", "RKnee": "r_knee", "LKnee": "l_knee", "RAnkle": "r_ankle", "LAnkle": "l_ankle",
    "RHeel": "r_heel", "LHeel": "l_heel", "RBigToe": "r_toe", "LBigToe": "l_toe", "RShoulder": "r_shoulder",
    "LShoulder": "l_shoulder", "RElbow": "r_elbow", "LElbow": "l_elbow", "RWrist": "r_wrist", "LWrist": "l_wrist",
    "midHip": "pelvis",
}  # fmt: skip
"""Video keypoint to BODY21 joint."""


@pytest.fixture(scope="session")
def walker() -> np.ndarray:
    """Joints (frames, 21, 3) of a simulated walk, 2.5 s at 60 Hz, X forward, Y up, floor at 0 [m]."""
    return simulate("gait", 2.5, 1).truth.positions.astype(float)


@pytest.fixture(scope="session")
def stander() -> np.ndarray:
    """The same person standing."""
    return simulate("balance", 2.5, 1).truth.positions.astype(float)


def keypoints_of(joints: np.ndarray) -> dict[str, np.ndarray]:
    """Give a body as the 20 video keypoints' names."""
    return {name: joints[:, INDEX[joint]].copy() for name, joint in KEYPOINTS.items()}


def lab_markers_of(joints: np.ndarray, medial: bool = True) -> dict[str, np.ndarray]:
    """Give a body OpenCap's laboratory markers, rigidly fixed to pelvis, thighs and shanks; knees 12 cm wide."""
    get = {name: joints[:, i].copy() for name, i in INDEX.items()}
    right = get["r_hip"] - get["l_hip"]
    right = right / np.linalg.norm(right, axis=1, keepdims=True)
    up = np.array([0.0, 1.0, 0.0])
    ahead = np.cross(up, right)
    made = {"C7": get["neck"] - 0.5 * (get["head"] - get["neck"])}
    for side, sign, prefix in (("r", 1.0, "r"), ("l", -1.0, "L")):
        hip, knee, ankle = (get[f"{side}_{j}"] for j in ("hip", "knee", "ankle"))
        made[f"{prefix}.ASIS"] = get["pelvis"] + sign * 0.12 * right + 0.05 * ahead + 0.08 * up
        made[f"{prefix}.PSIS"] = get["pelvis"] + sign * 0.05 * right - 0.10 * ahead + 0.08 * up
        made[f"{prefix.upper()}_HJC"] = hip
        thigh, shank = _frame(knee, hip, right), _frame(ankle, knee, right)
        made |= {
            f"{prefix}_knee": knee + sign * 0.06 * thigh[2],
            f"{prefix}_thigh1": knee + 0.15 * thigh[1] + sign * 0.08 * thigh[2],
            f"{prefix}_thigh2": knee + 0.20 * thigh[1] + 0.09 * thigh[0],
            f"{prefix}_thigh3": knee + 0.30 * thigh[1] + sign * 0.09 * thigh[2],
            f"{prefix}_ankle": ankle + sign * 0.044 * shank[2],
            f"{prefix}_sh2": ankle + 0.15 * shank[1] + sign * 0.05 * shank[2],
            f"{prefix}_sh3": ankle + 0.20 * shank[1] + 0.06 * shank[0],
            f"{prefix}_calc": get[f"{side}_heel"],
            f"{prefix}_toe": get[f"{side}_toe"],
            f"{prefix.upper()}_Shoulder": get[f"{side}_shoulder"],
            f"{prefix.upper()}_elbow_lat": get[f"{side}_elbow"] + sign * 0.03 * right,
            f"{prefix.upper()}_elbow_med": get[f"{side}_elbow"] - sign * 0.03 * right,
            f"{prefix.upper()}_wrist_radius": get[f"{side}_wrist"] + 0.02 * ahead,
            f"{prefix.upper()}_wrist_ulna": get[f"{side}_wrist"] - 0.02 * ahead,
        }
        if medial:
            made[f"{prefix}_mknee"] = knee - sign * 0.06 * thigh[2]
            made[f"{prefix}_mankle"] = ankle - sign * 0.044 * shank[2]
    return made


def _frame(low: np.ndarray, high: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    along = (high - low) / np.linalg.norm(high - low, axis=1, keepdims=True)
    across = right - (right * along).sum(axis=1, keepdims=True) * along
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    return np.cross(along, across), along, across


def trc_text(
    markers: Mapping[str, np.ndarray], rate: float = 60.0, units: str = "m", start: float = 0.0, decimals: int = 6
) -> str:
    """Write markers as TRC text; NaN becomes an empty cell."""
    names, frames = list(markers), len(next(iter(markers.values())))
    lines = [
        "PathFileType\t4\t(X/Y/Z)\tmade.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate:g}\t{rate:g}\t{frames}\t{len(names)}\t{units}\t{rate:g}\t1\t{frames}",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{i}" for i in range(1, len(names) + 1) for axis in "XYZ"),
        "",
    ]
    table = np.stack([markers[name] for name in names], axis=1).reshape(frames, -1)
    for i, row in enumerate(table):
        cells = ["" if np.isnan(v) else f"{v:.{decimals}f}" for v in row]
        lines.append("\t".join([str(i + 1), f"{start + i / rate:.6f}", *cells]))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def keypoints() -> Callable[[np.ndarray], dict[str, np.ndarray]]:
    return keypoints_of


@pytest.fixture(scope="session")
def lab_markers() -> Callable[..., dict[str, np.ndarray]]:
    return lab_markers_of


@pytest.fixture(scope="session")
def trc() -> Callable[..., str]:
    return trc_text


@pytest.fixture
def write_bundle(tmp_path: Path) -> Callable[..., Path]:
    """Write a bundle of a motion file and, if given, a static trial; gives its folder."""

    def write(motion: str, static: str | None = None, **capture: object) -> Path:
        import json

        folder = tmp_path / "captures" / "made"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "motion.trc").write_text(motion)
        files = {"motion.trc": "motion"}
        if static is not None:
            (folder / "static.trc").write_text(static)
            files["static.trc"] = "static"
        document = {"device": {"model": "test"}, "subject": {"id": "s"}, "units": "m", "files": files} | capture
        (folder / "capture.json").write_text(json.dumps(document))
        return folder

    return write
