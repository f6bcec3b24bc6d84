"""The predictor of CMU motion: its size and training, and the card that its weights travel with."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.base import Sha256, Strict

Rate = Annotated[float, Field(ge=0.25, le=4.0)]


class PredictionParams(Strict):
    """Size of the network, what is made of the training files, and the training."""

    width: int = Field(default=96, ge=4, le=1024, description="numbers a token, in both branches")
    graph_layers: int = Field(default=6, ge=1, le=48)
    graph_terms: int = Field(default=12, ge=1, le=25, description="cosine terms of its answer")
    graph_dropout: float = Field(default=0.2, ge=0.0, le=0.9)
    time_layers: int = Field(default=12, ge=1, le=96)
    time_terms: int = Field(default=16, ge=1, le=25, description="cosine terms that it mixes and answers with")
    time_dropout: float = Field(default=0.1, ge=0.0, le=0.9)
    time_features_every: int = Field(
        default=4, ge=1, le=96, description="layers from one mixing of features to the next"
    )
    rates: tuple[Rate, ...] = Field(default=(0.8, 0.9, 1.0, 1.1, 1.25), min_length=1, max_length=16)
    scale_range: float = Field(default=0.1, ge=0.0, le=0.5, description="windows are scaled by 1 ± this")
    reversed_share: float = Field(default=0.3, ge=0.0, le=1.0, description="windows that are played backwards")
    balance: float = Field(default=0.5, ge=0.0, le=1.0, description="an action is drawn as its windows to this power")
    frame_power: float = Field(default=0.3, ge=0.0, le=2.0, description="frame t weighs as t to minus this in the loss")
    step_weight: float = Field(default=1.0, ge=0.0, le=100.0, description="of frame-to-frame steps in the loss")
    learning_rate: float = Field(default=4e-3, gt=0.0, le=1.0)
    weight_decay: float = Field(default=0.05, ge=0.0, le=10.0)
    average: float = Field(default=0.995, ge=0.0, lt=1.0, description="share that averaged weights keep at a step")
    batch_size: int = Field(default=128, ge=1, le=65_536)
    steps: int = Field(default=5000, ge=1, le=10_000_000)
    walks: bool = Field(default=False, description="train on the takes of walking_extra, too")
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


class PredictionCard(Strict):
    """What the weights are, what they were trained on and by which parameters."""

    weights_sha256: Sha256
    parameters: int
    data: str = Field(description="source and licence of what was trained on")
    frames: dict[str, int] = Field(description="action to the frames trained on, at every second frame")
    final_loss: float = Field(description="mean over the last hundred steps, thousandths of the protocol's scale")
    params: PredictionParams
