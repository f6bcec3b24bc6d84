"""Where the iPad is while it films: on a tripod that pans, or in hands that sway, tremble and walk along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float
from numpy.random import Generator
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from kinetrace.simulation.sensors import coloured_noise

View = Literal["front", "side", "oblique", "any"]
Support = Literal["tripod", "hand_held"]
Orientation = Literal["landscape", "portrait"]

FOCAL_OF_WIDTH: Final = 0.79
"""Focal length over image width: 1516 px of 1920 (an iPad Pro's wide camera reports about 1450 to 1600 px in ARKit)."""

FILL: Final = {"landscape": (0.60, 0.74), "portrait": (0.48, 0.62)}
"""Part of the image's height that the standing person takes."""

HEIGHTS: Final = (0.95, 1.35)
"""Of the camera over the floor [m]."""

PAN_S: Final = 0.45
"""How smoothly the operator follows the person [s]."""

HAND_SWAY_M: Final = 0.012
HAND_TURN_DEG: Final = 0.6
HAND_MEMORY_S: Final = 0.8
TREMOR_M: Final = 0.0004
TREMOR_DEG: Final = 0.03
TREMOR_HZ: Final = 9.0
"""Sway of held hands, and physiological tremor (8 to 12 Hz; Elble 1996), sizes chosen."""

STEP_BOUNCE_M: Final = 0.012
STEP_HZ: Final = 1.9
"""What an operator who walks along adds."""


@dataclass(frozen=True)
class Optics:
    """An undistorted camera: image size, focal lengths and principal point [px]."""

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float

    def scaled(self, width: int, height: int) -> Optics:
        """Give the same camera at another resolution."""
        a, b = width / self.width, height / self.height
        return Optics(width, height, self.fx * a, self.fy * b, self.cx * a, self.cy * b)


@dataclass(frozen=True)
class CameraPath:
    """Poses in ARKit's convention: X along the image's rows, Y up its columns, looking along -Z.

    Attributes:
        position: [m].
        rotation: World from camera.
    """

    position: Float[np.ndarray, "frames 3"]
    rotation: Float[np.ndarray, "frames 3 3"]


def make_optics(width: int, height: int, rng: Generator) -> Optics:
    """Give a camera of its kind: focal length within 2 %, principal point within 0.4 % of the middle."""
    focal = FOCAL_OF_WIDTH * width * (1.0 + 0.02 * float(rng.uniform(-1.0, 1.0)))
    off = 0.004 * rng.uniform(-1.0, 1.0, 2)
    fx, cx, cy = (round(float(v), 4) for v in (focal, (0.5 + off[0]) * width, (0.5 + off[1]) * height))
    return Optics(width, height, fx, fx, cx, cy)


def draw_azimuth(view: View, rng: Generator) -> float:
    """Choose from where the person is filmed [rad]: 0 from ahead, positive from the right."""
    side = float(rng.choice([-1.0, 1.0]))
    degrees = {
        "front": side * rng.uniform(0.0, 10.0),
        "side": side * rng.uniform(80.0, 100.0),
        "oblique": side * rng.uniform(35.0, 55.0),
        "any": rng.uniform(-180.0, 180.0),
    }[view]
    return float(np.radians(degrees))


def film_along(
    pelvis: Float[np.ndarray, "frames 3"], height_m: float, fps: float, optics: Optics, azimuth: float,
    support: Support, orientation: Orientation, closeness: float, rng: Generator,
) -> CameraPath:  # fmt: skip
    """Choose a camera path that keeps a person in view.

    Args:
        pelvis: The person's way, X forward, Y up, Z right [m].
        height_m: Stature [m].
        fps: Frames a second.
        optics: The camera.
        azimuth: From where [rad].
        support: A tripod pans from one place; hands also move, and walk along with a walker.
        orientation: How the iPad is held.
        closeness: 1 shows the whole person; above 1 is so many times nearer.
        rng: Chance.
    """
    long_side = optics.width if orientation == "portrait" else optics.height
    fill = float(rng.uniform(*FILL[orientation])) * closeness
    distance = height_m * optics.fy / (fill * long_side)
    height = float(rng.uniform(*HEIGHTS)) * height_m / 1.75
    way = np.array([np.cos(azimuth), 0.0, np.sin(azimuth)])
    target = gaussian_filter1d(pelvis, PAN_S * fps, axis=0, mode="nearest")
    target[:, 1] = 0.51 * height_m
    if support == "tripod":
        ground = np.tile(_stand(target, way, distance), (len(target), 1))
    else:
        ground = gaussian_filter1d(pelvis, 2 * PAN_S * fps, axis=0, mode="nearest") + distance * way
    position = ground * np.array([1.0, 0.0, 1.0]) + np.array([0.0, height, 0.0])
    turns = np.zeros((len(target), 3))
    if support == "hand_held":
        shift, turns = _hands(len(target), fps, float(np.ptp(pelvis[:, 0])) > 1.0, rng)
        position = position + shift
    level = _looking(position, target)
    shaken = level * Rotation.from_rotvec(turns)
    roll = Rotation.from_euler("z", -90.0 if orientation == "portrait" else 0.0, degrees=True)
    return CameraPath(position, (shaken * roll).as_matrix())


def _stand(
    target: Float[np.ndarray, "frames 3"], way: Float[np.ndarray, "3"], distance: float
) -> Float[np.ndarray, "3"]:
    """Place a tripod on a ray from the middle of the way, so that the person never comes nearer than `distance`."""
    flat = target * np.array([1.0, 0.0, 1.0])
    middle = 0.5 * (flat.min(axis=0) + flat.max(axis=0))
    radii = distance + np.arange(0.0, 40.0, 0.02)
    nearest = np.linalg.norm(middle + radii[:, None, None] * way - flat[::5], axis=-1).min(axis=1)
    return np.asarray(middle + radii[int(np.argmax(nearest >= 0.97 * distance))] * way)


def _hands(
    frames: int, fps: float, walking: bool, rng: Generator
) -> tuple[Float[np.ndarray, "frames 3"], Float[np.ndarray, "frames 3"]]:
    """Give shifts [m] and turns [rad] of held hands."""
    time = np.arange(frames) / fps

    def smooth(size: float) -> Float[np.ndarray, "frames 3"]:
        noise = coloured_noise(rng, (frames, 3), HAND_MEMORY_S * fps)
        return np.asarray(size * gaussian_filter1d(noise, 0.15 * fps, axis=0, mode="nearest"))

    def tremor(size: float) -> Float[np.ndarray, "frames 3"]:
        phase = 2 * np.pi * (TREMOR_HZ * time[:, None] + rng.uniform(0.0, 1.0, 3))
        return np.asarray(size * np.sin(phase + coloured_noise(rng, (frames, 3), 0.5 * fps)))

    shift = smooth(HAND_SWAY_M) + tremor(TREMOR_M)
    if walking:
        shift[:, 1] += STEP_BOUNCE_M * np.sin(2 * np.pi * (STEP_HZ * time + rng.uniform()))
    return shift, np.radians(smooth(HAND_TURN_DEG) + tremor(TREMOR_DEG))


def _looking(position: Float[np.ndarray, "frames 3"], target: Float[np.ndarray, "frames 3"]) -> Rotation:
    back = position - target
    back /= np.linalg.norm(back, axis=-1, keepdims=True)
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right, axis=-1, keepdims=True)
    return Rotation.from_matrix(np.stack([right, np.cross(back, right), back], axis=-1))


def clockwise_turns(rotation: Float[np.ndarray, "3 3"]) -> int:
    """Give the clockwise quarter turns that show a camera's images upright, from its attitude."""
    up = rotation.T @ np.array([0.0, 1.0, 0.0])
    return int(np.round(np.arctan2(-up[0], up[1]) / (np.pi / 2))) % 4
