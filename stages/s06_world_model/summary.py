"""The embeddings and the document that stage 6 writes beside the checkpoint."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from kinetrace.models.capture_uncertainty import capture_uncertainty, no_uncertainty
from kinetrace.models.determinism import reproducible
from kinetrace.models.evaluate import DECODING, Evaluation
from kinetrace.models.inference import LoadedModel
from kinetrace.models.rank import main_plane, rank_metrics
from kinetrace.models.uncertainty_file import read_uncertainty
from kinetrace.training.world_model.assessment import Learnt
from schemas.dataset import TransitionArrays
from schemas.uncertainty import Uncertainty, UncertaintyArrays
from schemas.world_model import EmbeddingArrays, RankMetrics, Training


def embeddings(model: LoadedModel, table: TransitionArrays) -> EmbeddingArrays:
    """Encode every anchor and draw the latents in their main plane.

    Args:
        model: A trained model.
        table: The dataset.
    """
    with reproducible(model.config.params.seed, "cpu"):
        z = model.encode(table.states)
        plane = main_plane(torch.from_numpy(z)).numpy()
    return EmbeddingArrays(time=table.time, z=z, map2d=plane, phases=table.phases, part=table.part)


def rank_of(model: LoadedModel, table: TransitionArrays) -> RankMetrics:
    """Measure the rank of all anchors' latents beside that of their features."""
    with reproducible(model.config.params.seed, "cpu"):
        x = torch.from_numpy(model.features(table.states))
        return rank_metrics(torch.from_numpy(model.encode(table.states)), x)


@dataclass(frozen=True)
class Known:
    """What is known of the errors of a model's forecasts, and one sentence on it."""

    arrays: UncertaintyArrays
    document: Uncertainty | None
    said: str


def uncertainty_of(model: LoadedModel, table: TransitionArrays, phase_names: tuple[str, ...]) -> Known:
    """Judge a model by the uncertainty of the weights that it began from.

    Args:
        model: A trained model.
        table: The dataset.
        phase_names: Of the labels in it.

    Raises:
        ArtifactError: The uncertainty in this copy of Kinetrace is damaged or of other weights.
    """
    began = model.config.pretrained
    shipped = None if began is None else read_uncertainty(began)
    if shipped is None or shipped.joints != model.joints:
        why = "the model was trained from scratch" if began is None else "none came with the weights"
        said = f"no calibrated uncertainty: {why}"
        return Known(no_uncertainty(len(table.time), len(model.joints)), None, said)
    with reproducible(model.config.params.seed, "cpu"):
        found = capture_uncertainty(model, shipped, table, phase_names)
    return Known(found.arrays, found.document, f"uncertainty: {found.document.calibration}")


def training_document(
    learnt: Learnt,
    device: str,
    evaluation: Evaluation,
    rank: RankMetrics,
    known: Known,
    seed: Evaluation | None = None,
) -> Training:
    """Gather what `training.json` says, with plain words for figures that fall short.

    Args:
        learnt: The trained networks and where they began.
        device: Where they were trained.
        evaluation: Held-out figures.
        rank: Use of the latent space.
        known: Of the errors of its forecasts.
        seed: Held-out figures of the seed's recipe, where it was asked for.
    """
    trained = learnt.trained
    return Training(
        recipe=trained.config.recipe,
        device=device,
        steps=trained.steps,
        steps_full_schedule=trained.steps_full_schedule,
        parameters=sum(p.numel() for p in trained.model.trainable()),
        feature_dim=len(trained.config.feature_names),
        feature_names=trained.config.feature_names,
        final_loss=trained.loss_curve[-1] if trained.loss_curve else 0.0,
        loss_curve=trained.loss_curve,
        held_out=evaluation.held_out,
        decoding=DECODING,
        rank=rank,
        origin=learnt.origin,
        seed_held_out=() if seed is None else seed.held_out,
        uncertainty=known.document,
        notes=(learnt.origin, *evaluation.notes, *_shortfalls(evaluation, rank), known.said),
    )


def _shortfalls(evaluation: Evaluation, rank: RankMetrics) -> tuple[str, ...]:
    found = []
    for row in evaluation.held_out:
        ahead = f"{row.horizon_frames}-frame horizon"
        if row.skill_over_copy is not None and row.skill_over_copy <= 0:
            found.append(f"{ahead}: no better than copying the latent")
        if row.model_mm >= row.zero_velocity_mm:
            found.append(f"{ahead}: no better than standing still")
        elif row.model_mm >= min(row.damped_velocity_mm, row.ridge_mm):
            found.append(f"{ahead}: no better than a forecast without a network")
    if rank.rankme_z < rank.rankme_pca:
        found.append(
            f"latent rank {rank.rankme_z:.1f} is below that of as many principal components, {rank.rankme_pca:.1f}"
        )
    return tuple(found)
