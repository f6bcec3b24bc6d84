"""Training on captures from scratch: one, or many at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from kinetrace.models.determinism import reproducible
from kinetrace.models.pinn.weights import LoadedPinn
from kinetrace.models.world_model import WorldModel
from kinetrace.training.world_model.engine import Shown, fit
from kinetrace.training.world_model.prepare import capture_job, config_of, latent_spread, plan_of
from schemas.dataset import Part, TransitionArrays
from schemas.errors import ParamsError
from schemas.world_model import WorldModelConfig, WorldModelParams

CURVE_POINTS = 200


@dataclass(frozen=True)
class Trained:
    """A trained world model, on the CPU, in evaluation mode."""

    model: WorldModel
    config: WorldModelConfig
    loss_curve: tuple[float, ...]
    steps: int
    steps_full_schedule: int


@dataclass(frozen=True)
class CaptureData:
    """What stage 5 says of one capture."""

    table: TransitionArrays
    joints: tuple[str, ...]
    fps: float


def train(
    table: TransitionArrays,
    joints: tuple[str, ...],
    fps: float,
    params: WorldModelParams,
    device: str = "cpu",
    progress: Shown = lambda steps: steps,
    pinn: LoadedPinn | None = None,
) -> Trained:
    """Train a world model on the training pairs of a dataset, from fresh weights.

    Args:
        table: Stage 5's states and pairs.
        joints: Names of the states' joints.
        fps: Anchors a second.
        params: Recipe and budget.
        device: cpu or cuda; on the CPU equal arguments give equal bits.
        progress: Wraps the loop over steps, to show how far it is.
        pinn: Trained encoder to put in front; None: none.

    Returns:
        The trained networks with all that is needed to use them.

    Raises:
        ComputeError: The loss is no longer a number, or there is too little memory.
        CaptureError: There is no pair to train on.
        ArtifactError: The joints do not carry the recipe's features.
    """
    return train_many([CaptureData(table, joints, fps)], params, device, progress, pinn=pinn)[0]


def train_many(
    captures: list[CaptureData],
    params: WorldModelParams,
    device: str = "cpu",
    progress: Shown = lambda steps: steps,
    probe: bool = True,
    pinn: LoadedPinn | None = None,
) -> list[Trained]:
    """Train a model for each of many captures in one run; on the CPU each gets the bits it would get alone.

    Args:
        captures: Of equal joints and rate; any lengths.
        params: Recipe and budget.
        device: cpu or cuda.
        progress: As in `train`.
        probe: False: the seed's recipe alone; nothing then decodes its latents.
        pinn: Trained encoder to put in front; None: none.

    Raises:
        ParamsError: Joints or rates differ, or several captures with another recipe than the seed's.
        ComputeError: As in `train`.
    """
    first = captures[0]
    if any((c.joints, c.fps) != (first.joints, first.fps) for c in captures):
        raise ParamsError(
            where="train many", field="captures", expected="equal joints and rate", found="several",
            fix="Group the captures by joints and rate.",
        )  # fmt: skip
    if len(captures) > 1 and params.recipe != "seed":
        raise ParamsError(
            where="train many", field="recipe", expected="seed", found=params.recipe,
            fix="Train captures of the default recipe one by one, or adapt them.",
        )  # fmt: skip
    front = None if pinn is None else pinn.config
    with reproducible(params.seed, device):
        jobs = []
        for capture in captures:
            job, view = capture_job(capture.table, capture.joints, capture.fps, params, pinn)
            jobs.append(job)
        fitted = fit(jobs, replace(plan_of(params, view, first.fps, device, front), probe=probe), progress)
        found = []
        for job, one, capture in zip(jobs, fitted, captures, strict=True):
            inside = torch.from_numpy(capture.table.part == Part.TRAIN)
            spread = latent_spread(one.model, job.table.x[inside])
            config = config_of(params, view, capture.fps, job.standardiser, spread, pinn=front)
            full = -(-params.epochs * len(capture.table.train_pairs) // params.batch_size)
            found.append(Trained(one.model, config, loss_curve(one.losses), job.steps, full))
    return found


def loss_curve(losses: Tensor) -> tuple[float, ...]:
    """Give the mean loss over equal stretches of training."""
    values = losses.double().numpy()
    return tuple(float(s.mean()) for s in np.array_split(values, min(CURVE_POINTS, len(values)))) if len(values) else ()
