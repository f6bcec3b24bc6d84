"""The feasibility score: ten sub-scores on three axes, each from 0 to 1 in every frame, each explained."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, UInt32

from kinetrace.physics import contact_scores, dynamic_scores, kinematic_scores
from kinetrace.physics.evidence import Evidence, FrameScore
from kinetrace.physics.score_table import BOUNDS, FAULT_BELOW, MAX_IK_RESIDUAL
from schemas.sim_replay import AXES, SUB_SCORES, FrameFault, SubScore

_NEED_GROUND: Final = ("foot_slip", "balance", "ground_reaction_force")
_NEED_FORCE: Final = ("joint_torque", "metabolic_effort")


@dataclass(frozen=True)
class Feasibility:
    """The score of a motion.

    Attributes:
        frames: Sub-scores in the order of SUB_SCORES.
        sub_scores: Their means over the judged frames, with explanations.
        axes: Geometric mean of each axis' sub-scores; an axis of which nothing is known is left out.
        total: Mean of the axes.
    """

    frames: dict[str, FrameScore]
    sub_scores: tuple[SubScore, ...]
    axes: dict[str, float]
    total: float

    @property
    def table(self) -> Float[np.ndarray, "frames 10"]:
        """Frame scores, a column a sub-score."""
        return np.stack([self.frames[name].scores for name in SUB_SCORES], axis=1)


def score(evidence: Evidence) -> Feasibility:
    """Score a replayed motion by PhyMotion's ten names (arXiv 2605.14269) with corrected geometry, units and forces."""
    frames = {
        "joint_velocity": kinematic_scores.joint_velocity(evidence),
        "joint_acceleration": kinematic_scores.joint_acceleration(evidence),
        "self_penetration": kinematic_scores.self_penetration(evidence),
        "foot_slip": contact_scores.foot_slip(evidence),
        "ground_penetration": contact_scores.ground_penetration(evidence),
        "foot_float": contact_scores.foot_float(evidence),
        "balance": contact_scores.balance(evidence),
        "joint_torque": dynamic_scores.joint_torque(evidence),
        "ground_reaction_force": dynamic_scores.ground_reaction_force(evidence),
        "metabolic_effort": dynamic_scores.metabolic_effort(evidence),
    }
    told = dict.fromkeys(_NEED_GROUND, evidence.grounded) | dict.fromkeys(_NEED_FORCE, evidence.reaction.known)
    frames |= {name: _where_told(frames[name], where, evidence.usable) for name, where in told.items()}
    counted = dict.fromkeys(SUB_SCORES, evidence.usable)
    counted |= {name: evidence.counting(where) for name, where in told.items()}
    values = {
        name: float(frame.scores[counted[name]].mean()) if frame.known else None for name, frame in frames.items()
    }
    return assemble(frames, values)


def _where_told(frame: FrameScore, told: Bool[np.ndarray, "frames"], usable: Bool[np.ndarray, "frames"]) -> FrameScore:
    """Leave out frames in which nobody can say what carries the body; a sub-score with no other frame is not known."""
    if (told & usable).any():
        return replace(frame, scores=np.where(told, frame.scores, 1.0))
    why = "Not known: in no frame is it known what carries the body; a foot stands on something that no scan shows."
    return replace(frame, scores=np.ones_like(frame.scores), explanation=why, known=False)


def geometric_mean(scores: Sequence[float]) -> float:
    """Give the n-th root of the product: one law broken altogether is not made good by three that are kept."""
    return float(np.prod(scores) ** (1.0 / len(scores)))


def arithmetic_mean(scores: Sequence[float]) -> float:
    """Give the sum over the count."""
    return float(np.mean(scores))


def assemble(
    frames: dict[str, FrameScore],
    values: Mapping[str, float | None],
    mean: Callable[[Sequence[float]], float] = geometric_mean,
) -> Feasibility:
    """Average sub-scores to axes and axes (arithmetically) to the total; a sub-score that is None is left out.

    Args:
        frames: By sub-score.
        values: Score by sub-score.
        mean: How sub-scores make an axis.
    """
    sub_scores: list[SubScore] = []
    axes: dict[str, float] = {}
    for axis, names in AXES.items():
        known = [value for name in names if (value := values[name]) is not None]
        if known:
            axes[axis] = mean(known)
        sub_scores += [
            SubScore(name=name, axis=axis, score=values[name], explanation=frames[name].explanation) for name in names
        ]
    return Feasibility(frames, tuple(sub_scores), axes, arithmetic_mean(list(axes.values())))


def frame_faults(
    evidence: Evidence, feasibility: Feasibility, ik_residual: Float[np.ndarray, "frames"]
) -> UInt32[np.ndarray, "frames"]:
    """Mark each frame with everything that makes it doubtful.

    Args:
        evidence: The replayed motion.
        feasibility: Its score.
        ik_residual: Mean distance of the humanoid to the recorded joints [m].

    Returns:
        FrameFault bits.
    """
    faults = np.zeros(len(ik_residual), dtype=np.uint32)
    for bit, name in enumerate(SUB_SCORES):
        faults |= np.where(feasibility.frames[name].scores < FAULT_BELOW, np.uint32(1 << bit), np.uint32(0))
    force = np.linalg.norm(evidence.reaction.residual[:, :3], axis=1) * evidence.grounded
    for fault, where in (
        (FrameFault.IK_RESIDUAL, ik_residual > MAX_IK_RESIDUAL),
        (FrameFault.ROOT_RESIDUAL, force > BOUNDS["residual_force"].good),
        (FrameFault.BRIDGED, evidence.bridged),
        (FrameFault.BOUNDARY, evidence.boundary),
    ):
        faults |= np.where(where, np.uint32(fault), np.uint32(0))
    return faults
