"""Actions: a goal as a change of the pose's angles, and what the world model says it does to the recorded motion."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from schemas.errors import ComputeError
from stages.s07_planning.goals import Goal
from stages.s07_planning.rollouts import LatentModel, Rollout, blend


def direct_action(
    model: LatentModel, states: Float[np.ndarray, "anchors joints 9"], keyframe: int, goal: Goal
) -> Float[np.ndarray, "actions"]:
    """Give the action that turns the recorded pose at the keyframe into the goal's.

    Args:
        model: A world model that knows actions.
        states: Causal states, aligned world frame.
        keyframe: Anchor of the goal.
        goal: The goal.
    """
    recorded = states[keyframe][None]
    wanted = recorded.copy()
    wanted[0, :, :3] = goal.target()
    return np.asarray(model.action_between(recorded, wanted)[0], dtype=np.float64)


def act_out(
    model: LatentModel,
    states: Float[np.ndarray, "anchors joints 9"],
    start: int,
    change: Float[np.ndarray, "variants actions"],
    horizon: int,
) -> Rollout:
    """Tell the model what the person did plus a change of it, and add the difference to the recorded motion.

    p(s) = recorded(s) + D(P(z, s, a(s) + b(s) change)) - D(P(z, s, a(s))) with P the predictor, D the decoder, a(s) the
    action from the start to step s as recorded, and b the rise of `blend`. No change gives back the recording, exactly.

    Args:
        model: A world model that knows actions.
        states: Causal states, aligned world frame.
        start: Anchor of step 0.
        change: Coefficients that are added to the recorded actions, a row a variant.
        horizon: Steps after step 0.

    Returns:
        The motions with their latents.

    Raises:
        ComputeError: The model gives a number that is not finite.
    """
    anchor, steps = states[start][None], states[start + 1 : start + horizon + 1]
    done = model.action_between(np.repeat(anchor, horizon, axis=0), steps)
    rise = blend(horizon, model.fps)[1:, None]
    told = done + rise * np.concatenate((np.zeros((1, change.shape[1])), change))[:, None]
    z = model.encode(anchor)
    dt = np.tile(np.arange(1, horizon + 1, dtype=np.float32) / np.float32(model.fps), len(told))
    ahead = model.predict(np.repeat(z, len(dt), axis=0), dt, told.reshape(len(dt), -1).astype(np.float32))
    path = np.concatenate((np.repeat(z[None], len(told), axis=0), ahead.reshape(len(told), horizon, -1)), axis=1)
    placed = model.decode_path(
        path[:, 1:], np.repeat(z, len(told), axis=0), np.repeat(anchor, len(told), axis=0), 1.0 / model.fps
    ).astype(np.float64)
    if not np.isfinite(placed).all():
        raise ComputeError(
            where="planning", field="world model", expected="finite predictions", found="NaN or infinity",
            fix="Train again with a smaller `world_model.learning_rate`.",
        )  # fmt: skip
    effect = np.zeros((len(change), horizon + 1, *placed.shape[2:]))
    effect[:, 1:] = placed[1:] - placed[0]
    reference = np.repeat(states[start : start + horizon + 1][None, ..., :3].astype(np.float64), len(change), axis=0)
    return Rollout(reference + effect, reference, path[1:], np.repeat(path[:1], len(change), axis=0))


def joined(one: Rollout, other: Rollout) -> Rollout:
    """Put motions of one horizon one after the other."""
    return Rollout(
        *(
            np.concatenate([getattr(r, name) for r in (one, other)])
            for name in ("positions", "reference", "latent", "plain")
        )
    )
