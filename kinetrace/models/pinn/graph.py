"""Mixing over the skeleton: every joint hears its neighbours, and whoever else training finds worth hearing."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from kinetrace.models.pinn.adjacency import normalised_adjacency
from kinetrace.models.pinn.joints import JOINTS, TREE


class GraphMix(nn.Module):
    """x + W₂ GELU(W₀ y + W₁ (Â + L) y), y = LayerNorm(x); Â is the normalised skeleton, L learned, a matrix a head.

    L starts at zero, so that training begins with the skeleton alone.
    """

    skeleton: Tensor

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.register_buffer("skeleton", normalised_adjacency(len(JOINTS), TREE), persistent=False)
        self.learned = nn.Parameter(torch.zeros(heads, len(JOINTS), len(JOINTS)))
        self.norm = nn.LayerNorm(width)
        self.own = nn.Linear(width, width)
        self.heard = nn.Linear(width, width, bias=False)
        self.out = nn.Linear(width, width)

    def forward(self, x: Float[Tensor, "batch frames joints width"]) -> Float[Tensor, "batch frames joints width"]:
        """Mix the joints of every frame on its own."""
        y = self.norm(x)
        by_head = self.heard(y).unflatten(-1, (self.heads, -1))
        heard = torch.einsum("hij,btjhw->btihw", self.skeleton + self.learned, by_head).flatten(-2)
        mixed: Tensor = x + self.out(functional.gelu(self.own(y) + heard))
        return mixed
