"""Layers that exist once or M times over: with M, every weight has a leading axis and every batch has one too."""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

Maker = Callable[[int, int], nn.Module]


VECTOR = 16
"""Floats in the widest vector of a CPU."""


class StackedLinear(nn.Module):
    """M linear layers side by side: y[m] = x[m] w[m] + b[m], one call for all.

    Biases are filled up to whole vectors: the optimiser rounds the last numbers of an array, which do not fill one,
    otherwise than the rest, and in a stack they would lie elsewhere than alone.
    """

    def __init__(self, models: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(models, inputs, outputs))
        self.outputs = outputs
        self.bias = nn.Parameter(torch.zeros(models, 1, -(-outputs // VECTOR) * VECTOR))

    def forward(self, x: Float[Tensor, "models batch inputs"]) -> Float[Tensor, "models batch outputs"]:
        """Apply every layer to its own batch."""
        bias = self.bias if self.bias.shape[-1] == self.outputs else self.bias[..., : self.outputs]
        return torch.baddbmm(bias, x, self.weight)


class Dropout(nn.Module):
    """Dropout whose choice can be made beforehand, so that equal draws give equal steps wherever they are taken."""

    keep: Float[Tensor, "*batch columns"] | None

    def __init__(self, p: float, columns: int) -> None:
        super().__init__()
        self.p, self.columns, self.keep = p, columns, None

    def forward(self, x: Float[Tensor, "*batch columns"]) -> Float[Tensor, "*batch columns"]:
        """Drop columns while training; `keep` holds 0 or 1 / (1 - p) where the choice has been made."""
        if not self.training or self.p == 0.0:
            return x
        return functional.dropout(x, self.p) if self.keep is None else x * self.keep


def linear(models: int | None) -> Maker:
    """Give the maker of linear layers: torch's own for one model, stacked ones for `models` of them."""
    if models is None:
        return nn.Linear

    def stacked(inputs: int, outputs: int) -> nn.Module:
        return StackedLinear(models, inputs, outputs)

    return stacked


class SkipNet(nn.Module):
    """A linear map plus a network of one hidden layer that begins at zero: what is linear stays exactly linear."""

    def __init__(self, inputs: int, hidden: int, outputs: int, make: Maker) -> None:
        super().__init__()
        self.line = make(inputs, outputs)
        self.first, self.last = make(inputs, hidden), make(hidden, outputs)
        zero(self.last)

    def forward(self, x: Float[Tensor, "*batch inputs"]) -> Float[Tensor, "*batch outputs"]:
        """Apply both and add them."""
        y: Tensor = self.line(x) + self.last(functional.gelu(self.first(x)))
        return y


def zero(layer: nn.Module) -> None:
    """Let a layer give nothing until it has been trained."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
