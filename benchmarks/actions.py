"""Whether the model does what it is told: "left knee + 5 degrees" as an action, on recordings it never saw."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from benchmarks.held_out_model import UnderTest
from kinetrace.models.calibration import by_recording, confidence
from schemas.benchmark import Figure

Array = np.ndarray
HORIZONS = (5, 15, 30)
"""Frames at 30 Hz."""
ANCHORS = 4
"""Of every recording."""
ASKED_DEG = 5.0
LEAK_DEG = 1.0
BENDS = (
    ("r_hip", "r_knee", "r_ankle"), ("l_shoulder", "l_hip", "l_knee"), ("r_shoulder", "r_hip", "r_knee"),
    ("l_shoulder", "l_elbow", "l_wrist"), ("r_shoulder", "r_elbow", "r_wrist"),
)  # fmt: skip
"""Angles that bending the left knee must leave alone."""
SHANK = ("l_ankle", "l_heel", "l_toe")


def measure_actions(of: UnderTest) -> dict[str, Figure]:
    """Tell the model what came, and what came with the left knee bent 5 degrees more; the difference is what it makes of it.

    Slope: the part of the asked way of ankle, heel and toe that is gone, relative to the pelvis; no search, no correction.
    """
    if not of.model.actions:
        return {}
    figures: dict[str, Figure] = {}
    for horizon in HORIZONS:
        rows, recording = _rows(of, horizon)
        now, came = of.arrays.states[rows], of.arrays.states[rows + horizon]
        wanted = came.copy()
        wanted[..., :3] = _bent(came[..., :3], of.model.joints)
        z, dt = of.model.encode(now), np.full(len(now), horizon / of.model.fps, dtype=np.float32)
        done, asked = (of.model.action_between(now, then) for then in (came, wanted))
        untold, told, bent = (
            of.model.decode_world(of.model.predict(z, dt, action), z, now, dt) for action in (None, done, asked)
        )
        effect = (bent - told) - (bent - told)[:, of.model.joints.index("pelvis")][:, None]
        at = [of.model.joints.index(name) for name in SHANK]
        way = (wanted - came)[:, at, :3]
        slope = (effect[:, at] * way).sum(axis=(1, 2)) / (way**2).sum(axis=(1, 2))
        leak = _leak_deg(came[..., :3], came[..., :3] + effect, of.model.joints)
        figures[f"action.slope.h{horizon}"] = _figure(slope, recording, "", "1.0 ± 0.1", lambda v: 0.9 <= v <= 1.1)
        figures[f"action.leak.deg.h{horizon}"] = _figure(leak, recording, "deg", "< 1", lambda v: v < LEAK_DEG)
        errors = [np.linalg.norm(guess - came[..., :3], axis=-1).mean(axis=1) for guess in (told, untold)]
        figures[f"action.told.mm.h{horizon}"] = _figure(1000 * errors[0], recording, "mm").model_copy(
            update={"peer": f"not told {1000 * by_recording(errors[1], recording).mean():.1f}"}
        )
        same = of.model.decode_world(of.model.predict(z, dt, done), z, now, dt)
        null = float(np.abs(same - told).max())
        figures[f"action.null.mm.h{horizon}"] = Figure(
            value=1000 * null, units="mm", goal="0", holds=null == 0.0, note="largest effect of no change of the action"
        )
    return figures


def _rows(of: UnderTest, horizon: int) -> tuple[Array, Array]:
    rows, recording = [], []
    for number in of.division.held_out:
        begin, end = of.arrays.anchor_starts[number : number + 2]
        if end - begin > horizon:
            rows.append(begin + np.unique(np.linspace(0, end - begin - 1 - horizon, ANCHORS).astype(int)))
            recording.append(np.full(len(rows[-1]), number))
    return np.concatenate(rows), np.concatenate(recording)


def _bent(poses: Float[Array, "n joints 3"], joints: tuple[str, ...]) -> Float[Array, "n joints 3"]:
    """Turn the left shank and foot about the axis of the hips."""
    found = poses.copy()
    axis = poses[:, joints.index("r_hip")] - poses[:, joints.index("l_hip")]
    axis = axis / np.linalg.norm(axis, axis=1, keepdims=True)
    knee, angle = poses[:, joints.index("l_knee")], -np.radians(ASKED_DEG)
    for name in SHANK:
        arm = poses[:, joints.index(name)] - knee
        along = (arm * axis).sum(axis=1, keepdims=True) * axis
        turned = along + (arm - along) * np.cos(angle) + np.cross(axis, arm) * np.sin(angle)
        found[:, joints.index(name)] = knee + turned
    return found


def _leak_deg(
    before: Float[Array, "n joints 3"], after: Float[Array, "n joints 3"], joints: tuple[str, ...]
) -> Float[Array, "n"]:
    def bends(poses: Float[Array, "n joints 3"]) -> Array:
        found = []
        for names in BENDS:
            a, b, c = (poses[:, joints.index(name)] for name in names)
            across = np.linalg.norm(np.cross(b - a, c - b), axis=1)
            found.append(np.degrees(np.arctan2(across, ((b - a) * (c - b)).sum(axis=1))))
        return np.stack(found, axis=1)

    leak: Array = np.sqrt(((bends(after) - bends(before)) ** 2).mean(axis=1))
    return leak


def _figure(
    values: Array, recording: Array, units: str, goal: str | None = None, good: Callable[[float], bool] | None = None
) -> Figure:
    means = by_recording(values.astype(np.float64), recording)
    low, high = confidence(means, lambda parts: parts.mean(axis=1))
    value = float(means.mean())
    return Figure(
        value=value, units=units, goal=goal, holds=None if good is None else bool(good(value)),
        note=f"95 % {low:.3g} to {high:.3g} over {len(means)} recordings; spread of recordings {means.std():.2g}",
    )  # fmt: skip
