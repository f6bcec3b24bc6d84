"""A made person who sways, bends and turns smoothly: rigid bones, every BODY21 joint."""

from __future__ import annotations

import numpy as np

from kinetrace.motion.skeletons import BODY21

REST = {
    "pelvis": (0, 0.9, 0), "r_hip": (0, 0.9, 0.09), "r_knee": (0.02, 0.48, 0.09), "r_ankle": (0, 0.07, 0.09),
    "l_hip": (0, 0.9, -0.09), "l_knee": (0.02, 0.48, -0.09), "l_ankle": (0, 0.07, -0.09), "spine": (0, 1.16, 0),
    "thorax": (0, 1.42, 0), "neck": (0.01, 1.52, 0), "head": (0.02, 1.72, 0), "l_shoulder": (0, 1.42, -0.18),
    "l_elbow": (-0.02, 1.14, -0.22), "l_wrist": (0.05, 0.9, -0.24), "r_shoulder": (0, 1.42, 0.18),
    "r_elbow": (-0.02, 1.14, 0.22), "r_wrist": (0.05, 0.9, 0.24), "r_heel": (-0.05, 0.03, 0.09), "r_toe": (0.17, 0.02, 0.1),
    "l_heel": (-0.05, 0.03, -0.09), "l_toe": (0.17, 0.02, -0.1),
}  # fmt: skip


def swaying(frames: int, fps: float = 60.0, seed: int = 0) -> np.ndarray:
    """Give world positions [m], (frames, 21, 3): limbs swing about hips and shoulders, the body sways and turns."""
    random = np.random.default_rng(seed)
    t = np.arange(frames) / fps
    rest = np.array([REST[name] for name in BODY21], dtype=float)
    out = np.repeat(rest[None], frames, axis=0)
    for names, root in ((("knee", "ankle", "heel", "toe"), "hip"), (("elbow", "wrist"), "shoulder")):
        for side in "lr":
            angle = random.uniform(0.2, 0.5) * np.sin(2 * np.pi * random.uniform(0.5, 1.1) * t + random.uniform(0, 6))
            columns = [BODY21.index(f"{side}_{name}") for name in names]
            about = rest[BODY21.index(f"{side}_{root}")]
            x, y, z = np.moveaxis(rest[columns] - about, 1, 0)
            cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
            turned = np.stack((x * cos - y * sin, x * sin + y * cos, np.broadcast_to(z, (frames, len(names)))), axis=2)
            out[:, columns] = about + turned
    turn = 0.3 * np.sin(2 * np.pi * 0.3 * t + random.uniform(0, 6))[:, None]
    x, y, z = np.moveaxis(out, 2, 0)
    out = np.stack((x * np.cos(turn) + z * np.sin(turn), y, -x * np.sin(turn) + z * np.cos(turn)), axis=2)
    out[..., 0] += (0.4 * t + 0.02 * np.sin(2 * np.pi * 0.7 * t))[:, None]
    return out
