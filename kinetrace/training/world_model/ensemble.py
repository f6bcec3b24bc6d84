"""An ensemble from one pretrained model: each member goes on alone, on recordings drawn for it, all in one stack."""

from __future__ import annotations

import copy

import numpy as np
import torch

from kinetrace.models.ensemble import MEMBERS, Ensemble, ensemble
from kinetrace.models.features import feature_map
from kinetrace.models.inference import LoadedModel
from kinetrace.training.world_model.engine import Job, Shown, fit
from kinetrace.training.world_model.pool import Pool
from kinetrace.training.world_model.prepare import plan_of
from kinetrace.training.world_model.table import StateTable, state_table

STEPS = 400
BATCH = 128
LEARNING_RATE = 1e-3
"""Half of pretraining's: far enough to differ, near enough to be as good after so few steps."""


def train_ensemble(
    model: LoadedModel,
    data: Pool,
    steps: int = STEPS,
    members: int = MEMBERS,
    seed: int = 0,
    shown: Shown = lambda steps: steps,
) -> Ensemble:
    """Go on training a model several times over.

    Every member sees as many recordings as there are, drawn with repetition (bagging: Breiman 1996), and draws pairs of
    its own.

    Args:
        model: Pretrained, recipe kinetrace.
        data: What it was trained on; a mirror image counts as a recording of its own.
        steps: Of every member.
        members: How many.
        seed: Of what is drawn; same seed, same bits on a CPU.
        shown: Wraps the loop over steps.

    Raises:
        ComputeError: A loss is no longer a number, or there is too little memory.
    """
    params = model.config.params.model_copy(update={"batch_size": BATCH, "learning_rate": LEARNING_RATE})
    view = feature_map(params.arm.frame, model.joints)
    plan = plan_of(params, view, model.config.trained_fps, "cpu")
    jobs = [
        Job(copy.deepcopy(model.network), table, None, model.standardiser, seed + number, steps)
        for number, table in enumerate(_bag(model, data, seed + number) for number in range(members))
    ]
    return ensemble([one.model for one in fit(jobs, plan, shown)], model.config)


def _bag(model: LoadedModel, data: Pool, seed: int) -> StateTable:
    """Draw recordings with repetition: a recording's chance is multiplied by how often it came, none of it is copied."""
    recordings = int(data.stretch.max()) + 1
    drawn = np.random.default_rng(seed).integers(recordings, size=recordings)
    times = torch.from_numpy(np.bincount(drawn, minlength=recordings))[data.stretch]
    rows = torch.nonzero(times > 0)[:, 0]
    return state_table(
        data.states[rows], data.stretch[rows], data.chance[rows] * times[rows], model.view, model.standardiser,
        1 / data.fps, data.group[rows],
    )  # fmt: skip
