"""How one capture's model comes about: pretrained weights adapted to it, or training from scratch; and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinetrace.models.pinn.weights import LoadedPinn
from kinetrace.models.pretrained import Pretrained
from kinetrace.training.world_model.adapt import SIZES, adapt
from kinetrace.training.world_model.engine import Shown
from kinetrace.training.world_model.train import CaptureData, Trained, train
from schemas.dataset import Part
from schemas.world_model import WorldModelParams

LEAST_S = 2.0
"""Less of a person than this teaches a few poses by heart: on 0.5 s of walking, adapting tripled the error."""

SHAPES = tuple(name for name in SIZES if name in ("latent_dim", "anti_collapse", "frame", "delta", "target"))
"""Parameters that ask for another model than the pretrained one."""


@dataclass(frozen=True)
class Learnt:
    """A trained model and one sentence on where it began."""

    trained: Trained
    origin: str


def learn(
    capture: CaptureData,
    params: WorldModelParams,
    pretrained: Pretrained | None,
    device: str = "cpu",
    progress: Shown = lambda steps: steps,
    pinn: LoadedPinn | None = None,
) -> Learnt:
    """Train the model of one capture as its parameters ask.

    Args:
        capture: Stage 5's table, joints and rate.
        params: Recipe and budget.
        pretrained: Weights to begin from; None: there are none.
        device: cpu or cuda.
        progress: Wraps the loop over steps.
        pinn: Trained encoder, for `encoder: pinn`.

    Raises:
        ComputeError: The loss is no longer a number, or there is too little memory.
    """
    reason = _from_scratch(capture, params, pretrained)
    if reason or pretrained is None:
        return Learnt(train(capture.table, capture.joints, capture.fps, params, device, progress, pinn), reason)
    begun = (pretrained.model, pretrained.config, pretrained.sha256)
    seconds = int(np.count_nonzero(capture.table.part == Part.TRAIN)) / capture.fps
    origin = f"pretrained weights {pretrained.sha256[:12]} adapted in {params.adapt_steps} steps"
    if seconds < LEAST_S:
        params = params.model_copy(update={"adapt_steps": 0})
        origin = (
            f"pretrained weights {pretrained.sha256[:12]} as they are: {seconds:.1f} s to train on, "
            f"adapting needs {LEAST_S:g}"
        )
    return Learnt(adapt(capture, begun, params, device, progress), origin)


def _from_scratch(capture: CaptureData, params: WorldModelParams, pretrained: Pretrained | None) -> str:
    """Say why weights are not adapted; empty where they are."""
    if params.encoder == "pinn":
        return f"trained from scratch behind a {'frozen' if params.pinn_frozen else 'learning'} PINN encoder"
    known = None if pretrained is None else pretrained.config
    missing = () if known is None else tuple(j for j in known.joints if j not in capture.joints)
    other = () if known is None else tuple(n for n in SHAPES if getattr(params, n) != getattr(known.params, n))
    reasons = (
        ("the seed's recipe has no pretrained weights", params.recipe == "seed"),
        ("`pretrained: false`", not params.pretrained),
        ("this copy of Kinetrace came without pretrained weights", known is None),
        (f"pretrained weights need {', '.join(missing)}", bool(missing)),
        (f"no pretrained weights of that {', '.join(other)}", bool(other)),
    )
    return next((f"trained from scratch: {reason}" for reason, holds in reasons if holds), "")
