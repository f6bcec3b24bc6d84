"""What ARKit makes of a body: jitter, drift, root jumps and dropouts, with every bone's length kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from numpy.random import Generator
from scipy.signal import lfilter
from scipy.spatial.transform import Rotation

from kinetrace.simulation.arkit import PARENTS, tracked_joints
from kinetrace.simulation.room import World
from kinetrace.simulation.truth import Truth


@dataclass(frozen=True)
class SensorParams:
    """How good the tracking is.

    Attributes:
        bone_jitter_deg: Spread of each bone's direction; 0.35 degrees are 2.5 mm at the end of a thigh.
        jitter_s: How long jitter remembers [s].
        root_jitter_m: Spread of the anchor [m].
        drift_m: Spread of a slow wandering of the anchor, which makes still feet slide [m].
        drift_s: How long the wandering remembers [s].
        jump_m: How far away the root stands for a moment [m].
        jump_deg: How much it turns about the vertical then.
        seconds_per_jump: One jump in so many seconds.
        seconds_per_dropout: One loss of the body in so many seconds.
        dropout_frames: Shortest and longest loss.
        scale: The reported estimatedScaleFactor; joint positions are metres whatever it says, unless `scale_applies`.
        scale_applies: Write joint positions that must be multiplied by the scale, the other reading of ARKit's text.
    """

    bone_jitter_deg: float = 0.35
    jitter_s: float = 0.10
    root_jitter_m: float = 0.002
    drift_m: float = 0.004
    drift_s: float = 2.0
    jump_m: float = 0.09
    jump_deg: float = 12.0
    seconds_per_jump: float = 8.0
    seconds_per_dropout: float = 3.0
    dropout_frames: tuple[int, int] = (2, 15)
    scale: float = 1.0
    scale_applies: bool = False


@dataclass(frozen=True)
class Sensed:
    """A recording as ARKit would give it, in the capture's world.

    Attributes:
        time: Device clock [s].
        anchor: Pose of the body anchor, world from anchor.
        joints: Tracked joints in the anchor's frame [m].
        tracked: False where the body was lost; the pose is then the last one seen.
        jumped: True where the root stood elsewhere.
        scale: The reported estimatedScaleFactor.
    """

    time: Float[np.ndarray, "frames"]
    anchor: Float[np.ndarray, "frames 4 4"]
    joints: Float[np.ndarray, "frames 28 3"]
    tracked: Bool[np.ndarray, "frames"]
    jumped: Bool[np.ndarray, "frames"]
    scale: float


def sense(truth: Truth, world: World, params: SensorParams, rng: Generator) -> Sensed:
    """Look at a movement through ARKit.

    Args:
        truth: The movement.
        world: Where the capture's world lies.
        params: How good the tracking is.
        rng: Chance.
    """
    frames = len(truth.time)
    start = round(float(rng.uniform(1000.0, 9000.0)), 3)
    body = _jittered(tracked_joints(truth.positions), truth.fps, params, rng)
    jumped, shift, turn = jumps(frames, truth.fps, params, rng)
    wander = params.root_jitter_m * coloured_noise(rng, (frames, 3), params.jitter_s * truth.fps)
    wander += params.drift_m * coloured_noise(rng, (frames, 3), params.drift_s * truth.fps)
    wander += shift
    place = world.apply(body[:, 0] + wander)
    heading = Rotation.from_euler("y", (np.pi / 2 + world.yaw + truth.pelvis_yaw + turn)[:, None])
    level = Rotation.from_euler("y", (world.yaw + turn)[:, None])
    relative = body - body[:, :1]
    joints = np.stack([heading.inv().apply(level.apply(relative[:, j])) for j in range(body.shape[1])], axis=1)
    anchor = np.tile(np.eye(4), (frames, 1, 1))
    anchor[:, :3, :3] = heading.as_matrix()
    anchor[:, :3, 3] = place
    tracked = dropouts(frames, truth.fps, params, rng)
    seen = np.maximum.accumulate(np.where(tracked, np.arange(frames), 0))
    unit = params.scale if params.scale_applies else 1.0
    return Sensed(start + truth.time, anchor[seen], joints[seen] / unit, tracked, jumped, params.scale)


def coloured_noise(rng: Generator, shape: tuple[int, ...], memory_frames: float) -> Float[np.ndarray, "..."]:
    """Give stationary first-order noise of unit spread along the first axis (Ornstein-Uhlenbeck, sampled).

    Args:
        rng: Chance.
        shape: Frames first.
        memory_frames: Frames until the correlation has fallen to 1/e.
    """
    keep = float(np.exp(-1.0 / memory_frames))
    white = rng.standard_normal(shape)
    start = white[:1] * keep
    return np.asarray(lfilter([np.sqrt(1 - keep**2)], [1.0, -keep], white, axis=0, zi=start)[0])


def _jittered(
    joints: Float[np.ndarray, "frames 28 3"], fps: float, params: SensorParams, rng: Generator
) -> Float[np.ndarray, "frames 28 3"]:
    """Turn every bone a little; what hangs on it moves along, and lengths stay."""
    frames, count, _ = joints.shape
    turns = np.radians(params.bone_jitter_deg) * coloured_noise(rng, (frames, count, 3), params.jitter_s * fps)
    out = joints.copy()
    for child, parent in enumerate(PARENTS):
        if parent >= 0:
            bone = joints[:, child] - joints[:, parent]
            out[:, child] = out[:, parent] + Rotation.from_rotvec(turns[:, child]).apply(bone)
    return out


def dropouts(frames: int, fps: float, params: SensorParams, rng: Generator) -> Bool[np.ndarray, "frames"]:
    """Say in which frames the body is tracked."""
    tracked = np.ones(frames, dtype=bool)
    shortest, longest = params.dropout_frames
    margin = longest + 5
    for _ in range(int(frames / fps / params.seconds_per_dropout)):
        start = int(rng.integers(margin, max(frames - 2 * margin, margin + 1)))
        tracked[start : start + int(rng.integers(shortest, longest + 1))] = False
    tracked[[0, -1]] = True
    return tracked


def jumps(
    frames: int, fps: float, params: SensorParams, rng: Generator
) -> tuple[Bool[np.ndarray, "frames"], Float[np.ndarray, "frames 3"], Float[np.ndarray, "frames"]]:
    """Say in which frames the root stands elsewhere, how far off [m] and how much turned [rad]."""
    jumped = np.zeros(frames, dtype=bool)
    shift, turn = np.zeros((frames, 3)), np.zeros(frames)
    for _ in range(int(frames / fps / params.seconds_per_jump)):
        start = int(rng.integers(frames // 4, 3 * frames // 4))
        during = slice(start, start + int(rng.integers(3, 9)))
        way = rng.uniform(-np.pi, np.pi)
        jumped[during] = True
        shift[during] = params.jump_m * np.array([np.cos(way), 0.0, np.sin(way)])
        turn[during] = np.radians(params.jump_deg) * rng.choice([-1.0, 1.0])
    return jumped, shift, turn
