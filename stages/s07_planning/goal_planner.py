"""The goal-conditioned planner: the change of one latent whose rollout reaches a goal, and what it has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.models.planning import Cost, SearchBudget, cross_entropy_search, random_search
from schemas.planning import PlanningParams
from stages.s07_planning.goals import Goal
from stages.s07_planning.rollouts import LatentModel, roll_out
from stages.s07_planning.windows import Window

_LEAK_TOLERANCE_M: Final = 0.02
"""RMS movement of joints that were to stay which weighs as much as missing the goal by its tolerance [m]; the accuracy
of joint centres from markers."""
_PRIOR_WEIGHT: Final = 0.1
"""Of the mean squared change in standard deviations: among equals, the latent nearest to the data."""


@dataclass(frozen=True)
class GoalPlan:
    """What was found.

    Attributes:
        change: What to add to the latent at the window's start.
        error: Distance of the decoded pose from the goal, in the goal's units.
        baselines: The same for passthrough, straight interpolation and random shooting.
    """

    change: Float[np.ndarray, "latent"]
    error: float
    baselines: dict[str, float]


def plan_goal(
    model: LatentModel,
    states: Float[np.ndarray, "anchors joints 9"],
    window: Window,
    horizon: int,
    goal: Goal,
    params: PlanningParams,
) -> GoalPlan:
    """Search for the change by the cross-entropy method; all errors are of decoded poses, none of latents.

    Args:
        model: The world model.
        states: Causal states, aligned world frame.
        window: Where the plan begins and where the goal is asked for.
        horizon: Steps of the window.
        goal: The goal.
        params: Budget, perturbation and seed.

    Returns:
        The change and its baselines.
    """
    step = window.keyframe - window.start

    def poses(changes: Float[np.ndarray, "n latent"]) -> Float[np.ndarray, "n joints 3"]:
        starts = np.full(len(changes), window.start)
        return roll_out(model, states, starts, changes, horizon).positions[:, step]

    def cost(changes: Float[np.ndarray, "n latent"]) -> Float[np.ndarray, "n"]:
        found = poses(changes)
        wide = np.mean((changes / np.maximum(model.latent_std, 1e-9)) ** 2, axis=1)
        missed, leaked = goal.error(found) / goal.tolerance, goal.leak(found) / _LEAK_TOLERANCE_M
        return np.asarray(missed**2 + leaked**2 + _PRIOR_WEIGHT * wide)

    best = _search(cost, model, params, planned=True)
    shot = _search(cost, model, params, planned=False)
    recorded = states[window.keyframe, :, :3].astype(np.float64)[None]
    baselines = {
        f"passthrough_{goal.units}": recorded,
        f"straight_interpolation_{goal.units}": straight_interpolation(model, states, window, goal),
        f"random_shooting_{goal.units}": poses(shot[None]),
    }
    errors = {name: float(goal.error(pose)[0]) for name, pose in baselines.items()}
    return GoalPlan(best, float(goal.error(poses(best[None]))[0]), errors)


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


def _search(cost: Cost, model: LatentModel, params: PlanningParams, planned: bool) -> Float[np.ndarray, "latent"]:
    budget = SearchBudget(params.cem_samples, params.cem_elites, params.cem_iterations)
    spread = model.latent_std.astype(np.float64) * params.perturbation
    search = cross_entropy_search if planned else random_search
    return search(cost, spread, budget, np.random.default_rng([params.seed, 1])).best
