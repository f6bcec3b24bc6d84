"""The default recipe's networks: predictor over a time step, decoder, and the reader of actions."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from kinetrace.models.layers import Dropout, Maker, SkipNet, zero
from kinetrace.models.pose_angles import ANGLES
from kinetrace.models.step_embedding import StepEmbedding, gate
from schemas.world_model import Arm

TRAVEL = 3
"""Forward and right [m] and turn [rad]: where the root is in the frame it left."""


ACTS_S = 0.01
"""Step at which half of an action is done [s]: a frame's step does what it says, no step nothing."""

INERTIA_S = 0.15
"""Time constant of a velocity that nothing keeps up [s]: near the best of damped velocities on all sources."""


class Predictor(nn.Module):
    """Residual: z + g(dt) (A z + f(z, dt, action)); absolute: A z + f(z, dt, action).

    g is 0 for no step, so the residual one then is the identity, whatever its weights; A and f begin at zero, so it
    starts from copying the latent.
    """

    def __init__(
        self, arm: Arm, latent: int, hidden: int, dropout: float, fps: float, actions: int, make: Maker
    ) -> None:
        super().__init__()
        self.residual, self.actions = arm.target == "residual", actions
        self.step = StepEmbedding(arm.delta, fps)
        self.line = make(latent, latent)
        self.first = make(latent + self.step.columns + actions + 1, hidden)
        self.second, self.last = make(hidden, hidden), make(hidden, latent)
        self.drop_first, self.drop_second = Dropout(dropout, hidden), Dropout(dropout, hidden)
        self.effect = SkipNet(latent + actions, hidden, latent, make) if actions else None
        if self.residual:
            zero(self.line)
            zero(self.last)

    def forward(
        self,
        z: Float[Tensor, "*n latent"],
        dt_s: Float[Tensor, "*n"],
        action: Float[Tensor, "*n known_actions"] | None = None,
    ) -> Float[Tensor, "*n latent"]:
        """Predict the latent `dt_s` seconds ahead.

        Args:
            z: Latents now.
            dt_s: Steps [s].
            action: Coefficients of the change and, last, 1 where one is given and 0 where none is; None: none is.
        """
        told = action
        if action is None:
            action = z.new_zeros(*z.shape[:-1], self.actions + 1)
        hidden = functional.gelu(self.first(torch.cat((z, self.step(dt_s), action), dim=-1)))
        hidden = hidden + functional.gelu(self.second(self.drop_first(hidden)))
        change: Tensor = self.line(z) + self.last(self.drop_second(hidden))
        ahead: Tensor = z + gate(dt_s) * change if self.residual else change
        if told is None or self.effect is None:
            return ahead
        done: Tensor = self.effect(torch.cat((z, told[..., :-1]), dim=-1))
        return ahead + told[..., -1:] * gate(dt_s, ACTS_S) * done


class Decoder(nn.Module):
    """Latent to features, where the root went between two latents, and what becomes of all that a latent leaves out.

    What the latent leaves out of a state keeps its place and, as far as `trust` says, its velocity: on clean recordings
    that is motion, on noisy ones it is noise.
    """

    ratio: Tensor

    def __init__(
        self, features: int, hidden: int, latent: int, posed: int, begin: int, make: Maker, models: int | None
    ) -> None:
        super().__init__()
        self.place = slice(begin, begin + posed)
        self.speed = slice(begin + posed, begin + 2 * posed)
        self.pose = SkipNet(latent, hidden, features, make)
        self.register_buffer("ratio", torch.ones(*(() if models is None else (models,)), 1, posed))
        self.way = SkipNet(2 * latent + 1, hidden, TRAVEL, make) if posed else None
        self.trust = make(latent, posed) if posed else None
        if self.way is not None:
            zero(self.way.line)

    def forward(self, z: Float[Tensor, "*n latent"]) -> Float[Tensor, "*n features"]:
        """Give standardised features."""
        x: Tensor = self.pose(z)
        return x

    def carry(
        self, left_out: Float[Tensor, "*n features"], z: Float[Tensor, "*n latent"], dt_s: Float[Tensor, "*n"]
    ) -> Float[Tensor, "*n features"]:
        """Move what the latent leaves out of a state on by its own velocity, which dies away in 0.15 s.

        Args:
            left_out: Standardised features less what their latent decodes to.
            z: The latent.
            dt_s: How long after [s].
        """
        if self.trust is None:
            return left_out
        dt = dt_s[..., None]
        glide = INERTIA_S * (1 - torch.exp(-dt / INERTIA_S)) * self.ratio * torch.sigmoid(self.trust(z))
        moved = left_out[..., self.place] + glide * left_out[..., self.speed]
        return torch.cat((left_out[..., : self.place.start], moved, left_out[..., self.place.stop :]), dim=-1)

    def travel(
        self, z: Float[Tensor, "*n latent"], ahead: Float[Tensor, "*n latent"], dt_s: Float[Tensor, "*n"]
    ) -> Float[Tensor, "*n 3"]:
        """Give the root's way from one latent to another `dt_s` later: nothing for no step.

        Args:
            z: Latents where the way begins.
            ahead: Latents where it ends.
            dt_s: Time between them [s].
        """
        if self.way is None:
            return z.new_zeros(*z.shape[:-1], TRAVEL)
        g = gate(dt_s)
        way: Tensor = self.way(torch.cat((z, ahead, g), dim=-1))
        return g * way


class ActionReader(nn.Module):
    """Inverse dynamics: the action that leads from one latent to another; and the basis that actions are written in."""

    basis: Tensor

    def __init__(self, latent: int, hidden: int, actions: int, make: Maker, models: int | None) -> None:
        super().__init__()
        self.register_buffer("basis", torch.zeros(*(() if models is None else (models,)), ANGLES, actions))
        self.net = SkipNet(2 * latent, hidden, actions, make)

    def forward(self, z: Float[Tensor, "*n latent"], ahead: Float[Tensor, "*n latent"]) -> Float[Tensor, "*n actions"]:
        """Guess the coefficients of the change between two latents."""
        a: Tensor = self.net(torch.cat((z, ahead), dim=-1))
        return a

    def coefficients(self, change: Float[Tensor, "*n angles"]) -> Float[Tensor, "*n actions"]:
        """Give the coefficients of a change of the pose's angles [rad]."""
        return change @ self.basis
