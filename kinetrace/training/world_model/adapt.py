"""Pretrained weights made one person's: some steps on the capture at a low rate, in the pretrained feature space."""

from __future__ import annotations

import copy

import torch

from kinetrace.models.determinism import reproducible
from kinetrace.models.features import feature_map
from kinetrace.models.standardiser import Standardiser
from kinetrace.models.world_model import WorldModel
from kinetrace.training.world_model.engine import Job, Plan, Shown, fit
from kinetrace.training.world_model.prepare import builder, config_of, latent_spread
from kinetrace.training.world_model.table import state_table
from kinetrace.training.world_model.train import CaptureData, Trained, loss_curve
from schemas.dataset import Part
from schemas.world_model import WorldModelConfig, WorldModelParams

SIZES = ("latent_dim", "hidden_dim", "actions", "dropout", "ema", "anti_collapse", "frame", "delta", "target")
"""What the weights decide, whatever the parameters ask for."""


def fits(capture: CaptureData, config: WorldModelConfig) -> bool:
    """Say whether pretrained weights see the features that a capture has."""
    return capture.joints == config.joints


def adapt(
    capture: CaptureData,
    pretrained: tuple[WorldModel, WorldModelConfig, str],
    params: WorldModelParams,
    device: str = "cpu",
    progress: Shown = lambda steps: steps,
) -> Trained:
    """Go on training pretrained weights on the training part of a capture.

    Args:
        capture: Its joints are those of the weights; its rate may be another, for steps are in seconds.
        pretrained: Networks, their configuration, and their digest.
        params: `adapt_steps`, `adapt_learning_rate`, batch and seed.
        device: cpu or cuda; on the CPU equal arguments give equal bits.
        progress: Wraps the loop over steps.

    Raises:
        ComputeError: The loss is no longer a number, or there is too little memory.
    """
    model, known, digest = pretrained
    used = params.model_copy(update={name: getattr(known.params, name) for name in SIZES})
    view = feature_map(used.arm.frame, capture.joints)
    standardiser = Standardiser(torch.tensor(known.feature_mean), torch.tensor(known.feature_scale))
    inside = torch.from_numpy(capture.table.part == Part.TRAIN)
    states = torch.from_numpy(capture.table.states)
    table = state_table(
        states, torch.where(inside, 0, -1), torch.ones(len(states)), view, standardiser, 1 / capture.fps
    )
    plan = Plan(
        used.recipe, used.arm, view, builder(used, view, known.trained_fps), used.batch_size, used.adapt_learning_rate,
        used.ema, device,
    )  # fmt: skip
    with reproducible(used.seed, device):
        job = Job(copy.deepcopy(model), table, None, standardiser, used.seed, used.adapt_steps)
        one = fit([job], plan, progress)[0]
        spread = latent_spread(one.model, table.x[inside])
    config = config_of(used, view, capture.fps, standardiser, spread, known.trained_fps, digest)
    return Trained(one.model, config, loss_curve(one.losses), used.adapt_steps, used.adapt_steps)
