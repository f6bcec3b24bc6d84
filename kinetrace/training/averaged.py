"""Training by AdamW with a running mean of the weights: one loop and one checkpoint for every network that is trained so.

Step k draws what it needs from the seed and k alone. So no generator is kept, and on one CPU thread the weights are the same
bits however often the training was interrupted.
"""

from __future__ import annotations

import copy
import io
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

import torch
from pydantic import ValidationError
from torch import Tensor, nn

from kinetrace.models.determinism import reproducible
from kinetrace.training.resumed import (
    another_training,
    moments_of,
    plain_tensors,
    read_archive,
    refusal,
    restore_moments,
)
from schemas.cmu_prediction import PredictionParams
from schemas.corrector import CorrectorParams
from schemas.errors import ComputeError
from schemas.lifter import LifterParams

RISE: Final = 200
"""Steps over which the learning rate rises."""
LEAST: Final = 0.01
"""Share of the learning rate that is left at the end of the half cosine down which it falls."""
LARGEST_GRADIENT: Final = 1.0
KEYS: Final = frozenset({"network", "average", "optimiser", "params", "features", "data_sha256", "step", "losses"})

Network = TypeVar("Network", bound=nn.Module)
Params = TypeVar("Params", LifterParams, CorrectorParams, PredictionParams)


@dataclass(frozen=True)
class Recipe(Generic[Network, Params]):
    """What is particular to a network that is trained here.

    Attributes:
        name: For messages.
        params: Model of its parameters.
        with_weights: Builds the network from tensors; refuses those of another.
        second_moment: AdamW's second beta.
        features: Name of its table of inputs; a checkpoint of another one is refused.
    """

    name: str
    params: type[Params]
    with_weights: Callable[[dict[str, Tensor], Params], Network]
    second_moment: float
    features: str = ""


@dataclass
class Progress(Generic[Network, Params]):
    """How far a training has come.

    Attributes:
        recipe: What is trained.
        network: As it is trained.
        average: The same network with weights averaged over the last steps: what is used in the end.
        optimiser: Over the weights of `network`.
        params: By which it is trained.
        data_sha256: Digest of what it is trained on.
        step: Steps done.
        losses: What every step done reported.
    """

    recipe: Recipe[Network, Params]
    network: Network
    average: Network
    optimiser: torch.optim.AdamW
    params: Params
    data_sha256: str
    step: int
    losses: list[float]


def begin(
    recipe: Recipe[Network, Params], network: Network, params: Params, data_sha256: str
) -> Progress[Network, Params]:
    """Give a training that has not begun.

    Args:
        recipe: What is trained.
        network: With the weights it begins with, on its device.
        params: By which it will be trained.
        data_sha256: Digest of what it will be trained on.
    """
    optimiser = _optimiser(recipe, network, params)
    return Progress(recipe, network, copy.deepcopy(network).eval(), optimiser, params, data_sha256, 0, [])


def go_on(
    progress: Progress[Network, Params] | None,
    start: Callable[[], Progress[Network, Params]],
    params: Params,
    data_sha256: str,
    do_step: Callable[[Progress[Network, Params], int], float],
    steps: Callable[[Iterable[int]], Iterable[int]],
    keep: Callable[[Progress[Network, Params]], None],
    keep_every: int,
    device: str = "cpu",
) -> Progress[Network, Params]:
    """Train from the start, or from where a training stopped.

    Args:
        progress: An interrupted training, on the device.
        start: Makes one that has not begun; called with the seed set.
        params: By which it is to be trained.
        data_sha256: Digest of what is drawn from.
        do_step: Does step k and gives what is written down of it.
        steps: Wraps the step numbers, for a progress bar.
        keep: Is handed the training every `keep_every` steps and at the end.
        keep_every: Steps.
        device: `cpu` or `cuda`.

    Raises:
        ArtifactError: The interrupted training had other parameters or other data.
    """
    with reproducible(params.seed, device):
        if progress is None:
            progress = start()
        elif (progress.params, progress.data_sha256) != (params, data_sha256):
            raise another_training(progress.params, params)
        progress.network.train()
        for step in steps(range(progress.step, params.steps)):
            for group in progress.optimiser.param_groups:
                group["lr"] = params.learning_rate * schedule(step, params.steps)
            progress.losses.append(do_step(progress, step))
            progress.step = step + 1
            if progress.step % keep_every == 0 and progress.step < params.steps:
                keep(progress)
    keep(progress)
    return progress


def finite(loss: float, progress: Progress[Network, Params], step: int) -> float:
    """Give a loss back.

    Raises:
        ComputeError: It is not finite.
    """
    if not math.isfinite(loss):
        raise ComputeError(
            where=f"{progress.recipe.name} training", field="loss", expected="a finite loss",
            found=f"{loss} at step {step}", fix=f"Lower the learning rate, now {progress.params.learning_rate:g}.",
        )  # fmt: skip
    return loss


def descend(progress: Progress[Network, Params], step: int, kept: float) -> None:
    """Move the weights along their gradients, and their running mean along with them.

    Args:
        progress: With gradients.
        step: The first ones count for more in the mean, or it would remember how it began.
        kept: Share of the mean that a step leaves.
    """
    torch.nn.utils.clip_grad_norm_(progress.network.parameters(), LARGEST_GRADIENT)
    progress.optimiser.step()
    kept = min(kept, (step + 1) / (step + 10))
    with torch.no_grad():
        for mean, now in zip(progress.average.parameters(), progress.network.parameters(), strict=True):
            mean.lerp_(now, 1.0 - kept)


def schedule(step: int, steps: int) -> float:
    """Give the learning rate at a step as a share of the largest: a linear rise, times half a cosine."""
    fall = 0.5 * (1.0 + math.cos(math.pi * step / steps))
    return min(1.0, (step + 1) / RISE) * (LEAST + (1.0 - LEAST) * fall)


def to_bytes(progress: Progress[Network, Params]) -> bytes:
    """Write a training as it stands."""
    buffer = io.BytesIO()
    torch.save(
        {
            "network": plain_tensors(progress.network.state_dict().items()),
            "average": plain_tensors(progress.average.state_dict().items()),
            "optimiser": moments_of(progress.optimiser),
            "params": progress.params.model_dump_json(),
            "features": progress.recipe.features,
            "data_sha256": progress.data_sha256,
            "step": progress.step,
            "losses": torch.tensor(progress.losses, dtype=torch.float64),
        },
        buffer,
    )
    return buffer.getvalue()


def from_file(recipe: Recipe[Network, Params], path: Path, device: str = "cpu") -> Progress[Network, Params]:
    """Read a training that was interrupted.

    Raises:
        ArtifactError: Not such a file, of another table of inputs, or weights that do not fit.
    """
    refuse = refusal(path)
    found = read_archive(path, KEYS, refuse)
    if found["features"] != recipe.features:
        raise refuse("features", recipe.features, str(found["features"])[:120])
    try:
        params = recipe.params.model_validate_json(found["params"])
        network, average = (recipe.with_weights(dict(found[p]), params).to(device) for p in ("network", "average"))
        step, losses = int(found["step"]), found["losses"].tolist()
    except (ValidationError, TypeError, ValueError, AttributeError) as error:
        raise refuse("contents", f"a training of the {recipe.name}", str(error).split("\n")[0][:120]) from None
    if len(losses) != step:
        raise refuse("losses", f"{step}, one a step", f"{len(losses)}")
    optimiser = _optimiser(recipe, network, params)
    restore_moments(optimiser, found["optimiser"], refuse)
    return Progress(recipe, network, average, optimiser, params, str(found["data_sha256"]), step, losses)


def _optimiser(recipe: Recipe[Network, Params], network: Network, params: Params) -> torch.optim.AdamW:
    """Give AdamW over the weights; biases and scales do not decay."""
    groups = [
        {"params": [w for w in network.parameters() if w.ndim > 1], "weight_decay": params.weight_decay},
        {"params": [w for w in network.parameters() if w.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=params.learning_rate, betas=(0.9, recipe.second_moment), fused=True)
