"""From one capture's dataset to a job: features, standardisation, table, pairs, fresh networks."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.features import View, feature_map
from kinetrace.models.pinn.state_encoder import PinnStateEncoder
from kinetrace.models.pinn.weights import LoadedPinn
from kinetrace.models.principal import begin_at_components, begin_to_act, begin_with_inertia, write_action_basis
from kinetrace.models.stacked import Builder
from kinetrace.models.standardiser import Standardiser, fit_standardiser
from kinetrace.models.world_model import PinnFront, WorldModel
from kinetrace.training.world_model.engine import Job, Plan
from kinetrace.training.world_model.table import StateTable, state_table
from schemas.dataset import Part, TransitionArrays
from schemas.errors import CaptureError
from schemas.pinn import PinnConfig
from schemas.world_model import WorldModelConfig, WorldModelParams

ACTION_S = 0.33
"""Actions are the principal changes of pose over a third of a second."""


def builder(params: WorldModelParams, view: View, fps: float, pinn: PinnConfig | None = None) -> Builder:
    """Give the function that builds networks of one shape, for how many side by side."""
    front = None if pinn is None else PinnFront(pinn, view.joints, params.pinn_frozen)

    def build(models: int | None) -> WorldModel:
        posed = view.posed
        return WorldModel(
            recipe=params.recipe,
            arm=params.arm,
            features=len(view.names),
            latent=params.latent_dim,
            hidden=params.hidden_dim,
            dropout=params.dropout,
            fps=fps,
            actions=params.actions,
            posed=posed,
            models=models,
            pinn=front,
        )

    return build


def plan_of(params: WorldModelParams, view: View, fps: float, device: str, pinn: PinnConfig | None = None) -> Plan:
    """Give what the parameters say of a run."""
    return Plan(
        params.recipe, params.arm, view, builder(params, view, fps, pinn), params.batch_size, params.learning_rate, params.ema,
        device,
    )  # fmt: skip


def fresh_model(
    build: Builder,
    table: StateTable,
    rows: Tensor,
    seed: int,
    view: View,
    standardiser: Standardiser,
    pinn: LoadedPinn | None = None,
) -> WorldModel:
    """Build networks with fresh weights; the default recipe's begin at the principal components of their data.

    Args:
        build: Builds them.
        table: The states.
        rows: Anchors that may be looked at.
        seed: Of the weights.
        view: What they see of a state.
        standardiser: Of its columns.
        pinn: Trained encoder to put in front; None: none.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = build(None)
    for encoder in (model.encoder, model.target_encoder):
        if pinn is not None and isinstance(encoder, PinnStateEncoder):
            encoder.begin(pinn.network, standardiser)
    begin_at_components(model, table.x[rows])
    begin_with_inertia(model, view, standardiser)
    ahead = min(round(ACTION_S / table.step_s), table.longest) or 1
    start = torch.nonzero(table.reach >= ahead)[:, 0]
    turned = table.angles[start + ahead] - table.angles[start]
    write_action_basis(model, turned)
    begin_to_act(model, table.x[start], table.x[start + ahead], turned, ahead * table.step_s)
    return model


def capture_job(
    table: TransitionArrays,
    joints: tuple[str, ...],
    fps: float,
    params: WorldModelParams,
    pinn: LoadedPinn | None = None,
) -> tuple[Job, View]:
    """Make the job of training on one capture from scratch.

    Raises:
        CaptureError: There is no pair to train on.
    """
    view = feature_map(params.arm.frame, joints)
    states = torch.from_numpy(table.states)
    inside = torch.from_numpy(table.part == Part.TRAIN)
    if not len(table.train_pairs):
        raise CaptureError(
            where="world model", field="train_pairs", expected="two training anchors or more",
            found=f"{int(inside.sum())} and no pair", fix="Record longer, or lower `dataset.held_out_fraction`.",
        )  # fmt: skip
    standardiser = fit_standardiser(view.extract(states)[inside], view.spread_floor)
    stretch = torch.where(inside, 0, -1)
    measured = 1 if params.recipe == "seed" else None  # the seed's loss weighs no horizon
    known = state_table(states, stretch, torch.ones(len(states)), view, standardiser, 1 / fps, longest=measured)
    build = builder(params, view, fps, None if pinn is None else pinn.config)
    model = fresh_model(build, known, inside, params.seed, view, standardiser, pinn)
    seed = params.recipe == "seed"
    full = -(-params.epochs * len(table.train_pairs) // params.batch_size)
    pairs = torch.from_numpy(table.train_pairs) if seed else None
    return Job(model, known, pairs, standardiser, params.seed, budget(full, params)), view


def budget(full: int, params: WorldModelParams) -> int:
    """Give the number of steps.

    The seed stops at its epochs or at `max_steps`, whichever is first. The default recipe draws pairs with repetition,
    so an epoch means nothing to it: `max_steps` alone counts, and `epochs` only where that is null.

    Args:
        full: Steps of the full schedule of epochs.
        params: Recipe and budget.
    """
    if params.max_steps is None:
        return full
    return min(full, params.max_steps) if params.recipe == "seed" else params.max_steps


@torch.no_grad()
def latent_spread(model: WorldModel, x: Float[Tensor, "anchors features"]) -> tuple[float, ...]:
    """Give the spread of the training part's latents."""
    spread: list[float] = model.encoder(x).std(dim=0, correction=0).tolist()
    return tuple(spread)


def config_of(
    params: WorldModelParams,
    view: View,
    fps: float,
    standardiser: Standardiser,
    spread: tuple[float, ...],
    trained_fps: float | None = None,
    pretrained: str | None = None,
    pinn: PinnConfig | None = None,
) -> WorldModelConfig:
    """Gather what is needed to use the weights again."""
    return WorldModelConfig(
        recipe=params.recipe,
        joints=view.joints,
        fps=fps,
        trained_fps=fps if trained_fps is None else trained_fps,
        feature_names=view.names,
        feature_mean=tuple(standardiser.mean.tolist()),
        feature_scale=tuple(standardiser.scale.tolist()),
        latent_std=spread,
        pretrained=pretrained,
        pinn=pinn,
        params=params,
    )
