"""The public PhyMotion score, for comparison only, as its code has it (arXiv 2605.14269), on our humanoid.

Its faults are kept on purpose: the foot is its ankle, contact is where that is under 2 cm high, the legs carry no ground
force, effort is a sum over the clip, balance counts twice. Only the frame rate is the recording's own.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.motion.centre_of_mass import GRAVITY
from kinetrace.motion.skeletons import BONES, joint_index
from kinetrace.physics.contact_scores import outside_hull
from kinetrace.physics.evidence import Evidence, FrameScore
from kinetrace.physics.feasibility import Feasibility, arithmetic_mean, assemble

_TORQUE_LIMITS: Final = {
    "lumbar": 200.0, "neck": 100.0, "shoulder": 150.0, "elbow": 100.0, "hip": 400.0, "knee": 300.0, "ankle": 200.0,
}  # fmt: skip
_MAX_SPEED, _MAX_EFFORT_J = 5.0, 10_000.0
_ACCELERATION = (4.5, 90.0)  # offset and span of mean ‖Δ²p‖/dt², world and root-relative together
_SLIP_M, _SINK_M, _LEAN_M = 0.05, 0.05, 0.5
_CONTACT_HEIGHT, _CONTACT_SPEED = 0.02, 0.05
_FLOAT_RATIO = (0.6, 1.75)


def score(evidence: Evidence) -> Feasibility:
    """Score by the public formula.

    Args:
        evidence: The replayed motion.

    Returns:
        Its sub-scores (1 less the violation) and axes; self-penetration is None, for there is no mesh.
    """
    frames = {
        "joint_velocity": _velocity(evidence),
        "joint_acceleration": _acceleration(evidence),
        "self_penetration": FrameScore(
            np.ones(len(evidence.bridged)),
            np.zeros(len(evidence.bridged)),
            "% of triangles",
            "Not computed: the public formula counts colliding mesh triangles, and there is no mesh.",
            known=False,
        ),
        **_contact(evidence),
        **_dynamic(evidence),
    }
    values: dict[str, float | None] = {
        name: float(frame.scores.mean()) if frame.known else None for name, frame in frames.items()
    }
    plain = assemble(frames, values, arithmetic_mean)
    numbers = {name: value for name, value in values.items() if value is not None}
    kinematic = (numbers["joint_velocity"], numbers["joint_acceleration"], 1.0 - _limb_violation(evidence))
    dynamic = (*(numbers[n] for n in ("joint_torque", "ground_reaction_force", "metabolic_effort", "balance")),)
    axes = plain.axes | {"kinematic": float(np.mean(kinematic)), "dynamic": float(np.mean(dynamic))}
    return Feasibility(frames, plain.sub_scores, axes, float(np.mean(list(axes.values()))))


def _result(violation: Float[np.ndarray, "frames"], units: str, explanation: str) -> FrameScore:
    clipped = np.clip(violation, 0.0, 1.0)
    return FrameScore(1.0 - clipped, violation, units, f"Public formula: {explanation}")


def _velocity(e: Evidence) -> FrameScore:
    seen = e.validity > 0
    seen[1:-1] &= seen[2:] & seen[:-2]
    speed = np.linalg.norm(np.gradient(e.recorded, axis=0), axis=-1) * e.fps * seen
    return _result((speed.max(axis=1) > _MAX_SPEED).astype(float), "0 or 1", "any joint over 5 m/s.")


def _acceleration(e: Evidence) -> FrameScore:
    seen = e.validity > 0
    whole = seen[:-2] & seen[1:-1] & seen[2:]
    with_root = whole & whole[:, :1]
    jerkiness = sum(
        float(np.linalg.norm(np.diff(q, 2, axis=0), axis=-1)[there].mean()) * e.fps**2 if there.any() else 0.0
        for q, there in ((e.recorded, whole), (e.recorded - e.recorded[:, :1], with_root))
    )
    violation = (jerkiness - _ACCELERATION[0]) / _ACCELERATION[1]
    return _result(np.full(len(seen), violation), "0 to 1", f"mean acceleration {jerkiness:.1f} m/s².")


def _limb_violation(e: Evidence) -> float:
    """Ten times the mean standard deviation of bone lengths, at most 1."""
    spread = []
    for a, b in BONES:
        both = (e.validity[:, a] > 0) & (e.validity[:, b] > 0)
        if both.any():
            spread.append(np.linalg.norm(e.recorded[both, a] - e.recorded[both, b], axis=-1).std())
    return float(min(10.0 * np.mean(spread), 1.0))


def _contact(e: Evidence) -> dict[str, FrameScore]:
    feet = e.dynamics.placed.sites[:, e.humanoid.site_ids[joint_index("l_ankle", "r_ankle")]]
    velocity = np.gradient(feet, axis=0) * e.fps
    speed = np.linalg.norm(velocity, axis=-1)
    root = e.motion.qvel[:, None, :3]
    touching = (feet[..., 2] < _CONTACT_HEIGHT) & (speed < _CONTACT_SPEED)
    slip = (speed * touching / e.fps).mean(axis=1) / _SLIP_M
    sink = np.maximum(-feet[..., 2], 0.0).mean(axis=1) / _SINK_M
    ratio = np.linalg.norm(velocity - root, axis=-1) / np.maximum(np.linalg.norm(root, axis=-1), 1e-6)
    floating = ((ratio < _FLOAT_RATIO[0]) | (ratio > _FLOAT_RATIO[1])).mean(axis=1)
    soles = e.dynamics.placed.sites[:, e.humanoid.sole_ids, :2].reshape(len(feet), -1, 2)
    lean = outside_hull(e.dynamics.placed.com[:, :2], soles, np.ones(soles.shape[:2], dtype=bool)) / _LEAN_M
    return {
        "foot_slip": _result(slip, "of 5 cm", "slip of feet under 2 cm high and slower than 5 cm/s."),
        "ground_penetration": _result(sink, "of 5 cm", "ankles under the floor."),
        "foot_float": _result(
            floating, "of the feet", "foot speed relative to the root outside 0.6-1.75 of the root's."
        ),
        "balance": _result(lean, "of 0.5 m", "centre of mass outside the feet's hull."),
    }


def _dynamic(e: Evidence) -> dict[str, FrameScore]:
    torque = np.abs(e.dynamics.generalised[:, 6:])
    limits = np.array([next(v for k, v in _TORQUE_LIMITS.items() if k in name) for name in e.humanoid.dof_names])
    outer = e.dynamics.generalised[:, :3] / (e.humanoid.mass * GRAVITY)
    force = ((outer[:, 2] > 3.0) + 1.0 * (np.linalg.norm(outer[:, :2], axis=1) > 0.5)) / 2.0
    work = float((torque * np.abs(e.motion.qvel[:, 6:])).sum() / e.fps)
    return {
        "joint_torque": _result(
            (torque > limits).any(axis=1).astype(float), "0 or 1", "torque over its table's limit."
        ),
        "ground_reaction_force": _result(force, "0 to 1", "over 3 body weights up or half a body weight along."),
        "metabolic_effort": _result(
            np.full(len(torque), work / _MAX_EFFORT_J), "of 10 kJ", f"{work / 1000.0:.2f} kJ over the whole clip."
        ),
    }
