"""The goal-conditioned planner: the change of what is done, or of one latent, that reaches a goal; what it has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float

from kinetrace.models.planning import Cost, SearchBudget, cross_entropy_search, random_search
from schemas.planning import PlanningParams
from stages.s07_planning.actions import act_out, direct_action
from stages.s07_planning.goals import Goal
from stages.s07_planning.physics_filter import measure
from stages.s07_planning.rollouts import LatentModel, Rollout, reencoding_gaps, roll_out
from stages.s07_planning.windows import Window

_LEAK_TOLERANCE_M: Final = 0.02
"""RMS movement of joints that were to stay which weighs as much as missing the goal by its tolerance [m]; the accuracy
of joint centres from markers."""
_PRIOR_WEIGHT: Final = 0.1
"""Of the mean squared change in standard deviations: among equals, the latent nearest to the data."""

_STRAIN_WEIGHT: Final = 100.0
"""Of squared relative excess over the filter's bounds: a tenth too much costs as much as missing by the tolerance."""
_STRAIN_FROM: Final = 0.9
"""Part of a bound from which a motion is counted as strained: it keeps clear of what would be rejected."""

Way = Literal["action", "latent"]


@dataclass(frozen=True)
class GoalPlan:
    """What was found.

    Attributes:
        change: What to add to the latent at the window's start, or to the actions.
        motion: What comes of it, one motion.
        through: Which of the two.
        error: Distance of the decoded pose from the goal, in the goal's units.
        baselines: The same for passthrough, straight interpolation, random shooting and the action without a search.
    """

    change: Float[np.ndarray, "changed"]
    motion: Rollout
    through: Way
    error: float
    baselines: dict[str, float]


def plan_goal(
    model: LatentModel,
    states: Float[np.ndarray, "anchors joints 9"],
    window: Window,
    horizon: int,
    goal: Goal,
    soles: dict[str, float],
    params: PlanningParams,
) -> GoalPlan:
    """Search for the change by the cross-entropy method; all errors are of decoded poses, none of latents.

    Args:
        model: The world model.
        states: Causal states, aligned world frame.
        window: Where the plan begins and where the goal is asked for.
        horizon: Steps of the window.
        goal: The goal.
        soles: Standing height of heel and toe points [m].
        params: Budget, perturbation and seed.

    Returns:
        The change, what comes of it, and its baselines.
    """
    step = window.keyframe - window.start
    through: Way = "action" if params.goal.through == "action" and model.actions else "latent"
    unit = np.ones(model.actions) if through == "action" else np.maximum(model.latent_std.astype(np.float64), 1e-9)
    begun = direct_action(model, states, window.keyframe, goal) if through == "action" else np.zeros_like(unit)

    def rollout(changes: Float[np.ndarray, "n changed"]) -> Rollout:
        if through == "action":
            return act_out(model, states, window.start, begun + changes, horizon)
        return roll_out(model, states, np.full(len(changes), window.start), changes, horizon)

    def cost(changes: Float[np.ndarray, "n changed"]) -> Float[np.ndarray, "n"]:
        motions = rollout(changes)
        found = motions.positions[:, step]
        wide = np.mean((changes / unit) ** 2, axis=1)
        missed, leaked = goal.error(found) / goal.tolerance, goal.leak(found) / _LEAK_TOLERANCE_M
        strained = strain(model, states, window, motions, soles, params)
        return np.asarray(missed**2 + leaked**2 + _PRIOR_WEIGHT * wide + _STRAIN_WEIGHT * strained)

    best, shot = (_search(cost, unit, params, planned) for planned in (True, False))
    recorded = states[window.keyframe, :, :3].astype(np.float64)[None]
    baselines = {
        f"passthrough_{goal.units}": recorded,
        f"straight_interpolation_{goal.units}": straight_interpolation(model, states, window, goal),
        f"random_shooting_{goal.units}": rollout(shot[None]).positions[:, step],
    }
    if through == "action":
        baselines[f"action_without_search_{goal.units}"] = rollout(np.zeros((1, len(unit)))).positions[:, step]
    errors = {name: float(goal.error(pose)[0]) for name, pose in baselines.items()}
    motion = rollout(best[None])
    return GoalPlan(begun + best, motion, through, float(goal.error(motion.positions[:, step])[0]), errors)


def strain(
    model: LatentModel,
    states: Float[np.ndarray, "anchors joints 9"],
    window: Window,
    motions: Rollout,
    soles: dict[str, float],
    params: PlanningParams,
) -> Float[np.ndarray, "n"]:
    """Say how far motions go beyond nine tenths of the physics filter's bounds: sum over its rules of squared excess.

    Where the unchanged motion is beyond that already, only what the change adds is counted: no plan could mend it.
    """
    anchor = np.repeat(states[window.start][None], len(motions.latent), axis=0)
    gap = reencoding_gaps(model, anchor, motions.latent, motions.recorded_latent)
    plain_gap = reencoding_gaps(model, anchor[:1], motions.plain[:1], motions.recorded_latent[:1])
    same, recorded = (model.joints, soles, model.fps, params.filter), motions.reference
    checks = measure(motions.positions, recorded, gap, *same)
    own = measure(recorded[:1], recorded[:1], plain_gap, *same)
    excess = []
    for check, unchanged in zip(checks, own, strict=True):
        allowed = max(_STRAIN_FROM * check.bound, float(unchanged.values.max()))
        excess.append(np.maximum(check.values.max(axis=1) - allowed, 0.0) / max(check.bound, 1e-9))
    return np.asarray(np.sum(np.square(excess), axis=0))


def straight_interpolation(
    model: LatentModel, states: Float[np.ndarray, "anchors joints 9"], window: Window, goal: Goal
) -> Float[np.ndarray, "1 joints 3"]:
    """Go from the start's latent to the goal pose's in a straight line and decode where it ends [m]."""
    wanted = states[window.keyframe][None].copy()
    wanted[0, :, :3] = goal.target()
    anchor = states[window.start][None]
    z, end = model.encode(anchor), model.encode(wanted)
    step = window.keyframe - window.start
    way = (np.arange(1, step + 1) / step)[None, :, None]
    path = (z[:, None] + way * (end - z)[:, None]).astype(z.dtype)
    return model.decode_path(path, z, anchor, 1.0 / model.fps)[:, -1].astype(np.float64)


def _search(
    cost: Cost, unit: Float[np.ndarray, "changed"], params: PlanningParams, planned: bool
) -> Float[np.ndarray, "changed"]:
    budget = SearchBudget(params.cem_samples, params.cem_elites, params.cem_iterations)
    spread = unit * params.perturbation
    search = cross_entropy_search if planned else random_search
    return search(cost, spread, budget, np.random.default_rng([params.seed, 1])).best
