"""A committee of two small networks that map ten frames of 25 joints to the twenty-five that follow.

One mixes joints by a learned graph, the other mixes cosine terms of time; they err differently, and their mean is nearer
to what comes than either. Each adds to a linear continuation of every coordinate, whose inputs are cosine terms of the
velocity at equal spread, so that it is learned as fast as the rest.
"""

from __future__ import annotations

from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kinetrace.models.cmu_protocol import FRAMES_IN, FRAMES_OUT
from kinetrace.models.motion_prediction.cosine import cosine_terms
from kinetrace.models.motion_prediction.graph_branch import GraphBranch
from kinetrace.models.motion_prediction.time_branch import TimeBranch
from schemas.cmu_prediction import PredictionParams

VELOCITY_GAIN: Final = 30.0
PLACE_GAIN: Final = 2.0
ANSWER_GAIN: Final = 0.1
CONTINUATION_GAIN: Final = 0.01
"""Inputs are thousandths of the protocol's scale; these bring velocities, places and answers near one."""
SHARE_FRAMES: Final = 4.0
"""Frames after the first until the time branch has half of its final weight."""


class Member(nn.Module):
    """A branch and its linear continuation."""

    velocity_terms: Tensor
    future_terms: Tensor

    def __init__(self, branch: GraphBranch | TimeBranch) -> None:
        super().__init__()
        self.branch = branch
        self.continuation = nn.Parameter(torch.zeros(FRAMES_OUT, FRAMES_IN - 1))
        # The spread of a motion's k-th velocity term falls about as 1/k: measured on the training files, 33 to 3.5 units.
        rise = VELOCITY_GAIN * torch.arange(1, FRAMES_IN)[:, None]
        self.register_buffer("velocity_terms", rise * cosine_terms(FRAMES_IN - 1, FRAMES_IN - 1), persistent=False)
        self.register_buffer("future_terms", cosine_terms(FRAMES_OUT, branch.terms), persistent=False)

    def forward(self, given: Float[Tensor, "windows 10 75"]) -> Float[Tensor, "windows 25 75"]:
        """Predict; untrained it predicts that nobody moves."""
        last, velocity = given[:, -1:], given.diff(dim=1)
        spectrum = self.branch(torch.cat((velocity * VELOCITY_GAIN, last * PLACE_GAIN), 1)) * ANSWER_GAIN
        moved = torch.matmul(self.future_terms.T, spectrum)
        straight = torch.matmul(self.continuation, torch.matmul(self.velocity_terms, velocity)) * CONTINUATION_GAIN
        return last + moved + straight


def time_share() -> Float[Tensor, "25"]:
    """Give the time branch's weight in each frame: none in the first, half in the end.

    It smooths, which costs most where little has moved yet; chosen on held-out training files.
    """
    later = torch.arange(FRAMES_OUT, dtype=torch.float32)
    return 0.5 * later / (later + SHARE_FRAMES)


class MotionPredictor(nn.Module):
    """Ten frames of 25 joints in, twenty-five frames of them out, both in thousandths of the protocol's scale."""

    share: Tensor

    def __init__(self, params: PredictionParams) -> None:
        super().__init__()
        self.members = nn.ModuleList((Member(GraphBranch(params)), Member(TimeBranch(params))))
        self.register_buffer("share", time_share()[:, None], persistent=False)

    def opinions(self, given: Float[Tensor, "windows 10 75"]) -> list[Float[Tensor, "windows 25 75"]]:
        """Give what each member predicts."""
        return [member(given) for member in self.members]

    def forward(self, given: Float[Tensor, "windows 10 75"]) -> Float[Tensor, "windows 25 75"]:
        """Predict what the graph says at first, and later the mean of both."""
        graph, time = self.opinions(given)
        return graph + self.share * (time - graph)


def count_parameters(network: nn.Module) -> int:
    """Count the numbers that were learned."""
    return sum(weight.numel() for weight in network.parameters())
