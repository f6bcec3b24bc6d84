"""Rollouts: what the world model says a change of the latent does to the recorded motion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Int

from schemas.errors import ComputeError

BLEND_S: Final = 0.3
"""Over this time the change grows from nothing: a 5 cm change then adds 3 m/s2, little beside a step's own 30-60."""


@runtime_checkable
class LatentModel(Protocol):
    """What planning needs of a world model; `kinetrace.models.inference.LoadedModel` is one."""

    @property
    def joints(self) -> tuple[str, ...]:
        """The joints of every state."""

    @property
    def fps(self) -> float:
        """Anchors a second."""

    @property
    def actions(self) -> int:
        """Coefficients of an action; 0: it knows none."""

    @property
    def latent_std(self) -> Float[np.ndarray, "latent"]:
        """Spread of the training latents."""

    def encode(self, states: Float[np.ndarray, "anchors joints 9"]) -> Float[np.ndarray, "anchors latent"]:
        """Give the latents of states."""

    def predict(
        self,
        z: Float[np.ndarray, "n latent"],
        dt_s: Float[np.ndarray, "n"],
        action: Float[np.ndarray, "n actions"] | None = None,
    ) -> Float[np.ndarray, "n latent"]:
        """Give the latents `dt_s` later, of a person who does what `action` says; None: whatever is most likely."""

    def action_between(
        self, states: Float[np.ndarray, "n joints 9"], ahead: Float[np.ndarray, "n joints 9"]
    ) -> Float[np.ndarray, "n actions"]:
        """Give the action whose change of pose leads from one state to another."""

    def decode_path(
        self,
        path: Float[np.ndarray, "n steps latent"],
        z_anchor: Float[np.ndarray, "n latent"],
        anchor_states: Float[np.ndarray, "n joints 9"],
        step_s: float,
    ) -> Float[np.ndarray, "n steps joints 3"]:
        """Place latents in the world."""

    def reencoding_gap(
        self,
        z: Float[np.ndarray, "n latent"],
        z_anchor: Float[np.ndarray, "n latent"],
        anchor_states: Float[np.ndarray, "n joints 9"],
    ) -> Float[np.ndarray, "n"]:
        """Say how far latents are from any that a pose could have."""


@dataclass(frozen=True)
class Rollout:
    """Motions of one horizon; step 0 is the recorded pose.

    Attributes:
        positions: Aligned world frame [m].
        reference: The recorded motion of the same anchors [m].
        latent: The changed latent at step 0, its predictions after.
        plain: The same without the change.
    """

    positions: Float[np.ndarray, "variants steps joints 3"]
    reference: Float[np.ndarray, "variants steps joints 3"]
    latent: Float[np.ndarray, "variants steps latent"]
    plain: Float[np.ndarray, "variants steps latent"]

    @property
    def recorded_latent(self) -> Float[np.ndarray, "variants latent"]:
        """The unchanged latent of step 0."""
        return self.plain[:, 0]

    @property
    def latent_change(self) -> Float[np.ndarray, "variants"]:
        """RMS over the steps of the distance between changed and unchanged latents."""
        apart = np.sum((self.latent.astype(np.float64) - self.plain) ** 2, axis=2)
        return np.asarray(np.sqrt(apart.mean(axis=1)))

    @property
    def mean_change_m(self) -> Float[np.ndarray, "variants"]:
        """Mean distance of planned from recorded joints [m]."""
        return np.asarray(np.linalg.norm(self.positions - self.reference, axis=3).mean(axis=(1, 2)))


def roll_out(
    model: LatentModel,
    states: Float[np.ndarray, "anchors joints 9"],
    starts: Int[np.ndarray, "variants"],
    change: Float[np.ndarray, "variants latent"],
    horizon: int,
) -> Rollout:
    """Change the latent at the start of each window and add what that does, by the model, to the recorded motion.

    p(s) = recorded(s) + b(s) [D(P(z + change, s)) - D(P(z, s))] with P the predictor, D the decoder and b rising from 0
    to 1 over `BLEND_S`. The model's forecast error is in both terms and drops out: no change gives back the recording.

    Args:
        model: The world model.
        states: Causal states, aligned world frame.
        starts: Anchor of step 0 of each window.
        change: What is added to the latent there.
        horizon: Steps after step 0.

    Returns:
        The motions with their latents.

    Raises:
        ComputeError: The model gives a number that is not finite.
    """
    z = model.encode(states[starts])
    plain, latent = _forecast(model, z, horizon), _forecast(model, z + change.astype(z.dtype), horizon)
    step_s = 1.0 / model.fps
    decoded = [model.decode_path(path[:, 1:], z, states[starts], step_s) for path in (latent, plain)]
    effect = np.zeros((len(starts), horizon + 1, *states.shape[1:2], 3))
    effect[:, 1:] = decoded[0].astype(np.float64) - decoded[1]
    if not np.isfinite(effect).all():
        raise ComputeError(
            where="planning", field="world model", expected="finite predictions", found="NaN or infinity",
            fix="Train again with a smaller `world_model.learning_rate`.",
        )  # fmt: skip
    reference = states[starts[:, None] + np.arange(horizon + 1)][..., :3].astype(np.float64)
    return Rollout(reference + blend(horizon, model.fps)[:, None, None] * effect, reference, latent, plain)


def reencoding_gaps(
    model: LatentModel,
    anchor_states: Float[np.ndarray, "variants joints 9"],
    latent: Float[np.ndarray, "variants steps latent"],
    recorded_latent: Float[np.ndarray, "variants latent"],
) -> Float[np.ndarray, "variants steps"]:
    """Ask the model of every step's latent how far it is from one that a pose could have."""
    variants, steps = latent.shape[:2]
    anchors, recorded = (np.repeat(rows, steps, axis=0) for rows in (anchor_states, recorded_latent))
    gap = model.reencoding_gap(latent.reshape(variants * steps, -1), recorded, anchors)
    return np.asarray(gap, dtype=np.float64).reshape(variants, steps)


def blend(horizon: int, fps: float) -> Float[np.ndarray, "steps"]:
    """Give a quintic rise from 0 to 1 over `blend_steps`: position, speed and acceleration begin at the recorded ones."""
    t = np.clip(np.arange(horizon + 1) / blend_steps(horizon, fps), 0.0, 1.0)
    rise: Float[np.ndarray, "steps"] = t**3 * (10.0 - 15.0 * t + 6.0 * t**2)
    return rise


def blend_steps(horizon: int, fps: float) -> int:
    """Give the number of steps until a change is fully there: `BLEND_S`, at most half the horizon, at least one."""
    return max(1, min(round(BLEND_S * fps), horizon // 2))


def _forecast(
    model: LatentModel, z: Float[np.ndarray, "variants latent"], horizon: int
) -> Float[np.ndarray, "variants steps latent"]:
    """Predict every step straight from step 0."""
    ahead = np.repeat(z, horizon, axis=0)
    dt = np.tile(np.arange(1, horizon + 1, dtype=np.float32) / np.float32(model.fps), len(z))
    return np.concatenate((z[:, None], model.predict(ahead, dt).reshape(len(z), horizon, -1)), axis=1)
