"""Stage 6, world model: parameters, `embeddings.npz` and `training.json`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from schemas.base import Array, ArrayTable, Strict
from schemas.pinn import PinnConfig
from schemas.uncertainty import Uncertainty

Target = Literal["none", "ema", "vicreg", "sigreg", "grounded", "frozen_teacher"]
Recipe = Literal["kinetrace", "seed"]


class Arm(Strict):
    """One way to build and train a world model; each field is a factor of the ablation.

    `anti_collapse` says what the predicted latent is held against and what keeps latents apart: `none` the encoder
    itself, `ema` its moving average, `vicreg` and `sigreg` the encoder itself with a spread of latents asked for,
    `grounded` the moving average with latents that must decode, `frozen_teacher` the encoder as it began.
    """

    anti_collapse: Target = "grounded"
    frame: Literal["heading", "world"] = "heading"
    delta: Literal["seconds", "frames"] = "seconds"
    target: Literal["residual", "absolute"] = "residual"


class WorldModelParams(Strict):
    """What is trained, and for how long."""

    recipe: Recipe = Field(default="kinetrace", description="seed: the seed's recipe, whatever the four factors say")
    pretrained: bool = Field(
        default=True, description="recipe kinetrace: adapt the weights that come with Kinetrace; false: from scratch"
    )
    compare_seed: bool = Field(default=False, description="train the seed's recipe beside it and report both")
    anti_collapse: Target = "grounded"
    frame: Literal["heading", "world"] = "heading"
    delta: Literal["seconds", "frames"] = "seconds"
    target: Literal["residual", "absolute"] = "residual"
    encoder: Literal["state", "pinn"] = Field(
        default="state", description="pinn: tokens of a PINN encoder in place of a network over the state"
    )
    pinn_weights: str | None = Field(
        default=None, max_length=400, description="folder that `kinetrace train pinn` wrote; needed by encoder: pinn"
    )
    pinn_frozen: bool = Field(default=True, description="false: the PINN encoder learns with the rest")
    latent_dim: int = Field(default=64, ge=2, le=1024)
    hidden_dim: int = Field(default=128, ge=4, le=4096)
    actions: int = Field(default=16, ge=8, le=16, description="coefficients of an action; the seed has none")
    dropout: float = Field(default=0.1, ge=0.0, lt=1.0)
    ema: float = Field(default=0.996, ge=0.0, lt=1.0)
    learning_rate: float = Field(default=1e-3, gt=0.0, le=1.0)
    batch_size: int = Field(default=64, ge=2, le=65_536)
    epochs: int = Field(default=50, ge=1, le=10_000)
    max_steps: int | None = Field(
        default=4000, ge=1, description="steps of recipe kinetrace, bound on the seed's epochs; null: all of `epochs`"
    )
    adapt_steps: int = Field(default=200, ge=0, le=100_000, description="steps by which pretrained weights are adapted")
    adapt_learning_rate: float = Field(default=3e-4, gt=0.0, le=1.0)
    mc_passes: int = Field(default=10, ge=2, le=1000)
    horizons: tuple[Annotated[int, Field(ge=1, le=10_000)], ...] = Field(
        default=(1, 5, 10), min_length=1, description="judged on the held-out part [frames]"
    )
    seed: int = Field(default=0, ge=0)
    device: Literal["auto", "cpu", "cuda"] = "auto"

    @property
    def arm(self) -> Arm:
        """The factors in force."""
        if self.recipe == "seed":
            return Arm(anti_collapse="ema", frame="world", delta="frames", target="absolute")
        return Arm(anti_collapse=self.anti_collapse, frame=self.frame, delta=self.delta, target=self.target)


class WorldModelConfig(Strict):
    """`training_config` of the checkpoint: everything needed to use the weights again, as plain Python values."""

    recipe: Recipe
    joints: tuple[str, ...] = Field(min_length=1)
    fps: float = Field(gt=0.0)
    trained_fps: float = Field(gt=0.0, description="anchors a second of the data the weights were first trained on")
    feature_names: tuple[str, ...] = Field(min_length=1)
    feature_mean: tuple[float, ...]
    feature_scale: tuple[float, ...]
    latent_std: tuple[float, ...] = Field(description="spread of the training part's latents, a value a dimension")
    pretrained: str | None = Field(default=None, description="SHA-256 of the weights it began from; None: from scratch")
    pinn: PinnConfig | None = Field(default=None, description="of the PINN encoder in front; None: there is none")
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
    origin: str = Field(default="", description="where the weights began: adapted or from scratch, and why")
    seed_held_out: tuple[HorizonMetrics, ...] = Field(
        default=(), description="with `compare_seed`: the seed's recipe, trained and judged beside it"
    )
    uncertainty: Uncertainty | None = Field(
        default=None, description="how far off forecasts may be; None: not known, a note says why"
    )
    notes: tuple[str, ...] = ()


class PooledMetrics(Strict):
    """Error at one horizon on held-out recordings: means of the recordings' means, over all that are long enough."""

    horizon_frames: int
    recordings: int
    skill_over_copy: float
    model_mm: float
    zero_velocity_mm: float
    damped_velocity_mm: float
    ridge_mm: float


class ProbeMetrics(Strict):
    """What a linear map reads out of the latent, beside as many principal components of the same x."""

    pose_r2: float
    pose_r2_pca: float
    velocity_r2: float
    velocity_r2_pca: float
    contact_r2: float
    contact_r2_pca: float


class SourceMetrics(Strict):
    """Held-out figures of one source, or of all together."""

    source: str
    recordings: int
    horizons: tuple[PooledMetrics, ...]


class Judged(Strict):
    """What a pooled model is worth on recordings it has not seen."""

    sources: tuple[SourceMetrics, ...]
    rank: RankMetrics
    probe: ProbeMetrics


class WorldModelCard(Strict):
    """`world_model.json`: what pooled weights were trained on and what they are worth."""

    corpus: str
    sources: tuple[str, ...]
    licences: tuple[str, ...]
    subjects: tuple[str, ...]
    held_out_patterns: tuple[str, ...]
    recordings: int
    anchors: int
    trained_fps: float
    device: str
    arm: Arm
    params: WorldModelParams
    parameters: int
    sha256: str
    final_loss: float
    judged: Judged
