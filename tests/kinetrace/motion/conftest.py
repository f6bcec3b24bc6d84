"""Bodies made of formulas: someone standing, squatting, sitting and standing up, walking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from kinetrace.motion.skeletons import INDEX

THIGH, SHANK, TRUNK = 0.40, 0.42, 0.52


@dataclass(frozen=True)
class Made:
    """A made motion: positions, everything measured, and its frame rate."""

    positions: np.ndarray
    fps: float

    @property
    def validity(self) -> np.ndarray:
        return np.full(self.positions.shape[:2], 2, dtype=np.uint8)


def put(p: np.ndarray, name: str, x: object, y: object, z: object = 0.0) -> None:
    """Place one joint in all frames."""
    p[:, INDEX[name], 0], p[:, INDEX[name], 1], p[:, INDEX[name], 2] = x, y, z


def upper_body(p: np.ndarray, lean: np.ndarray | float) -> None:
    """Place everything above the pelvis along a trunk that leans forward [rad]."""
    x, y = p[:, INDEX["pelvis"], 0], p[:, INDEX["pelvis"], 1]
    for name, along in (("spine", TRUNK / 2), ("thorax", TRUNK), ("neck", TRUNK + 0.1), ("head", TRUNK + 0.35)):
        put(p, name, x + along * np.sin(lean), y + along * np.cos(lean))
    for side, z in (("l", -0.2), ("r", 0.2)):
        sx, sy = x + TRUNK * np.sin(lean), y + TRUNK * np.cos(lean)
        put(p, f"{side}_shoulder", sx, sy, z)
        put(p, f"{side}_elbow", sx, sy - 0.28, z)
        put(p, f"{side}_wrist", sx + 0.05, sy - 0.53, z)


def legs_in_place(shank_lean: np.ndarray, thigh_lean: np.ndarray, trunk_lean: np.ndarray, fps: float) -> Made:
    """Feet flat at x = 0; shank leans forward, thigh backward, trunk forward [rad]. Knee flexion is their sum."""
    p = np.zeros((len(shank_lean), 21, 3))
    knee = (SHANK * np.sin(shank_lean), 0.08 + SHANK * np.cos(shank_lean))
    hip = (knee[0] - THIGH * np.sin(thigh_lean), knee[1] + THIGH * np.cos(thigh_lean))
    put(p, "pelvis", *hip)
    for side, z in (("l", -0.1), ("r", 0.1)):
        put(p, f"{side}_hip", *hip, z)
        put(p, f"{side}_knee", *knee, z)
        put(p, f"{side}_ankle", 0.0, 0.08, z)
        put(p, f"{side}_heel", -0.05, 0.02, z)
        put(p, f"{side}_toe", 0.18, 0.02, z)
    upper_body(p, trunk_lean)
    return Made(p, fps)


def bumps(count: int, fps: float, period_s: float = 3.0) -> np.ndarray:
    """Go from 0 to 1 and back `count` times, resting at 0 for half of each period."""
    t = np.arange(round(count * period_s * fps)) / fps % period_s / period_s
    return np.where((t > 0.25) & (t < 0.75), 0.5 - 0.5 * np.cos(4 * np.pi * (t - 0.25)), 0.0)


@pytest.fixture
def make_squats():
    """Squats to a given knee flexion, balanced over the feet."""

    def make(count: int = 3, flexion_deg: float = 90.0, fps: float = 60.0) -> Made:
        knee = np.radians(flexion_deg) * bumps(count, fps)
        return legs_in_place(0.35 * knee, 0.65 * knee, 0.5 * knee, fps)

    return make


@pytest.fixture
def make_sit_to_stands():
    """Sit-to-stands from a seat: sitting upright, leaning forward to rise, standing."""

    def make(count: int = 3, fps: float = 60.0) -> Made:
        up = np.minimum(1.0, 1.6 * bumps(count, fps, 4.0))
        thigh = np.radians(88.0) * (1.0 - up)
        lean = np.radians(40.0) * np.sin(np.pi * up)
        return legs_in_place(np.zeros_like(up), thigh, lean, fps)

    return make


@pytest.fixture
def standing() -> Made:
    """Two seconds of standing still, straight."""
    zero = np.zeros(120)
    return legs_in_place(zero, zero, zero, 60.0)


@dataclass(frozen=True)
class Walk(Made):
    """A walk with the truth about its feet (left, right)."""

    contact: np.ndarray
    speed: float


@pytest.fixture
def make_walk():
    """A level walk along +X with flat feet: 0.6 s of stance, 0.4 s of swing, over ground or on a belt."""

    def make(speed: float = 1.2, seconds: float = 4.0, fps: float = 100.0, belt: bool = False) -> Walk:
        t = np.arange(round(seconds * fps)) / fps
        p = np.zeros((len(t), 21, 3))
        put(p, "pelvis", speed * t, 0.86)
        contact = np.zeros((len(t), 2), dtype=bool)
        for k, (side, z, lag) in enumerate((("l", -0.1, 0.0), ("r", 0.1, 0.5))):
            cycle = t + lag
            stride, phase = np.floor(cycle), cycle % 1.0
            swing = np.clip((phase - 0.6) / 0.4, 0.0, 1.0)
            eased = swing**3 * (10 - 15 * swing + 6 * swing**2)
            x = speed * (stride - lag + 0.3 + eased)
            lift = 0.12 * np.sin(np.pi * swing) ** 2
            contact[:, k] = phase <= 0.6
            put(p, f"{side}_hip", speed * t, 0.86, z)
            put(p, f"{side}_knee", (speed * t + x) / 2 + 0.02, 0.47 + lift / 2, z)
            put(p, f"{side}_ankle", x, 0.08 + lift, z)
            put(p, f"{side}_heel", x - 0.05, 0.02 + lift, z)
            put(p, f"{side}_toe", x + 0.18, 0.02 + lift, z)
        upper_body(p, 0.0)
        if belt:
            p[:, :, 0] -= (speed * t)[:, None]
        return Walk(p, fps, contact, speed)

    return make
