"""ARKit's body as published comparisons describe it: constant bones of the wrong length, joint angles shifted and flattened,
late, worse in depth and worse on the side that the camera does not see, with a root that wanders, jumps and gets lost.

Size: Reimer et al. 2022 (Appl. Sci. 12, 4806; ten people, eight exercises, frontal and side view, Vicon as reference) found
18.80 +- 12.12 degrees mean absolute error over the angles of hips, knees, shoulders and elbows, "a reduced amplitude and a
shift". `GAIN` is set so that the same eight angles of the four movements here, filmed from the front and from the side,
have that mean; `docs/simulation.md` gives what came out. Ankles have no published figure and are as bad as the shanks.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float
from numpy.random import Generator
from scipy.signal import lfilter
from scipy.spatial.transform import Rotation

from kinetrace.motion.skeletons import INDEX
from kinetrace.simulation.arkit import PARENTS, TRACKED, tracked_joints
from kinetrace.simulation.balance import stand
from kinetrace.simulation.ipad.camera_path import CameraPath
from kinetrace.simulation.ipad.drift import Drift
from kinetrace.simulation.person import make_person
from kinetrace.simulation.room import World
from kinetrace.simulation.sensors import Sensed, SensorParams, coloured_noise, dropouts, jumps
from kinetrace.simulation.truth import Truth

GAIN: Final = 2.57
"""Brings the errors below to the published size."""

SHIFT_DEG: Final = {
    "trunk": 5.0, "neck": 6.0, "hips": 5.0, "shoulders": 6.0, "thigh": 9.0, "shank": 9.0, "upper_arm": 12.0, "forearm": 14.0,
}  # fmt: skip
"""Mean size of the constant error of each bone's direction; arms are worse than legs. Only their proportions are chosen."""

SHIFT_RANGE: Final = (0.6, 1.4)
"""Least and greatest of it over the mean."""

WANDER_OF_SHIFT: Final = 0.25
WANDER_S: Final = 0.7
"""Slow error, as a part of the constant one, and how long it remembers."""

JITTER_DEG: Final = 0.4
JITTER_S: Final = 0.10

AMPLITUDE: Final = (0.70, 1.0)
"""How much of a bone's movement about its mean direction is left."""

LAG_S: Final = 0.07
ROOT_LAG_S: Final = 0.03
"""Of the filter that smooths."""

IN_IMAGE: Final = 0.5
"""Errors that turn a bone within the image are so much smaller than those that turn it towards the camera."""

HIDDEN: Final = 0.8
"""How much worse the far side is when seen exactly from the other side."""

SIZE_SPREAD: Final = 0.03
"""Spread of the estimated stature; what is thought larger is also thought farther away."""

DEPTH_WANDER: Final = 0.008
"""Spread of the distance's slow error, as a part of it."""

_GROUPS: Final = {
    "trunk": tuple(f"spine_{i}_joint" for i in range(1, 8)),
    "neck": (*(f"neck_{i}_joint" for i in range(1, 5)), "head_joint"),
    "hips": ("left_upLeg_joint", "right_upLeg_joint"),
    "shoulders": ("left_shoulder_1_joint", "right_shoulder_1_joint", "left_arm_joint", "right_arm_joint"),
    **{f"{s}_thigh": (f"{s}_leg_joint",) for s in ("left", "right")},
    **{f"{s}_shank": (f"{s}_foot_joint",) for s in ("left", "right")},
    **{f"{s}_upper_arm": (f"{s}_forearm_joint",) for s in ("left", "right")},
    **{f"{s}_forearm": (f"{s}_hand_joint",) for s in ("left", "right")},
}  # fmt: skip
"""Bones that err together, named by the joint at their lower end."""

Joints = Float[np.ndarray, "frames 28 3"]
Vectors = Float[np.ndarray, "frames 3"]


def track(
    truth: Truth, camera: CameraPath, world: World, drift: Drift, start_s: float, stature: float | None, rng: Generator
) -> Sensed:
    """Look at a movement through ARKit's body tracking.

    Args:
        truth: The movement, at the film's instants.
        camera: True path in the truth's frame.
        world: Where the capture's world lies.
        drift: What the device's own tracking makes of that world.
        start_s: Device clock at the first frame [s].
        stature: That ARKit takes for the person's [m]; None: about right.
        rng: Chance.
    """
    params = SensorParams()
    fps, frames = truth.fps, len(truth.time)
    true = tracked_joints(truth.positions)
    own = truth.person.height_m
    taken = own * (1.0 + SIZE_SPREAD * float(np.clip(rng.standard_normal(), -2, 2))) if stature is None else stature
    root = _root(true[:, 0], camera, taken / own - 1.0, fps, rng)
    jumped, shift, turn = jumps(frames, fps, params, rng)
    body = _chained(_bones(true, camera, fps, rng) * _lengths(truth, taken)[None, :, None])
    heading = Rotation.from_euler("y", (np.pi / 2 + world.yaw + truth.pelvis_yaw + turn)[:, None])
    level = Rotation.from_euler("y", (world.yaw + turn)[:, None])
    moved = Rotation.from_matrix(drift.turn)
    joints = np.stack([heading.inv().apply(level.apply(body[:, j])) for j in range(len(TRACKED))], axis=1)
    anchor = np.tile(np.eye(4), (frames, 1, 1))
    anchor[:, :3, :3] = (moved * heading).as_matrix()
    anchor[:, :3, 3] = drift.apply(world.apply(root + shift))
    tracked = dropouts(frames, fps, params, rng)
    seen = np.maximum.accumulate(np.where(tracked, np.arange(frames), 0))
    return Sensed(start_s + truth.time, anchor[seen], joints[seen], tracked, jumped, params.scale)


def _root(true: Vectors, camera: CameraPath, too_large: float, fps: float, rng: Generator) -> Vectors:
    """Place the hips [m]: late, nearer or farther along the line of sight, and unsteady."""
    late = _late(true, ROOT_LAG_S, fps)
    depth = too_large + DEPTH_WANDER * coloured_noise(rng, (len(true), 1), 2.0 * fps)
    return np.asarray(late + depth * (late - camera.position) + 0.003 * coloured_noise(rng, true.shape, JITTER_S * fps))


def _bones(true: Joints, camera: CameraPath, fps: float, rng: Generator) -> Joints:
    """Give the direction of every bone as it is tracked; the root's is 0."""
    bones = np.zeros_like(true)
    for child, parent in enumerate(PARENTS):
        if parent >= 0 and child > 1:
            bones[:, child] = true[:, child] - true[:, parent]
    sight = _unit(true[:, 0] - camera.position)
    right = _unit(bones[:, TRACKED.index("right_upLeg_joint")])
    for group, names in _GROUPS.items():
        turns = Rotation.from_rotvec(_errors(group, sight, right, fps, rng))
        kept = float(rng.uniform(*AMPLITUDE))
        for name in names:
            at = TRACKED.index(name)
            late = _late(_unit(bones[:, at]), LAG_S, fps)
            mean = late.mean(axis=0)
            bones[:, at] = turns.apply(_unit(mean + kept * (late - mean)))
    return bones


def _errors(group: str, sight: Vectors, right: Vectors, fps: float, rng: Generator) -> Vectors:
    """Give a bone's error as a turn [rad]: a constant, a slow and a fast part, by how well the camera sees it."""
    size = GAIN * SHIFT_DEG[group.removeprefix("left_").removeprefix("right_")]
    way = rng.standard_normal(3)
    shift = size * float(rng.uniform(*SHIFT_RANGE)) * way / np.linalg.norm(way)
    turns = shift + WANDER_OF_SHIFT * size * coloured_noise(rng, sight.shape, WANDER_S * fps)
    turns = turns + JITTER_DEG * coloured_noise(rng, sight.shape, JITTER_S * fps)
    along = np.sum(turns * sight, axis=-1, keepdims=True) * sight
    turns = turns - (1.0 - IN_IMAGE) * along
    side = {"l": -1.0, "r": 1.0}.get(group[0], 0.0) if "_" in group else 0.0
    away = np.maximum(side * np.sum(right * sight, axis=-1, keepdims=True), 0.0)
    return np.asarray(np.radians(turns * (1.0 + HIDDEN * away)))


def _lengths(truth: Truth, stature: float) -> Float[np.ndarray, "28"]:
    """Give the lengths of the bones [m]: those of a mean person of that stature, whoever stands there."""
    person = make_person(stature, truth.person.mass_kg, "unknown")
    still = tracked_joints(stand(person, 0.1, 60.0, np.random.Generator(np.random.PCG64(0))).positions)[0]
    steps = still - still[np.maximum(PARENTS, 0)]
    return np.asarray(np.linalg.norm(steps, axis=-1))


def _chained(bones: Joints) -> Joints:
    out = np.zeros_like(bones)
    for child, parent in enumerate(PARENTS):
        if parent >= 0:
            out[:, child] = out[:, parent] + bones[:, child]
    return out


def _late(values: Vectors, lag_s: float, fps: float) -> Vectors:
    """Smooth as the device does, which knows only what was: first order."""
    keep = float(np.exp(-1.0 / (lag_s * fps)))
    return np.asarray(lfilter([1 - keep], [1.0, -keep], values, axis=0, zi=keep * values[:1])[0])


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def reimer_angles(joints: Float[np.ndarray, "frames 21 3"]) -> Float[np.ndarray, "frames 8"]:
    """Give the angles [rad] of that comparison: hips, knees, shoulders and elbows, left then right.

    Args:
        joints: BODY21; only limbs, pelvis and thorax are looked at.
    """

    def angle(a: str, b: str, c: str) -> Float[np.ndarray, "frames"]:
        one, two = (_unit(joints[:, INDEX[n]] - joints[:, INDEX[b]]) for n in (a, c))
        return np.asarray(np.arccos(np.clip(np.sum(one * two, axis=-1), -1.0, 1.0)))

    columns = [angle("thorax", f"{s}_hip", f"{s}_knee") for s in "lr"]
    columns += [angle(f"{s}_hip", f"{s}_knee", f"{s}_ankle") for s in "lr"]
    columns += [angle("pelvis", f"{s}_shoulder", f"{s}_elbow") for s in "lr"]
    columns += [angle(f"{s}_shoulder", f"{s}_elbow", f"{s}_wrist") for s in "lr"]
    return np.stack(columns, axis=-1)
