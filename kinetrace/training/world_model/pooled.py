"""Pretraining on many recordings."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch

from kinetrace.models.determinism import reproducible
from kinetrace.models.features import View, feature_map
from kinetrace.models.principal import whiten
from kinetrace.models.standardiser import Standardiser, fit_standardiser
from kinetrace.motion.skeletons import BODY21
from kinetrace.store.documents import encode
from kinetrace.training.world_model.distributed import Processes
from kinetrace.training.world_model.engine import Job, Plan, Shown, fit
from kinetrace.training.world_model.pool import Pool
from kinetrace.training.world_model.prepare import builder, config_of, fresh_model, latent_spread, plan_of
from kinetrace.training.world_model.progress_file import ProgressFile
from kinetrace.training.world_model.table import StateTable, state_table
from kinetrace.training.world_model.train import Trained, loss_curve
from schemas.world_model import WorldModelParams

DEFAULT_STEPS = 5000
"""With 12 000, people held out were forecast worse again beyond half a second (UI-PRMD Vicon: four persons overfitted)."""

PROGRESS = "progress.pt"


def train_pooled(
    data: Pool,
    params: WorldModelParams,
    device: str = "cpu",
    shown: Shown = lambda steps: steps,
    kept: ProgressFile | None = None,
    processes: Processes = Processes(),  # noqa: B008 - frozen, without state
) -> Trained:
    """Train one model on many recordings.

    Args:
        data: The recordings.
        params: Recipe and budget; `max_steps` null means 5000.
        device: cpu or cuda.
        shown: Wraps the loop over steps.
        kept: Where progress is kept.
        processes: Who else trains.

    Raises:
        ComputeError: The loss is no longer a number, or there is too little memory.
        ArtifactError: The progress to be taken up is of another run.
    """
    view = feature_map(params.arm.frame, BODY21)
    features = view.extract(data.states)
    standardiser = fit_standardiser(features, view.spread_floor)
    del features
    table = state_table(data.states, data.stretch, data.chance, view, standardiser, 1 / data.fps, data.group)
    steps = params.max_steps or DEFAULT_STEPS
    with reproducible(params.seed, device):
        job, plan = _job(data, table, view, standardiser, params, steps, device)
        one = fit([job], plan, shown, kept, processes)[0]
        whiten(one.model, table.x)
        spread = latent_spread(one.model, table.x)
    config = config_of(params, view, data.fps, standardiser, spread)
    return Trained(one.model, config, loss_curve(one.losses), steps, steps)


def _job(
    data: Pool,
    table: StateTable,
    view: View,
    standardiser: Standardiser,
    params: WorldModelParams,
    steps: int,
    device: str,
) -> tuple[Job, Plan]:
    every = torch.ones(len(data.states), dtype=torch.bool)
    model = fresh_model(builder(params, view, data.fps), table, every, params.seed, view, standardiser)
    pairs = all_pairs(table) if params.recipe == "seed" else None
    return Job(model, table, pairs, standardiser, params.seed, steps), plan_of(params, view, data.fps, device)


def all_pairs(table: StateTable) -> torch.Tensor:
    """List every pair up to the longest step, for the seed's epochs."""
    reach = table.reach.clamp_max(table.longest)
    start = torch.repeat_interleave(torch.arange(len(reach)), reach)
    first = torch.repeat_interleave(torch.cumsum(reach, 0) - reach, reach)
    return torch.stack((start, torch.arange(len(start)) - first + 1), dim=1)


def progress_file(out: Path, data: Pool, params: WorldModelParams, every: int, resume: bool) -> ProgressFile:
    """Say where progress is kept and what it depends on: the states, to the bit, and the parameters."""
    digest = hashlib.sha256(encode(params))
    for part in (data.states, data.stretch, data.chance):
        digest.update(part.contiguous().numpy().tobytes())
    return ProgressFile(out / PROGRESS, digest.hexdigest(), every, resume)
