"""The PINN encoder: what is trained and for how long, what its weights need to be used again, and its card."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.base import Sha256, Strict

Rate = Annotated[float, Field(gt=0.0, le=1000.0)]
Weight = Annotated[float, Field(ge=0.0, le=1000.0)]


class PinnParams(Strict):
    """Size of the encoder, how its input is corrupted, and its training."""

    width: int = Field(default=256, ge=8, le=2048, description="numbers a token")
    layers: int = Field(default=6, ge=1, le=48)
    d_state: int = Field(default=64, ge=2, le=1024, description="states a direction, in conjugate pairs: even")
    graph_heads: int = Field(default=4, ge=1, le=64, description="groups of channels with a learned adjacency each")
    window: int = Field(default=48, ge=8, le=4096, description="frames a training clip")
    rates_hz: tuple[Rate, ...] = Field(default=(30.0, 100.0), min_length=1, max_length=8)
    target_bone_std_mm: float = Field(
        default=8.0, gt=0.0, description="recordings whose limbs vary more in length are no targets: they are not clean"
    )
    noise_mm: float = Field(default=20.0, gt=0.0, le=200.0, description="largest mean distance noise moves a joint by")
    hide_joint: float = Field(default=0.05, ge=0.0, le=0.9, description="share of joints hidden throughout a clip")
    hide_span: float = Field(default=0.1, ge=0.0, le=0.9, description="share of joints hidden over a stretch of a clip")
    span_s: float = Field(default=0.5, gt=0.0, le=10.0, description="longest hidden stretch")
    stature_range: float = Field(default=0.1, ge=0.0, le=0.5, description="clips are scaled by 1 ± this")
    channel_weights: tuple[Weight, Weight, Weight, Weight] = Field(default=(1.0, 0.5, 0.25, 0.1), description="p v a j")
    bone_weight: float = Field(default=0.1, ge=0.0, le=1000.0)
    jerk_weight: float = Field(default=0.1, ge=0.0, le=1000.0)
    learning_rate: float = Field(default=1e-3, gt=0.0, le=1.0, description="of AdamW, for all weights but matrices")
    matrix_rate: float = Field(default=0.02, gt=0.0, le=1.0, description="of Muon, for the matrices of the blocks")
    weight_decay: float = Field(default=0.01, ge=0.0, le=1.0)
    batch_size: int = Field(default=16, ge=1, le=65_536)
    steps: int = Field(default=20_000, ge=1, le=100_000_000)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    device: Literal["auto", "cpu", "cuda"] = "auto"

    @model_validator(mode="after")
    def _sizes_divide(self) -> Self:
        if self.d_state % 2:
            raise ValueError(f"d_state: expected an even number, found {self.d_state}")
        if self.width % self.graph_heads:
            raise ValueError(f"graph_heads: expected a divisor of width {self.width}, found {self.graph_heads}")
        return self


class PinnConfig(Strict):
    """Everything beside the weights that is needed to use them again."""

    joints: tuple[str, ...] = Field(min_length=1, max_length=64)
    channels: tuple[str, ...] = Field(min_length=1, max_length=64, description="the columns of a joint's state")
    mean: tuple[tuple[float, ...], ...] = Field(description="a row a joint, a value a channel")
    spread: tuple[tuple[float, ...], ...] = Field(description="the same, of clean clips")
    jerk_limits: tuple[float, ...] = Field(description="95th percentile of clean clips, one a rate of rates_hz [m/s3]")
    params: PinnParams


class PinnDenoising(Strict):
    """What is left of white noise on held-out recordings at one rate, visible joints, mean over recordings."""

    rate_hz: float
    recordings: int
    noise_mm: float
    model_mm: float
    savgol_mm: float = Field(description="Savitzky-Golay, best window and order for the training recordings")
    savgol_window: int
    savgol_order: int
    bone_std_mm: float
    bone_std_noisy_mm: float
    bone_std_savgol_mm: float
    bone_std_clean_mm: float
    jerk: float = Field(description="mean jerk over that of the clean recordings")
    jerk_noisy: float
    jerk_savgol: float


class PinnCard(Strict):
    """`pinn.json` beside the weights: what they are, what they were trained on, how good they are."""

    weights_sha256: Sha256
    parameters: int
    steps: int
    final_loss: float
    loss_curve: tuple[float, ...] = Field(description="mean loss over equal stretches of training, at most 200 of them")
    recordings: int
    frames: int
    subjects: tuple[str, ...]
    held_out_subjects: tuple[str, ...]
    left_out: int = Field(description="recordings shorter than half a window, without hips, or not clean")
    licences: tuple[str, ...] = Field(description="of the training recordings, as their sources state them")
    denoising: tuple[PinnDenoising, ...]
    config: PinnConfig
    notes: tuple[str, ...] = ()
