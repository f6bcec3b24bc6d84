"""The seed's training step on a CPU, written out by hand: the same sums as `Step`, without a graph to build and walk.

Networks this small spend most of a step on being looked at by autograd. All weights lie in one array, a row a model, so
that the optimiser moves them in one call; every buffer is made once. A model in a stack gets the bits it gets alone: each
matrix product is one call a model in a batched call, everything else goes number by number over rows of whole vectors.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kinetrace.models.layers import VECTOR, Dropout, StackedLinear
from kinetrace.models.seed_arm import SeedPredictor
from kinetrace.models.world_model import WorldModel
from kinetrace.training.world_model.draws import CHUNK, Draws
from kinetrace.training.world_model.step import Resident, stacked_draws


@dataclass(frozen=True)
class _Linear:
    """Weights and biases of one layer and where their slopes go, as views of the flat arrays."""

    weight: Tensor
    bias: Tensor
    weight_slope: Tensor
    bias_slope: Tensor

    def __call__(self, x: Tensor, out: Tensor) -> Tensor:
        return torch.baddbmm(self.bias, x, self.weight, out=out)

    def slopes(self, x: Tensor, down: Tensor) -> None:
        """Write the slopes of weights and biases, from the input and the slope of the output."""
        torch.bmm(x.transpose(1, 2), down, out=self.weight_slope)
        torch.sum(down, dim=1, keepdim=True, out=self.bias_slope)

    def back(self, down: Tensor, rows: int | None = None) -> Tensor:
        """Give the slope of the input, or of its first columns."""
        weight = self.weight if rows is None else self.weight[:, :rows]
        return torch.bmm(down, weight.transpose(1, 2))


class SeedStep:
    """Takes steps of stacked models of the seed's recipe, as `Step` does.

    Attributes:
        losses: Loss of every step of the chunk and every model.
        optimiser: Of all weights at once.
        dropouts: Layers that draw.
    """

    def __init__(self, model: WorldModel, data: Resident, rate: float, ema: float, probe: bool) -> None:
        """Move the weights into one array; the model's parameters become views of it.

        Args:
            model: Stacked networks of the seed's recipe, on the CPU.
            data: Their tables.
            rate: Learning rate.
            ema: Decay of the target encoder.
            probe: Whether the decoder is trained beside it.
        """
        self.model, self.data, self.ema, self.probe = model, data, ema, probe
        self.dropouts = model.dropouts()
        self.losses = torch.zeros(CHUNK, len(data.x))
        self.offset = (torch.arange(len(data.x)) * data.x.shape[1])[:, None]
        self.rows = data.x.reshape(-1, data.x.shape[2])
        self.draws: Draws | None = None
        predictor = model.predictor
        if not isinstance(predictor, SeedPredictor):
            raise TypeError("the seed's step needs the seed's networks")
        self.fps = predictor.fps
        parts: list[nn.Module] = [model.encoder, predictor, *([model.decoder] if probe else [])]
        layers = [layer for part in parts for layer in part.modules() if isinstance(layer, StackedLinear)]
        target = [layer for layer in model.target_encoder.modules() if isinstance(layer, StackedLinear)]
        flat, places = _flatten(layers)
        self.flat = nn.Parameter(flat)
        self.flat.grad = torch.zeros_like(flat)
        self.target_flat, target_places = _flatten(target)
        self.shared = self.target_flat.shape[1]
        self.layers = [_linear(layer, flat, self.flat.grad, at) for layer, at in zip(layers, places, strict=True)]
        self.target = [
            _linear(layer, self.target_flat, self.target_flat, at)
            for layer, at in zip(target, target_places, strict=True)
        ]
        self.optimiser = torch.optim.AdamW([self.flat], lr=rate, fused=True)
        self._buffers: dict[str, Tensor] = {}

    def load(self, draws: list[Draws]) -> None:
        """Take the draws of a chunk, one of each model."""
        self.draws = stacked_draws(draws)

    @torch.no_grad()
    def __call__(self, row: int) -> None:
        """Take the step that the draws hold at `row`."""
        if self.draws is None:
            raise RuntimeError("a step before its draws")
        start, horizon = self.draws.start[row], self.draws.horizon[row]
        keep = [mask[row] for mask in self.draws.keep]
        x, ahead = self._gather("x", start), self._gather("ahead", start + horizon)
        first, second, third, last = self.layers[:4]
        hidden = self._hidden(first, x, "hidden", keep[0] if keep else None)
        z = second(hidden, self._buffer("z", x, second))
        inputs = self._inputs(z, horizon)
        inner = self._hidden(third, inputs, "inner", keep[1] if keep else None)
        off = last(inner, self._buffer("forecast", x, last))
        guess = off.clone() if self.probe else off
        kept = self._hidden(self.target[0], ahead, "kept", None)
        off.sub_(self.target[1](kept, self._buffer("target", x, second)))
        loss = off.square().mean(dim=-1).mean(dim=-1)
        down = off.mul_(2 / (off.shape[1] * off.shape[2]))
        last.slopes(inner, down)
        below = self._through(last.back(down), inner, self._scale(1))
        third.slopes(inputs, below)
        down = third.back(below, z.shape[2])
        second.slopes(hidden, down)
        first.slopes(x, self._through(second.back(down), hidden, self._scale(0)))
        if self.probe:
            loss = loss + self._probed(z, guess, x, ahead)
        self.losses[row] = loss
        self.optimiser.step()
        self.target_flat.lerp_(self.flat[:, : self.shared], 1 - self.ema)

    def _probed(self, z: Tensor, guess: Tensor, x: Tensor, ahead: Tensor) -> Tensor:
        """Let the decoder learn from latents that are cut off from the rest."""
        first, last = self.layers[4:]
        latents, wanted = torch.cat((z, guess), dim=1), torch.cat((x, ahead), dim=1)
        hidden = self._hidden(first, latents, "decoded", None)
        off = last(hidden, self._buffer("features", latents, last)).sub_(wanted)
        loss = 2 * off.square().mean(dim=-1).mean(dim=-1)
        down = off.mul_(4 / (off.shape[1] * off.shape[2]))
        last.slopes(hidden, down)
        first.slopes(latents, self._through(last.back(down), hidden, 1.0))
        return loss

    def _hidden(self, layer: _Linear, x: Tensor, name: str, keep: Tensor | None) -> Tensor:
        out = layer(x, self._buffer(name, x, layer)).relu_()
        return out if keep is None else out.mul_(keep)

    def _through(self, down: Tensor, hidden: Tensor, scale: float) -> Tensor:
        """Bring a slope back through dropout and ReLU: what was dropped or cut off is 0 in the hidden columns themselves."""
        down = torch.ops.aten.threshold_backward(down, hidden, 0.0)
        return down if scale == 1.0 else down.mul_(scale)

    def _scale(self, layer: int) -> float:
        dropout: list[Dropout] = self.dropouts
        return 1 / (1 - dropout[layer].p) if dropout else 1.0

    def _gather(self, name: str, rows: Tensor) -> Tensor:
        flat = (rows + self.offset).flatten()
        out = self._buffers.setdefault(name, torch.empty(len(flat), self.rows.shape[1]))
        return torch.index_select(self.rows, 0, flat, out=out).view(*rows.shape, -1)

    def _inputs(self, z: Tensor, horizon: Tensor) -> Tensor:
        out = self._buffers.setdefault("inputs", torch.empty(*z.shape[:2], z.shape[2] + 1))
        out[..., :-1] = z
        out[..., -1] = horizon * self.data.step_s * self.fps
        return out

    def _buffer(self, name: str, x: Tensor, layer: _Linear) -> Tensor:
        shape = (*x.shape[:2], layer.weight.shape[2])
        if name not in self._buffers:
            self._buffers[name] = torch.empty(shape)
        return self._buffers[name]


def _flatten(layers: list[StackedLinear]) -> tuple[Tensor, list[tuple[int, int]]]:
    """Put all weights of a model into one row, each filled up to whole vectors; the parameters become views of it."""
    places, at = [], 0
    for layer in layers:
        place = []
        for parameter in (layer.weight, layer.bias):
            place.append(at)
            at += -(-parameter[0].numel() // VECTOR) * VECTOR
        places.append((place[0], place[1]))
    flat = torch.zeros(len(layers[0].weight), at)
    for layer, begins in zip(layers, places, strict=True):
        for parameter, begin in zip((layer.weight, layer.bias), begins, strict=True):
            view = _view(flat, begin, parameter.shape)
            view.copy_(parameter.detach())
            parameter.data = view
    return flat, places


def _linear(layer: StackedLinear, flat: Tensor, slopes: Tensor, at: tuple[int, int]) -> _Linear:
    weight, bias = (_view(flat, begin, p.shape) for begin, p in zip(at, (layer.weight, layer.bias), strict=True))
    down, lower = (_view(slopes, begin, p.shape) for begin, p in zip(at, (layer.weight, layer.bias), strict=True))
    return _Linear(weight, bias[..., : layer.outputs], down, lower[..., : layer.outputs])


def _view(flat: Tensor, begin: int, shape: torch.Size) -> Tensor:
    return flat[:, begin : begin + shape[1] * shape[2]].view(shape)
