"""The way back from tokens to motion: a correction of the positions, from which everything else follows."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn

from kinetrace.models.pinn.stencils import differentiate


class ResidualHead(nn.Module):
    """p̂ = p + reach · W token, and v̂, â, ĵ are the finite differences of p̂: they cannot disagree with it.

    W starts at zero: an untrained encoder gives its input back.
    """

    def __init__(self, width: int, reach: float) -> None:
        super().__init__()
        self.reach = reach
        self.linear = nn.Linear(width, 3)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(
        self,
        tokens: Float[Tensor, "batch frames joints width"],
        state: Float[Tensor, "batch frames joints 12"],
        fps: Float[Tensor, "batch"],
    ) -> Float[Tensor, "batch frames joints 12"]:
        """Correct the positions and differentiate them at the clips' own frame rates."""
        return differentiate(state[..., :3] + self.reach * self.linear(tokens), fps)
