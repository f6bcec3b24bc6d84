"""Proposals: the changed motions, before anyone judges them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8

from schemas.dataset import TransitionArrays
from schemas.errors import ParamsError
from schemas.motion import Validity
from schemas.planning import GoalParams, PlanningParams
from stages.s07_planning.actions import joined
from stages.s07_planning.goal_planner import GoalPlan, plan_goal
from stages.s07_planning.goals import Goal, KneeGoal, PoseGoal, Side
from stages.s07_planning.rollouts import LatentModel, Rollout, blend_steps, reencoding_gaps, roll_out
from stages.s07_planning.windows import Window, fitting_horizon, usable_starts, window_around, window_from


@dataclass(frozen=True)
class Proposals:
    """Motions of one horizon, the last of them the goal planner's.

    Attributes:
        windows: Which stretch of the recording each replaces.
        rollout: The motions.
        gap: Re-encoding gap of every step.
        plain_gap: The same of the unchanged forecast.
        validity: 0 missing, 1 held from the past somewhere in the window, 2 measured throughout; rows of the model's
            joints.
        goal: What the last one is to reach.
        goal_plan: How near it came.
    """

    windows: tuple[Window, ...]
    rollout: Rollout
    gap: Float[np.ndarray, "variants steps"]
    plain_gap: Float[np.ndarray, "variants steps"]
    validity: UInt8[np.ndarray, "variants joints"]
    goal: Goal
    goal_plan: GoalPlan

    @property
    def starts(self) -> Int[np.ndarray, "variants"]:
        """Anchor of step 0 of each motion."""
        return np.array([window.start for window in self.windows])


def propose(
    model: LatentModel,
    transitions: TransitionArrays,
    keyframes: tuple[int, ...],
    settled: Bool[np.ndarray, "anchors"],
    soles: dict[str, float],
    params: PlanningParams,
) -> Proposals:
    """Perturb the latent at the keyframes in turn, then plan for the goal at the middle keyframe.

    Args:
        model: The world model.
        transitions: Stage 5's causal states.
        keyframes: Anchors, rising.
        settled: Anchors that a window may contain.
        soles: Standing height of heel and toe points [m].
        params: How many, how far, which goal, which seed.

    Returns:
        `params.variants` motions.

    Raises:
        ComputeError: Too short a recording, or a model that diverged.
        ParamsError: A pose goal without a frame, or beyond the recording.
    """
    states, anchors = transitions.states, len(transitions.states)
    horizon = fitting_horizon(anchors, params.horizon_frames)
    perturbed = params.variants - 1
    usable = usable_starts(settled, horizon)
    around = window_around(keyframes[len(keyframes) // 2], horizon, usable, lead=blend_steps(horizon, model.fps))
    windows = (*(window_from(keyframes[i % len(keyframes)], usable) for i in range(perturbed)), around)
    goal = make_goal(states, model.joints, around.keyframe, params.goal)
    goal_plan = plan_goal(model, states, around, horizon, goal, soles, params)
    drawn = np.random.default_rng([params.seed, 0]).standard_normal((perturbed, len(model.latent_std)))
    starts = np.array([window.start for window in windows])
    change = drawn * model.latent_std * params.perturbation
    rollout = goal_plan.motion
    if perturbed:
        rollout = joined(roll_out(model, states, starts[:-1], change, horizon), rollout)
    held = transitions.measured[starts[:, None] + np.arange(horizon + 1)].min(axis=1) == 0
    validity = np.where(held, Validity.INFERRED, Validity.MEASURED).astype(np.uint8)
    gap, plain_gap = (
        reencoding_gaps(model, states[starts], path, rollout.recorded_latent)
        for path in (rollout.latent, rollout.plain)
    )
    return Proposals(windows, rollout, gap, plain_gap, validity, goal, goal_plan)


def make_goal(
    states: Float[np.ndarray, "anchors joints 9"], joints: tuple[str, ...], keyframe: int, params: GoalParams
) -> Goal:
    """Turn the goal's parameters into a goal at a keyframe.

    Raises:
        ParamsError: A pose goal without a frame, or beyond the recording.
    """
    if params.kind == "knee_flexion":
        sides: tuple[Side, ...] = ("left", "right") if params.side == "both" else (params.side,)
        return KneeGoal(joints, sides, params.change_deg, states[keyframe, :, :3].astype(np.float64))
    if params.pose_frame is None or params.pose_frame >= len(states):
        raise ParamsError(
            where="params.yaml", field="planning.goal.pose_frame",
            expected=f"an anchor from 0 to {len(states) - 1} for a goal of kind 'pose'", found=str(params.pose_frame),
            fix="Name the anchor whose pose is the target, or use goal.kind: knee_flexion.",
        )  # fmt: skip
    return PoseGoal(joints, states[params.pose_frame, :, :3].astype(np.float64))
