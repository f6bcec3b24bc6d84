"""Stage 6, world model: parameters, `embeddings.npz` and `training.json`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from schemas.base import Array, ArrayTable, Strict


class WorldModelParams(Strict):
    """What is trained, and for how long."""

    recipe: Literal["kinetrace", "seed"] = "kinetrace"
    latent_dim: int = Field(default=64, ge=2, le=1024)
    hidden_dim: int = Field(default=128, ge=4, le=4096)
    dropout: float = Field(default=0.1, ge=0.0, lt=1.0)
    ema: float = Field(default=0.996, ge=0.0, lt=1.0)
    anti_collapse: Literal["none", "vicreg", "grounded"] = "grounded"
    learning_rate: float = Field(default=1e-3, gt=0.0, le=1.0)
    batch_size: int = Field(default=64, ge=2, le=65_536)
    epochs: int = Field(default=50, ge=1, le=10_000)
    max_steps: int | None = Field(
        default=4000, ge=1, description="steps of recipe kinetrace, bound on the seed's epochs; null: all of `epochs`"
    )
    mc_passes: int = Field(default=10, ge=2, le=1000)
    horizons: tuple[Annotated[int, Field(ge=1, le=10_000)], ...] = Field(
        default=(1, 5, 10), min_length=1, description="judged on the held-out part [frames]"
    )
    seed: int = Field(default=0, ge=0)
    device: Literal["auto", "cpu", "cuda"] = "auto"


class WorldModelConfig(Strict):
    """`training_config` of the checkpoint: everything needed to use the weights again, as plain Python values."""

    recipe: Literal["kinetrace", "seed"]
    joints: tuple[str, ...] = Field(min_length=1)
    fps: float = Field(gt=0.0)
    feature_names: tuple[str, ...] = Field(min_length=1)
    feature_mean: tuple[float, ...]
    feature_scale: tuple[float, ...]
    latent_std: tuple[float, ...] = Field(description="spread of the training part's latents, a value a dimension")
    params: WorldModelParams


class EmbeddingArrays(ArrayTable):
    """`embeddings.npz`: the latent of every anchor of stage 5 and its first two principal directions."""

    time: Annotated[np.ndarray[Any, Any], Array("float64", ("anchors",))]
    z: Annotated[np.ndarray[Any, Any], Array("float32", ("anchors", "latent"))]
    map2d: Annotated[np.ndarray[Any, Any], Array("float32", ("anchors", 2))]
    phases: Annotated[np.ndarray[Any, Any], Array("uint8", ("anchors", 2))]
    part: Annotated[np.ndarray[Any, Any], Array("uint8", ("anchors",))]


class HorizonMetrics(Strict):
    """Held-out error at one horizon; the same anchors for every horizon and every baseline."""

    horizon_frames: int
    horizon_s: float
    anchors: int
    skill_over_copy: float | None = Field(description="1 - |z_pred - z|^2 / |z_t - z|^2; None: nothing moves")
    model_mm: float
    zero_velocity_mm: float
    constant_velocity_mm: float
    damped_velocity_mm: float
    ridge_mm: float
    mc_coverage_90: float
    mc_width_90_mm: float


class RankMetrics(Strict):
    """How much of the latent space is used."""

    rankme_z: float
    rankme_x: float
    rankme_pca: float
    participation_ratio: float
    dead_dimensions: int


class Training(Strict):
    """`training.json`."""

    recipe: Literal["kinetrace", "seed"]
    device: str
    steps: int
    steps_full_schedule: int
    parameters: int
    feature_dim: int
    feature_names: tuple[str, ...]
    final_loss: float
    loss_curve: tuple[float, ...] = Field(description="mean loss over equal stretches of training, at most 200 of them")
    held_out: tuple[HorizonMetrics, ...]
    decoding: str = Field(
        description="how millimetres come out of a latent: 'absolute D(z)' or 'x_t + D(z_pred) - D(z_t)'"
    )
    rank: RankMetrics
    notes: tuple[str, ...] = ()
