"""The pictures of docs/bring-your-own.md: one made walk in every format, read back and drawn as `validate --picture` draws it.

`python -m benchmarks.example_pictures docs/pictures` writes them anew.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from adapters.ingest import Declared, read
from benchmarks.made_exports import exports
from kinetrace.motion.skeletons import INDEX
from kinetrace.simulation.bundle import simulate_capture
from kinetrace.simulation.simulate import simulate
from stages.motion_picture import motion_picture

SECONDS: Final = 2.0
SEED: Final = 5
HEIGHT_M: Final = 1.75
SHOWN: Final = ("swift_json", "vision_json", "mediapipe_json", "mapped_csv", "h36m_npz", "windows_h5")
_TRC: Final = {
    "RHip": "r_hip", "LHip": "l_hip", "midHip": "pelvis", "RKnee": "r_knee", "LKnee": "l_knee", "RAnkle": "r_ankle",
    "LAnkle": "l_ankle", "RHeel": "r_heel", "LHeel": "l_heel", "RBigToe": "r_toe", "LBigToe": "l_toe",
    "RShoulder": "r_shoulder", "LShoulder": "l_shoulder", "RElbow": "r_elbow", "LElbow": "l_elbow", "RWrist": "r_wrist",
    "LWrist": "l_wrist",
}  # fmt: skip


def pictures() -> Iterator[tuple[str, str]]:
    """Give each picture's file name and its text."""
    joints = simulate("gait", SECONDS, SEED, height_m=HEIGHT_M).truth.positions.astype(float)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        bundle = simulate_capture("gait", SECONDS, SEED, place, "arkit", height_m=HEIGHT_M)
        yield "arkit_body.svg", motion_picture(*read(bundle))
        (place / "walk.trc").write_bytes(_trc(joints))
        yield "trc.svg", motion_picture(*read(place / "walk.trc"))
        made = exports(joints, HEIGHT_M)
        for name in SHOWN:
            export, mapping = made[name]
            path = place / export.file
            path.write_bytes(export.data)
            options = dict(export.options)
            if mapping is not None:
                options["mapping"] = place / "mapping.json"
                options["mapping"].write_bytes(mapping)
            yield f"{name}.svg", motion_picture(*read(Path(f"{path}{export.address}"), Declared(**options)))


def _trc(joints: np.ndarray) -> bytes:
    """Write video keypoints as OpenCap does."""
    names = list(_TRC)
    lines = [
        "PathFileType\t4\t(X/Y/Z)\twalk.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"60\t60\t{len(joints)}\t{len(names)}\tm\t60\t1\t{len(joints)}",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{i}" for i in range(1, len(names) + 1) for axis in "XYZ"),
        "",
    ]
    table = joints[:, [INDEX[joint] for joint in _TRC.values()]].reshape(len(joints), -1)
    lines += [f"{i + 1}\t{i / 60:.6f}\t" + "\t".join(f"{v:.5f}" for v in row) for i, row in enumerate(table)]
    return ("\n".join(lines) + "\n").encode()


def main(folder: Path) -> None:
    """Write the pictures into a folder."""
    for name, text in pictures():
        (folder / name).write_text(text, encoding="utf-8")
        print(f"{folder / name}: {len(text) >> 10} KiB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
