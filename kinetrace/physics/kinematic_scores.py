"""The kinematic axis of feasibility: joint velocity, joint acceleration, self-penetration."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.motion.filters import design_low_pass, joints_alike, smooth
from kinetrace.physics.evidence import Evidence, FrameScore
from kinetrace.physics.joint_limits import limit_of
from kinetrace.physics.score_table import BOUNDS, HIGH_BAND_HZ, ROOT_SPEED, ROOT_TURN

_PAIRS: Final = (
    ("l_thigh", "r_thigh"), ("l_shank", "r_shank"), ("l_thigh", "r_shank"), ("r_thigh", "l_shank"),
    ("l_foot", "r_foot"), ("l_foot", "r_shank"), ("r_foot", "l_shank"),
    ("l_forearm", "r_forearm"), ("l_forearm", "torso"), ("r_forearm", "torso"),
    ("l_forearm", "head"), ("r_forearm", "head"),
    ("l_forearm", "l_thigh"), ("l_forearm", "r_thigh"), ("r_forearm", "l_thigh"), ("r_forearm", "r_thigh"),
)  # fmt: skip
_ENDS: Final = {
    "thigh": ("hip", "knee"), "shank": ("knee", "ankle"), "foot": ("heel", "toe"), "forearm": ("elbow", "wrist"),
}  # fmt: skip


def joint_velocity(evidence: Evidence) -> FrameScore:
    """Hold every joint's angular speed, and the root's speeds, against the fastest known of people."""
    motion, names = evidence.motion, evidence.humanoid.dof_names
    speed = np.abs(motion.qvel[:, 6:]) / np.array([limit_of(name).speed for name in names])
    root = np.linalg.norm(motion.qvel[:, :3], axis=1) / ROOT_SPEED
    turn = np.linalg.norm(motion.qvel[:, 3:6], axis=1) / ROOT_TURN
    ratio = np.column_stack((speed, root, turn))
    worst, bound = ratio.max(axis=1), BOUNDS["joint_velocity"]
    frame = int(np.where(evidence.usable, worst, -1.0).argmax())
    label = (*names, "root speed", "root turn")[int(ratio[frame].argmax())]
    return FrameScore(
        bound.score(worst),
        worst,
        bound.units,
        f"Fastest: {label}, {100 * worst[frame]:.0f} % of the fastest known of people, at {frame / evidence.fps:.2f} s.",
    )


def joint_acceleration(evidence: Evidence) -> FrameScore:
    """Find shaking: the acceleration of the recorded joints that is faster than people move (above 10 Hz).

    Below the band a landing and a jitter look alike; above it only jitter is left. Displacements above the band are
    turned to accelerations at its edge, a = (2π f)² x, root mean square over the joints of the frame.
    """
    fps, bound = evidence.fps, BOUNDS["joint_acceleration"]
    present = evidence.validity > 0
    edge = min(HIGH_BAND_HZ, 0.4 * fps)
    low_pass = design_low_pass(fps, edge)
    square = np.zeros(present.shape)
    for joints, runs in joints_alike(present):
        for start, stop in runs:
            if stop - start >= low_pass.min_frames:
                p = evidence.recorded[start:stop, joints]
                square[start:stop, joints] = ((p - smooth(p, low_pass)) ** 2).sum(axis=-1)
    mean = square.sum(axis=1) / np.maximum(present.sum(axis=1), 1)
    measure = (2.0 * math.pi * edge) ** 2 * np.sqrt(mean)
    typical = np.median(measure[evidence.usable])
    return FrameScore(
        bound.score(measure),
        measure,
        bound.units,
        f"Joints shake by {typical:.1f} m/s² above {edge:.0f} Hz (median; fine up to {bound.good:g}).",
    )


def segment_distance(
    a0: Float[np.ndarray, "frames 3"],
    a1: Float[np.ndarray, "frames 3"],
    b0: Float[np.ndarray, "frames 3"],
    b1: Float[np.ndarray, "frames 3"],
) -> Float[np.ndarray, "frames"]:
    """Give the shortest distance between two segments (Ericson 2005, Real-Time Collision Detection, §5.1.9) [m]."""
    d1, d2, r = a1 - a0, b1 - b0, a0 - b0
    a, e = np.maximum(_dot(d1, d1), 1e-12), np.maximum(_dot(d2, d2), 1e-12)
    b, c, f = _dot(d1, d2), _dot(d1, r), _dot(d2, r)
    cross = a * e - b * b
    s = np.where(cross > 1e-12, np.clip((b * f - c * e) / np.maximum(cross, 1e-12), 0.0, 1.0), 0.0)
    t = np.clip((b * s + f) / e, 0.0, 1.0)
    s = np.clip((b * t - c) / a, 0.0, 1.0)
    apart = r + d1 * s[:, None] - d2 * t[:, None]
    return np.asarray(np.sqrt(_dot(apart, apart)))


def _dot(a: Float[np.ndarray, "frames 3"], b: Float[np.ndarray, "frames 3"]) -> Float[np.ndarray, "frames"]:
    return np.asarray(np.einsum("fc,fc->f", a, b))


def _segment(
    evidence: Evidence, name: str
) -> tuple[Float[np.ndarray, "frames 3"], Float[np.ndarray, "frames 3"], float]:
    """Give a body part's bone and the thickness of its flesh."""
    model, sites = evidence.humanoid.model, evidence.dynamics.placed.sites
    if name in ("torso", "head"):
        low, high = ("spine", "thorax") if name == "torso" else ("neck", "head")
        radius = float(model.geom(name).size[0])
        start, end = sites[:, model.site(low).id], sites[:, model.site(high).id]
        along = (end - start) / np.linalg.norm(end - start, axis=1, keepdims=True)
        return start, end - along * radius, radius
    side, part = name.split("_", 1)
    ends = [sites[:, model.site(f"{side}_{end}").id] for end in _ENDS[part]]
    radius = float(model.geom(f"{side}_hindfoot").size[1]) if part == "foot" else float(model.geom(name).size[0])
    return ends[0], ends[1], radius


def self_penetration(evidence: Evidence) -> FrameScore:
    """Measure how deep one body part is inside another: bones nearer than their flesh is thick."""
    bound = BOUNDS["self_penetration"]
    parts = {name: _segment(evidence, name) for name in dict.fromkeys(name for pair in _PAIRS for name in pair)}
    sides = [[parts[pair[side]] for pair in _PAIRS] for side in (0, 1)]
    ends = [np.concatenate([part[end] for part in side]) for side in sides for end in (0, 1)]
    thick = np.array([first[2] + second[2] for first, second in zip(*sides, strict=True)])
    inside = thick[:, None] - segment_distance(*ends).reshape(len(_PAIRS), -1)
    depth = np.maximum(inside.max(axis=0), 0.0)
    deepest = depth[evidence.usable].max()
    pair = int(inside[:, evidence.usable].max(axis=1).argmax())
    where = " and ".join(_PAIRS[pair]) if deepest > 0.0 else "no parts"
    return FrameScore(
        bound.score(depth),
        depth,
        bound.units,
        f"Deepest overlap {100 * deepest:.1f} cm ({where}); soft tissue explains {100 * bound.good:.0f}.",
    )
