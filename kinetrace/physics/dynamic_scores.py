"""The dynamic axis of feasibility: joint torque, ground reaction force, metabolic effort."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import uniform_filter1d

from kinetrace.physics.evidence import Evidence, FrameScore
from kinetrace.physics.score_table import BOUNDS


def joint_torque(evidence: Evidence) -> FrameScore:
    """Hold every joint's torque, with the ground force in the legs, against the strongest known of people."""
    humanoid, bound = evidence.humanoid, BOUNDS["joint_torque"]
    ratio = np.abs(evidence.reaction.torque) * humanoid.mass / humanoid.torque_limits
    worst = ratio.max(axis=1)
    frame = int(np.where(evidence.counting(evidence.reaction.known), worst, -1.0).argmax())
    label = humanoid.dof_names[int(ratio[frame].argmax())]
    return FrameScore(
        bound.score(worst),
        worst,
        bound.units,
        f"Highest: {label}, {100 * worst[frame]:.0f} % of the strongest known of people, at {frame / evidence.fps:.2f} s.",
    )


def ground_reaction_force(evidence: Evidence) -> FrameScore:
    """Measure what floor and seat cannot explain: the force and moment left at the root by feasible contacts."""
    force = evidence.lasting(np.linalg.norm(evidence.reaction.residual[:, :3], axis=1))
    moment = evidence.lasting(np.linalg.norm(evidence.reaction.residual[:, 3:], axis=1))
    of_force, of_moment = BOUNDS["residual_force"], BOUNDS["residual_moment"]
    counted = evidence.counting(evidence.grounded)
    mean_force, mean_moment = (np.sqrt(np.mean(of[counted] ** 2)) for of in (force, moment))
    return FrameScore(
        np.minimum(of_force.score(force), of_moment.score(moment)),
        np.maximum(force / of_force.bad, moment / of_moment.bad),
        "of the infeasible",
        f"Floor and seat leave {mean_force:.3f} body weights (RMS) and {mean_moment:.3f} body weight x height "
        "of the motion unexplained.",
    )


def metabolic_effort(evidence: Evidence) -> FrameScore:
    """Hold the joints' mechanical power, summed without sign over a second and per kilogram, against the possible."""
    bound = BOUNDS["metabolic_effort"]
    power = np.abs(evidence.reaction.power).sum(axis=1)
    measure = uniform_filter1d(power, max(1, round(evidence.fps)), mode="nearest")
    counted = measure[evidence.counting(evidence.reaction.known)]
    return FrameScore(
        bound.score(measure),
        measure,
        bound.units,
        f"Joints work at {counted.mean():.1f} W/kg on average, {counted.max():.1f} over the hardest second.",
    )
