"""The PINN encoder in front of a world model: one causal state in, tokens of its recent past, a latent out.

A state holds position, velocity and acceleration of now. The encoder looks at clips; so the last tenth of a second is laid
out from the state (p - v s + a s² / 2), and the tokens of its last frame are read. Nothing but the state is used: what is
planned or decoded can be encoded as well as what was recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kinetrace.models.features import ROOT, ROOT_COLUMNS, HeadingFeatures
from kinetrace.models.pinn.encoder import PinnEncoder
from kinetrace.models.pinn.features import window_features
from kinetrace.models.pinn.joints import JOINTS
from kinetrace.models.standardiser import Standardiser
from schemas.pinn import PinnConfig

FRAMES: Final = 4
"""Of the laid-out past, at 30 Hz a tenth of a second: as far as a state tells of it."""
RATE_HZ: Final = 30.0


class PinnStateEncoder(nn.Module):
    """x -> last tenth of a second -> tokens of the 17 joints -> linear map -> z; one model only, never a stack.

    Frozen, the tokens are taken as they are; else the PINN encoder learns with the rest.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, config: PinnConfig, joints: Sequence[str], columns: int, latent: int, frozen: bool) -> None:
        """Build.

        Args:
            config: Of the PINN encoder.
            joints: Of the states.
            columns: Of x, features in the heading frame.
            latent: Columns of z.
            frozen: Whether the PINN encoder stays as it is.
        """
        super().__init__()
        self.view, self.frozen = HeadingFeatures(tuple(joints)), frozen
        self.pinn = PinnEncoder(config)
        self.register_buffer("mean", torch.zeros(columns))
        self.register_buffer("scale", torch.ones(columns))
        self.line = nn.Linear(len(JOINTS) * config.params.width, latent)
        self.norm = nn.LayerNorm(len(JOINTS) * config.params.width, elementwise_affine=False)
        if frozen:
            self.pinn.requires_grad_(False)

    @torch.no_grad()
    def begin(self, weights: PinnEncoder, standardiser: Standardiser) -> None:
        """Take trained weights, and the units of x.

        Args:
            weights: A trained encoder of the same configuration.
            standardiser: Of the columns of x.
        """
        self.pinn.load_state_dict(weights.state_dict())
        self.mean.copy_(standardiser.mean)
        self.scale.copy_(standardiser.scale)

    def forward(self, x: Float[Tensor, "*n features"]) -> Float[Tensor, "*n latent"]:
        """Encode standardised features."""
        flat = x.reshape(-1, x.shape[-1]) * self.scale + self.mean
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):
            tokens = self._tokens(flat)
        z: Tensor = self.line(self.norm(tokens).reshape(*x.shape[:-1], -1))
        return z

    def _tokens(self, x: Float[Tensor, "n features"]) -> Float[Tensor, "n tokens"]:
        n, joints = len(x), self.view.joints
        rest = len(self.view.others)
        p, v, a = x[:, ROOT_COLUMNS:].reshape(n, 3, rest, 3).unbind(1)
        flat = torch.zeros_like(x[:, :1])
        root = (torch.cat((flat, x[:, :1], flat), dim=1), x[:, 1:4], x[:, 5:8])
        back = (torch.arange(FRAMES, device=x.device) - (FRAMES - 1)) / RATE_HZ

        def path(place: Tensor, speed: Tensor, push: Tensor) -> Tensor:
            t = back.view(1, -1, *(1,) * (place.dim() - 1))
            return place[:, None] + speed[:, None] * t + push[:, None] * t.square() / 2

        way = path(*root)[:, :, None]
        limbs = path(p, v, a) + way
        window, seen = x.new_zeros(n, FRAMES, len(JOINTS), 3), torch.zeros(len(JOINTS), dtype=torch.bool)
        for column, joint in enumerate(JOINTS):
            if joint == ROOT:
                window[:, :, column] = way[:, :, 0]
            elif joint in joints:
                window[:, :, column] = limbs[:, :, self.view.others.index(joints.index(joint))]
            seen[column] = joint in joints
        present = seen.to(x.device).expand(n, FRAMES, -1)
        return window_features(self.pinn, window, present, x.new_full((n,), RATE_HZ), "joints")
