"""Known defects put into a motion on purpose: to see whether a score finds them. World frame: Y up, floor at Y = 0.

``corrupt(name, clip, seed)`` gives the clip with one defect; ``CORRUPTIONS`` lists them with their severity. A new defect is
a function from a clip, a source of chance and a strength (1 = the severity of the table) to a clip, put into the table. The
clip stands in the aligned world, after stage 1: given a raw recording without a scan, stage 1 would look for the floor under
the soles and take a float away again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from jaxtyping import Float, UInt8
from numpy.random import Generator
from scipy.spatial.transform import Rotation

from kinetrace.motion.skeletons import BODY21, INDEX, joint_index
from schemas.errors import UsageError

FLOAT_M: Final = 0.10
HOVER_M: Final = 1.0
SKATE_M_S: Final = 0.5
LEAN_DEG: Final = 20.0
JITTER_M: Final = 0.01
SLIDE_M_S: Final = 1.0
RAMP_S: Final = 1.0
MISSING_FRACTION: Final = 0.2
MISSING_BURST_S: Final = 0.3
TABLET_FPS: Final = 30.0
TABLET_WHITE_M: Final = 0.005
TABLET_SLOW_M: Final = 0.02
TABLET_SLOW_HZ: Final = 1.0
TABLET_DROPOUT: Final = 0.05

_MIRRORED: Final = [
    INDEX[{"l": "r", "r": "l"}[name[0]] + name[1:]] if name[:2] in ("l_", "r_") else INDEX[name] for name in BODY21
]
_CHAINS: Final = {"arm": ("shoulder", "elbow", "wrist"), "leg": ("hip", "knee", "ankle", "heel", "toe")}


@dataclass(frozen=True)
class Clip:
    """A motion in the aligned world.

    Attributes:
        positions: BODY21 positions, 0 where missing [m].
        validity: 0 missing, 1 inferred, 2 measured.
        fps: Frame rate [Hz].
    """

    positions: Float[np.ndarray, "frames 21 3"]
    validity: UInt8[np.ndarray, "frames 21"]
    fps: float


Defect = Callable[[Clip, Generator, float], Clip]


@dataclass(frozen=True)
class Corruption:
    """One defect.

    Attributes:
        severity: What is done and how much, in words.
        apply: From a clip, a source of chance and a strength to the clip with the defect.
    """

    severity: str
    apply: Defect


def corrupt(name: str, clip: Clip, seed: int = 0, strength: float = 1.0) -> Clip:
    """Give the clip with one defect: the same clip, name and seed give the same bytes.

    Args:
        name: A key of `CORRUPTIONS`.
        clip: At least three frames with a pelvis.
        seed: Of the chance in it.
        strength: How much of the table's severity: 0.5 is half as high, fast, steep, loud or often, 0 nothing. A speed is
            raised to it; a swap and a tablet's rate and dropouts are whole or not at all.

    Raises:
        UsageError: There is no such corruption.
    """
    known_corruption(name)
    spoilt = CORRUPTIONS[name].apply(clip, np.random.default_rng(seed), strength)
    return replace(spoilt, positions=np.where(spoilt.validity[..., None] > 0, spoilt.positions, 0.0))


def known_corruption(name: str) -> str:
    """Give the name back if it is in the table.

    Raises:
        UsageError: There is no such corruption.
    """
    if name not in CORRUPTIONS:
        raise UsageError(
            where="corruption", field="NAME", expected=" | ".join(CORRUPTIONS), found=repr(name)[:60],
            fix="Example: float",
        )  # fmt: skip
    return name


def _moved(clip: Clip, by: Float[np.ndarray, "*shape 3"]) -> Clip:
    return replace(clip, positions=clip.positions + by)


def _raised(height: float) -> Defect:
    return lambda clip, _, strength: _moved(clip, np.array([0.0, strength * height, 0.0]))


def skate(clip: Clip, _: Generator, strength: float) -> Clip:
    """Let the whole body drift sideways at a constant speed: standing feet glide."""
    drift = strength * SKATE_M_S * np.arange(len(clip.positions)) / clip.fps
    return _moved(clip, drift[:, None, None] * np.array([0.0, 0.0, 1.0]))


def lean(clip: Clip, chance: Generator, strength: float) -> Clip:
    """Tilt the body about the point of the floor under its pelvis, one way for the whole clip."""
    way = chance.uniform(0.0, 2.0 * np.pi)
    turn = Rotation.from_rotvec(np.radians(strength * LEAN_DEG) * np.array([np.cos(way), 0.0, np.sin(way)]))
    pivot = pelvis_path(clip) * (1.0, 0.0, 1.0)
    arm = clip.positions - pivot[:, None]
    return replace(clip, positions=turn.apply(arm.reshape(-1, 3)).reshape(arm.shape) + pivot[:, None])


def jitter(clip: Clip, chance: Generator, strength: float) -> Clip:
    """Shake every joint on its own, white in time."""
    return _moved(clip, chance.normal(0.0, strength * JITTER_M, clip.positions.shape))


def root_jitter(clip: Clip, chance: Generator, strength: float) -> Clip:
    """Shake the whole body as one, white in time."""
    return _moved(clip, chance.normal(0.0, strength * JITTER_M, (len(clip.positions), 1, 3)))


def frozen_slide(clip: Clip, _: Generator, strength: float) -> Clip:
    """Hold the pose of the middle frame and push it forward at a constant speed."""
    frames = len(clip.positions)
    whole = np.flatnonzero(clip.validity[:, 0] > 0)
    pose = int(whole[np.abs(whole - frames // 2).argmin()]) if len(whole) else frames // 2
    path = strength * SLIDE_M_S * (np.arange(frames) - frames // 2) / clip.fps
    still = np.tile(clip.positions[pose], (frames, 1, 1))
    return Clip(
        still + path[:, None, None] * np.array([1.0, 0.0, 0.0]), np.tile(clip.validity[pose], (frames, 1)), clip.fps
    )


def sampled(clip: Clip, at: Float[np.ndarray, "samples"], fps: float) -> Clip:
    """Give the clip at other moments, straight between frames; a joint is there where both neighbours have it.

    Args:
        clip: The motion.
        at: Moments [frames].
        fps: Rate that the samples then have [Hz].
    """
    before = np.floor(at).astype(int)
    after = np.minimum(before + 1, len(clip.positions) - 1)
    share = (at - before)[:, None, None]
    positions = clip.positions[before] * (1.0 - share) + clip.positions[after] * share
    on_frame = (at == before)[:, None]
    validity = np.where(on_frame, clip.validity[before], np.minimum(clip.validity[before], clip.validity[after]))
    return Clip(positions, validity.astype(np.uint8), fps)


def _sped(factor: float) -> Defect:
    return lambda clip, _, strength: sampled(
        clip, np.arange(0.0, len(clip.positions) - 1 + 1e-9, factor**strength), clip.fps
    )


def swap(clip: Clip, _: Generator, strength: float) -> Clip:
    """Exchange left and right labels from the middle to the end."""
    half = len(clip.positions) // 2 if strength > 0.0 else len(clip.positions)
    positions, validity = clip.positions.copy(), clip.validity.copy()
    positions[half:], validity[half:] = positions[half:, _MIRRORED], validity[half:, _MIRRORED]
    return replace(clip, positions=positions, validity=validity)


def interpenetration(clip: Clip, chance: Generator, strength: float) -> Clip:
    """Turn one arm about its shoulder into the trunk until the hand is at its axis; without arms, one leg into the other.

    The turn grows over `RAMP_S` (at most half the clip) and stays. Bone lengths do not change.
    """
    side, other = ("r", "l") if chance.random() < 0.5 else ("l", "r")
    arm = all(
        (clip.validity[:, j] > 0).any() for j in joint_index(f"{side}_shoulder", f"{side}_elbow", f"{side}_wrist")
    )
    chain = joint_index(*(f"{side}_{part}" for part in _CHAINS["arm" if arm else "leg"]))
    p = clip.positions
    goal = (p[:, INDEX["pelvis"]] + p[:, INDEX["thorax"]]) / 2.0 if arm else p[:, INDEX[f"{other}_ankle"]]
    start, hand = p[:, chain[0]], p[:, chain[2]]
    axis = np.cross(hand - start, goal - start)
    sine, cosine = np.linalg.norm(axis, axis=1), ((hand - start) * (goal - start)).sum(axis=1)
    axis = axis / np.maximum(sine, 1e-9)[:, None]
    ramp = np.clip(np.arange(len(p)) / max(1.0, min(RAMP_S * clip.fps, len(p) / 2.0)), 0.0, 1.0)
    turn = Rotation.from_rotvec(axis * (strength * np.arctan2(sine, cosine) * ramp)[:, None])
    positions = p.copy()
    for joint in chain[1:]:
        positions[:, joint] = start + turn.apply(p[:, joint] - start)
    return replace(clip, positions=positions)


def missing_frames(clip: Clip, chance: Generator, strength: float) -> Clip:
    """Lose the whole body in bursts that begin by chance, until a fifth of the frames is gone; both ends stay."""
    frames, burst = len(clip.positions), max(1, round(MISSING_BURST_S * clip.fps))
    gone = np.zeros(frames, dtype=bool)
    last = frames - burst - 2
    for start in chance.permutation(np.arange(2, last)) if last > 2 else ():
        if gone.sum() >= strength * MISSING_FRACTION * frames:
            break
        gone[start : start + burst] = True
    return replace(clip, validity=np.where(gone[:, None], 0, clip.validity).astype(np.uint8))


def band_limited(
    chance: Generator, frames: int, fps: float, highest_hz: float, series: int
) -> Float[np.ndarray, "frames series"]:
    """Give Gaussian noise of unit variance whose power is level up to a frequency and nothing above it.

    It is the stretch of a period ten times the slowest wave longer than asked, so that its ends do not meet.
    """
    period = frames / fps + 10.0 / highest_hz
    waves = int(np.floor(period * highest_hz))
    amplitudes = chance.normal(size=(2, waves, series)) / np.sqrt(waves)
    phase = 2.0 * np.pi * np.arange(1, waves + 1) / period * (np.arange(frames) / fps)[:, None]
    return np.asarray(np.cos(phase) @ amplitudes[0] + np.sin(phase) @ amplitudes[1])


def tablet_noise(clip: Clip, chance: Generator, strength: float) -> Clip:
    """Make of a laboratory's motion what a tablet delivers: 30 Hz, white and slow noise of each joint, lost joints."""
    fps = min(TABLET_FPS, clip.fps)
    seen = sampled(clip, np.arange(0.0, len(clip.positions) - 1 + 1e-9, clip.fps / fps), fps)
    frames, joints, _ = seen.positions.shape
    white = chance.normal(0.0, strength * TABLET_WHITE_M, seen.positions.shape)
    slow = strength * TABLET_SLOW_M * band_limited(chance, frames, fps, TABLET_SLOW_HZ, joints * 3).reshape(white.shape)
    lost = chance.random((frames, joints)) < (TABLET_DROPOUT if strength > 0.0 else 0.0)
    return Clip(seen.positions + white + slow, np.where(lost, 0, seen.validity).astype(np.uint8), fps)


def pelvis_path(clip: Clip) -> Float[np.ndarray, "frames 3"]:
    """Give where the pelvis is, straight over frames without it [m]."""
    seen = np.flatnonzero(clip.validity[:, 0] > 0)
    if not len(seen):
        return np.zeros((len(clip.positions), 3))
    at = np.arange(len(clip.positions))
    return np.stack([np.interp(at, seen, clip.positions[seen, 0, axis]) for axis in range(3)], axis=1)


CORRUPTIONS: Final[dict[str, Corruption]] = {
    "float": Corruption("the whole body 10 cm up", _raised(FLOAT_M)),
    "sink": Corruption("the whole body 10 cm down", _raised(-FLOAT_M)),
    "hover": Corruption("the whole body 1 m up", _raised(HOVER_M)),
    "skate": Corruption("the whole body drifts sideways at 0.5 m/s", skate),
    "lean": Corruption("the whole body tilted by 20° about the floor under the pelvis, direction by chance", lean),
    "jitter": Corruption("white noise of 10 mm (1 σ an axis) on every joint", jitter),
    "root_jitter": Corruption("white noise of 10 mm (1 σ an axis) on the whole body", root_jitter),
    "frozen_slide": Corruption("the middle pose, held and pushed forward at 1 m/s", frozen_slide),
    "speed_double": Corruption("twice as fast", _sped(2.0)),
    "speed_half": Corruption("half as fast", _sped(0.5)),
    "swap": Corruption("left and right labels exchanged from the middle on", swap),
    "interpenetration": Corruption("one arm turned into the trunk within a second, or one leg into the other", interpenetration),
    "missing_frames": Corruption("a fifth of the frames lost, in bursts of 0.3 s", missing_frames),
    "tablet_noise": Corruption(
        "30 Hz, white noise of 5 mm and noise of 2 cm below 1 Hz on every joint, 5 % of joints lost", tablet_noise
    ),
}  # fmt: skip
"""Name → defect."""
