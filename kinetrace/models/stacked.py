"""Many models of one shape as one: weights stacked along a first axis, and taken apart again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from kinetrace.models.layers import StackedLinear
from kinetrace.models.pinn.state_encoder import PinnStateEncoder
from kinetrace.models.world_model import WorldModel
from schemas.errors import ComputeError

Builder = Callable[[int | None], WorldModel]


@torch.no_grad()
def stack(models: list[WorldModel], build: Builder) -> WorldModel:
    """Put models of one shape side by side.

    Args:
        models: One or more.
        build: Builds a model of that shape, for how many side by side.

    Returns:
        A model whose every weight holds all of theirs.
    """
    whole = build(len(models))
    parts = [dict(model.named_modules()) for model in models]
    for name, module in _parts(whole):
        alone = [modules[name] for modules in parts]
        if isinstance(module, PinnStateEncoder):
            if len(models) > 1:
                raise ComputeError(
                    where="world model", field="encoder", expected="one model at a time with encoder: pinn",
                    found=f"{len(models)} side by side", fix="Train them one after the other, or use `encoder: state`.",
                )  # fmt: skip
            module.load_state_dict(alone[0].state_dict())
            continue
        if isinstance(module, StackedLinear):
            module.weight.copy_(torch.stack([_weight(m).T for m in alone]))
            module.bias[..., : module.outputs].copy_(torch.stack([_bias(m)[None] for m in alone]))
        for key, buffer in module.named_buffers(recurse=False):
            if key in module.state_dict():
                buffer.copy_(torch.stack([m.get_buffer(key) for m in alone]))
    return whole


@torch.no_grad()
def unstack(whole: WorldModel, number: int, build: Builder) -> WorldModel:
    """Take one model out of a stack; its weights are copied.

    Args:
        whole: A stack.
        number: Which of them.
        build: Builds a model of that shape, for how many side by side.
    """
    alone = build(None)
    modules = dict(alone.named_modules())
    for name, module in _parts(whole):
        own = modules[name]
        if isinstance(module, PinnStateEncoder):
            own.load_state_dict(module.state_dict())
            continue
        if isinstance(module, StackedLinear):
            _weight(own).copy_(module.weight[number].T)
            _bias(own).copy_(module.bias[number, 0, : module.outputs])
        for key, buffer in module.named_buffers(recurse=False):
            if key in module.state_dict():
                own.get_buffer(key).copy_(buffer[number])
    return alone


def _parts(whole: WorldModel) -> Iterator[tuple[str, nn.Module]]:
    """Go through all modules, but not into those that are never stacked."""
    closed = tuple(f"{name}." for name, module in whole.named_modules() if isinstance(module, PinnStateEncoder))
    return ((name, module) for name, module in whole.named_modules() if not name.startswith(closed))


def _weight(module: nn.Module) -> Tensor:
    return module.get_parameter("weight")


def _bias(module: nn.Module) -> Tensor:
    return module.get_parameter("bias")
