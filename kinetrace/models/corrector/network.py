"""The corrector: two-way LSTMs that weigh a window's guesses, correct them, and say how far off the answer may be."""

from __future__ import annotations

from typing import Final, NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from kinetrace.models.corrector.bonds import lengths, one_length, restored
from kinetrace.models.corrector.evidence import CHANNELS, DIRECT, FEATURES, GUESSES, Evidence, gather
from kinetrace.models.corrector.groups import BONDS, JOINTS
from schemas.corrector import CorrectorParams

WINDOW: Final = 60
"""Frames; one second at the 60 Hz that it is trained at."""
ANSWERS: Final = GUESSES + 3 + 1
"""A joint: the guesses' weights, a correction, and how far off."""


class Corrected(NamedTuple):
    """Positions with the wanted samples replaced, and the distance by which these may be off; both in statures."""

    positions: Float[Tensor, "n frames joints 3"]
    expected: Float[Tensor, "n frames joints"]
    evidence: Evidence


class Corrector(nn.Module):
    """Windows in their own frame in, the wanted samples out.

    The answer is a weighted mean of the guesses plus a correction in units of how far these differ, brought to the
    lengths of the bones; untrained it is the guesses' own weighted mean.
    """

    covariance: Tensor

    def __init__(self, params: CorrectorParams) -> None:
        super().__init__()
        self.params = params
        self.enter = nn.Linear(FEATURES, params.inner)
        wide = params.width * (2 if params.merge == "concat" else 1)
        sizes = [params.inner, *(wide for _ in range(params.layers - 1))]
        self.layers = nn.ModuleList(nn.LSTM(n, params.width, batch_first=True, bidirectional=True) for n in sizes)
        self.leave = nn.Linear(wide, JOINTS * ANSWERS)
        self.direct = nn.Linear(JOINTS * (DIRECT.stop - DIRECT.start), JOINTS * 3, bias=False)
        self.looseness = nn.Parameter(torch.zeros(len(BONDS)))
        self.register_buffer("covariance", torch.eye(JOINTS))
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)
        nn.init.zeros_(self.direct.weight)

    def forward(
        self,
        positions: Float[Tensor, "n frames joints 3"],
        visible: Bool[Tensor, "n frames joints"],
        wanted: Bool[Tensor, "n frames joints"],
    ) -> Corrected:
        """Give the wanted samples.

        Args:
            positions: In the window's frame [statures].
            visible: Where they are known.
            wanted: What is to be given; hidden samples that are not wanted are ignored.
        """
        with torch.no_grad(), torch.autocast(positions.device.type, enabled=False):  # micrometres need whole floats
            of = gather(positions, visible, wanted, self.covariance)
            known = lengths(positions, visible, of.hidden)
        answers = self._read(of.features).float().reshape(*visible.shape, ANSWERS)
        logits, correction, far = answers[..., :GUESSES], answers[..., GUESSES:-1], answers[..., -1]
        weights = (logits + of.prior[:, None, None]).softmax(-1)
        mean = torch.einsum("ntjg,ngtjc->ntjc", weights, of.guesses)
        told = of.features[..., : CHANNELS * JOINTS].reshape(*visible.shape, CHANNELS)[..., DIRECT].flatten(2)
        correction = correction + self.direct(told).float().reshape(positions.shape)
        given = torch.where(of.wanted[..., None], mean + of.scale[..., None] * correction, of.fill)
        given = restored(given, of.hidden, of.scale, known)
        noisy = of.wanted & visible
        if bool(noisy.any()):
            given = restored(given, noisy, of.scale, one_length(given, noisy, self.looseness.exp()))
        expected = of.scale * far.clamp(-8, 8).exp()
        return Corrected(given, torch.where(of.wanted, expected, 0.0), of)

    def _read(self, features: Float[Tensor, "n frames features"]) -> Float[Tensor, "n frames answers"]:
        x = torch.tanh(self.enter(features))
        for layer in self.layers:
            x, _ = layer(x)
            if self.params.merge == "sum":
                x = x[..., : self.params.width] + x[..., self.params.width :]
        answers: Tensor = self.leave(x)
        return answers
