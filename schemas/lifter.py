"""The lifter of image points: its size and training, and the card that its weights travel with."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.base import Sha256, Strict

Dilation = Annotated[int, Field(ge=1, le=243)]


class LifterParams(Strict):
    """Size of the network and its training."""

    width: int = Field(default=144, ge=4, le=1024, description="numbers a frame inside of the network")
    dilations: tuple[Dilation, ...] = Field(
        default=(2, 6, 18, 54), max_length=8, description="frames apart, layer by layer; none: one frame at a time"
    )
    dropout: float = Field(default=0.05, ge=0.0, le=0.9)
    clip_frames: int = Field(default=160, ge=1, le=960, description="length of a training clip, at 30 Hz")
    batch_size: int = Field(default=24, ge=1, le=65_536, description="clips a step")
    steps: int = Field(default=5000, ge=1, le=10_000_000)
    learning_rate: float = Field(default=2e-3, gt=0.0, le=1.0)
    weight_decay: float = Field(default=0.02, ge=0.0, le=10.0)
    average: float = Field(default=0.998, ge=0.0, lt=1.0, description="share that averaged weights keep at a step")
    velocity_weight: float = Field(default=1.0, ge=0.0, le=100.0, description="of frame-to-frame steps in the loss")
    bone_weight: float = Field(default=0.05, ge=0.0, le=100.0, description="of bone directions in the loss")
    noise: float = Field(default=1.0, ge=0.0, le=10.0, description="times the errors of the image points")
    variety: float = Field(default=1.0, ge=0.0, le=3.0, description="times the turns that poses are put off by")
    mixed: bool = Field(default=True, description="products in bfloat16 while training; answers stay in 32 bits")
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


class LifterCard(Strict):
    """What the weights are, what they were trained on and by which parameters."""

    weights_sha256: Sha256
    parameters: int
    features: str = Field(description="table of the inputs; weights of another table are refused")
    subjects: tuple[str, ...] = Field(description="who was trained on")
    held_out: tuple[str, ...] = Field(description="who was not")
    licences: tuple[str, ...] = Field(description="of what was trained on")
    minutes: float = Field(ge=0.0, description="of motion trained on")
    spread_factor: float = Field(gt=0.0, description="what stated errors are multiplied by to be true")
    final_loss: float = Field(description="mean over the last hundred steps, statures")
    params: LifterParams
