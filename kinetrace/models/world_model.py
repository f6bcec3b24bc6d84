"""The world model: encoder, predictor over a time step, target encoder, decoder, and the reader of actions."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kinetrace.models.layers import Dropout, SkipNet, linear
from kinetrace.models.networks import TRAVEL, ActionReader, Decoder, Predictor
from kinetrace.models.pinn.state_encoder import PinnStateEncoder
from kinetrace.models.seed_arm import SeedPredictor, seed_decoder, seed_encoder
from schemas.pinn import PinnConfig
from schemas.world_model import Arm, Recipe

NO_COLUMNS = slice(0, 0)


@dataclass(frozen=True)
class PinnFront:
    """A PINN encoder in front of the world model.

    Attributes:
        config: Of the encoder.
        joints: Of the states.
        frozen: Whether it stays as it is.
    """

    config: PinnConfig
    joints: tuple[str, ...]
    frozen: bool


class WorldModel(nn.Module):
    """One model, or `models` of them with stacked weights, by the same code.

    The target encoder is never trained: it follows the encoder, or stays as it began.
    """

    def __init__(
        self,
        *,
        recipe: Recipe,
        arm: Arm,
        features: int,
        latent: int,
        hidden: int,
        dropout: float,
        fps: float,
        actions: int = 16,
        posed: slice = NO_COLUMNS,
        models: int | None = None,
        pinn: PinnFront | None = None,
    ) -> None:
        """Build fresh networks.

        Args:
            recipe: Whose networks.
            arm: The factors in force.
            features: Columns of x.
            latent: Columns of z.
            hidden: Width of hidden layers.
            dropout: Chance that a hidden column is dropped.
            fps: Anchors a second, for steps counted in frames.
            actions: Coefficients of an action.
            posed: Columns of x that are relative positions, whose change an action describes; velocities follow them.
                None: positions are in the world, and there are no actions.
            models: How many are stacked; None: one alone.
            pinn: What to put in front instead of a network over x; None: nothing.
        """
        super().__init__()
        make, columns = linear(models), posed.stop - posed.start
        self.inverse: nn.Module = nn.Identity()
        self.encoder: nn.Module
        self.predictor: nn.Module
        self.decoder: nn.Module
        if recipe == "seed":
            self.encoder = seed_encoder(features, hidden, latent, dropout, make)
            self.predictor = SeedPredictor(latent, hidden, dropout, fps, make)
            self.decoder = seed_decoder(features, hidden, latent, make)
        else:
            self.encoder = SkipNet(features, hidden, latent, make)
            if pinn is not None:
                self.encoder = PinnStateEncoder(pinn.config, pinn.joints, features, latent, pinn.frozen)
            self.predictor = Predictor(arm, latent, hidden, dropout, fps, actions if columns else 0, make)
            self.decoder = Decoder(features, hidden, latent, columns, posed.start, make, models)
            if columns:
                self.inverse = ActionReader(latent, hidden, actions, make, models)
        self.target_encoder = copy.deepcopy(self.encoder).requires_grad_(False)

    def features_ahead(
        self,
        x: Float[Tensor, "*n features"],
        z: Float[Tensor, "*n latent"],
        ahead: Float[Tensor, "*n latent"],
        dt_s: Float[Tensor, "*n"],
    ) -> Float[Tensor, "*n features"]:
        """Decode a latent `dt_s` seconds after a known state: D(ahead) + x - D(z), the last two carried on.

        The state's own latent after no time gives the state back exactly, whatever the decoder cannot express of it.

        Args:
            x: Standardised features of the state.
            z: Its latent.
            ahead: The latent after.
            dt_s: The time between [s].
        """
        left_out = x - self.decoder(z)
        if isinstance(self.decoder, Decoder):
            left_out = self.decoder.carry(left_out, z, dt_s)
        decoded: Tensor = self.decoder(ahead) + left_out
        return decoded

    def travel(
        self, z: Float[Tensor, "*n latent"], ahead: Float[Tensor, "*n latent"], dt_s: Float[Tensor, "*n"]
    ) -> Float[Tensor, "*n 3"]:
        """Give the root's way from one latent to another `dt_s` seconds later; none where places are in the world."""
        if isinstance(self.decoder, Decoder):
            return self.decoder.travel(z, ahead, dt_s)
        return z.new_zeros(*z.shape[:-1], TRAVEL)

    def trainable(self) -> list[nn.Parameter]:
        """Give the parameters that the optimiser moves, in a fixed order."""
        parts = (self.encoder, self.predictor, self.decoder, self.inverse)
        return [p for part in parts for p in part.parameters() if p.requires_grad]

    def dropouts(self) -> list[Dropout]:
        """Give the layers that draw while training, in a fixed order; the target encoder's never do."""
        parts = (self.encoder, self.predictor, self.decoder, self.inverse)
        return [m for part in parts for m in part.modules() if isinstance(m, Dropout) and m.p > 0.0]

    @torch.no_grad()
    def follow(self, decay: float) -> None:
        """Move the target encoder a little towards the encoder: target = decay target + (1 - decay) encoder."""
        torch._foreach_lerp_(list(self.target_encoder.parameters()), list(self.encoder.parameters()), 1 - decay)
