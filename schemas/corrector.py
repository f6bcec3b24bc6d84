"""The joint corrector: what is trained and for how long, and the card beside its weights."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Sha256, Strict

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Speed = Annotated[float, Field(ge=10.0, le=480.0)]


class CorrectorParams(Strict):
    """Size of the corrector, how its windows are corrupted, and its training; the defaults are the full recipe."""

    width: int = Field(default=256, ge=4, le=2048, description="numbers an LSTM holds in each direction")
    layers: int = Field(default=3, ge=1, le=12)
    inner: int = Field(default=256, ge=4, le=4096, description="numbers a frame that the first layer is given")
    merge: Literal["sum", "concat"] = Field(default="concat", description="how the two directions are put together")
    joint_drop: Share = Field(default=0.15, description="share of gaps that hide one joint")
    limb_drop: Share = Field(default=0.45, description="share of gaps that hide a whole limb")
    frame_drop: Share = Field(
        default=0.2, description="share of gaps that hide every joint; the rest hide some at random"
    )
    longest_gap: int = Field(default=40, ge=1, le=48, description="frames of 60 that a gap may last")
    noise_share: Share = Field(default=0.25, description="share of windows that are noisy, to be cleaned")
    noise_mm: float = Field(default=25.0, gt=0.0, le=200.0, description="largest mean distance noise moves a joint by")
    absent_share: Share = Field(default=0.1, description="share of windows in which joints are missing throughout")
    hidden_weight: float = Field(default=1.0, ge=1.0, le=1000.0, description="of hidden samples; noisy ones weigh 1")
    speeds_hz: tuple[Speed, ...] = Field(
        default=(48.0, 60.0, 75.0),
        min_length=1,
        max_length=8,
        description="rates that recordings are read at; 60 is true",
    )
    mirror_share: Share = 0.5
    turn_range: float = Field(default=0.2, ge=0.0, le=3.2, description="windows are turned by ± this [rad]")
    stature_range: float = Field(default=0.1, ge=0.0, le=0.5, description="windows are scaled by 1 ± this")
    learning_rate: float = Field(default=2e-3, gt=0.0, le=1.0)
    weight_decay: float = Field(default=1e-4, ge=0.0, le=1.0, description="L2, decoupled (AdamW)")
    batch_size: int = Field(default=64, ge=1, le=65_536, description="windows a step, over all its parts")
    accumulate: int = Field(default=1, ge=1, le=1024, description="parts a step is computed in")
    mixed_precision: bool = Field(default=False, description="bfloat16 where it is safe")
    steps: int = Field(default=30_000, ge=1, le=100_000_000)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    device: Literal["auto", "cpu", "cuda"] = "auto"


class CorrectorCard(Strict):
    """`corrector.json` beside the weights: what they are and what they were trained on."""

    weights_sha256: Sha256
    parameters: int = Field(ge=1)
    steps: int
    final_loss: float
    loss_curve: tuple[float, ...] = Field(description="mean loss over equal stretches of training, at most 100 of them")
    recordings: int
    minutes: float = Field(description="of 60 Hz motion")
    subjects: tuple[str, ...]
    held_out: tuple[str, ...] = Field(description="recordings or subjects that were not trained on")
    licences: tuple[str, ...] = Field(description="of the training recordings, as their sources state them")
    params: CorrectorParams
