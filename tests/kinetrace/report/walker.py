"""A made walker: enough of a person for a report to draw, in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np

from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.report.drawing import SceneMotion

FPS = 60.0
STRIDE_S = 1.1
SPEED = 1.2


def walk(seconds: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Give time (T,) and BODY21 positions (T, 21, 3) of a walk along X, floor at Y = 0."""
    time = np.arange(round(seconds * FPS)) / FPS
    phase = 2 * np.pi * time / STRIDE_S
    positions = np.zeros((len(time), len(BODY21), 3))
    pelvis = np.stack([SPEED * time, 0.95 + 0.02 * np.cos(2 * phase), 0.02 * np.sin(phase)], axis=1)

    def put(name: str, point: np.ndarray[Any, Any]) -> None:
        positions[:, INDEX[name]] = point

    put("pelvis", pelvis)
    for name, height in (("spine", 0.25), ("thorax", 0.5), ("neck", 0.58), ("head", 0.8)):
        put(name, pelvis + np.array([0.0, height, 0.0]))
    for prefix, sign, shift in (("l", -1.0, 0.0), ("r", 1.0, np.pi)):
        hip_angle = 0.1 + 0.42 * np.cos(phase + shift)
        knee_angle = 0.15 + 0.5 * np.clip(np.sin(phase + shift + 3.6), 0, None) ** 2 * 2
        hip = pelvis + np.array([0.0, 0.0, 0.09 * sign])
        knee = hip + 0.43 * _down(hip_angle)
        ankle = knee + 0.42 * _down(hip_angle - knee_angle)
        put(f"{prefix}_hip", hip)
        put(f"{prefix}_knee", knee)
        put(f"{prefix}_ankle", ankle)
        put(f"{prefix}_heel", ankle + np.array([-0.05, -0.06, 0.0]))
        put(f"{prefix}_toe", ankle + np.array([0.17, -0.07, 0.02 * sign]))
        shoulder = pelvis + np.array([0.0, 0.48, 0.18 * sign])
        elbow = shoulder + 0.28 * _down(-0.3 * np.cos(phase + shift))
        put(f"{prefix}_shoulder", shoulder)
        put(f"{prefix}_elbow", elbow)
        put(f"{prefix}_wrist", elbow + 0.25 * _down(0.3 - 0.3 * np.cos(phase + shift)))
    return time, positions


def stance(time: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Give which feet bear (T, 2), left then right: 60 % of every stride."""
    left = (time / STRIDE_S) % 1.0
    return np.stack([left < 0.6, (left + 0.5) % 1.0 < 0.6], axis=1)


def vertical_force(time: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Give the ground force of each foot (T, 2, 3) [body weights]: two humps a stance."""
    force = np.zeros((len(time), 2, 3))
    for side, shift in enumerate((0.0, 0.5)):
        part = np.clip(((time / STRIDE_S + shift) % 1.0) / 0.6, 0.0, 1.0)
        force[:, side, 1] = np.sin(np.pi * part) * 1.15 - 0.35 * np.sin(np.pi * part) ** 6
        force[:, side, 0] = -0.2 * np.sin(2 * np.pi * part) * (part < 1)
    return force


def made_motion(seconds: float = 1.0) -> SceneMotion:
    """Give the walk as a scene shows it, every joint measured."""
    time, positions = walk(seconds)
    return SceneMotion(
        time=time, positions=positions.astype(np.float32), validity=np.full((len(time), len(BODY21)), 2, np.uint8),
        contacts=stance(time).astype(np.uint8), force=vertical_force(time), pressure_centre=np.zeros((len(time), 2, 3)),
    )  # fmt: skip


def _down(angle: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.stack([np.sin(angle), -np.cos(angle), np.zeros_like(angle)], axis=1)
