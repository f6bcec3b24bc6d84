"""Made recordings to train on."""

from __future__ import annotations

import numpy as np
import pytest
from made_swaying import swaying

from kinetrace.training.corrector.recordings import Recording
from schemas.corrector import CorrectorParams

TINY = CorrectorParams(width=4, layers=1, inner=4, batch_size=4, steps=6, speeds_hz=(60.0,))


@pytest.fixture
def recordings() -> tuple[Recording, ...]:
    """Three people in two data sets, one without arms."""
    every = np.ones(21, dtype=bool)
    armless = every.copy()
    armless[[12, 13, 15, 16]] = False
    out = []
    for k, (source, who, has) in enumerate((("a", "one", every), ("a", "two", armless), ("b", "three", every))):
        positions = swaying(90 + 10 * k, seed=k) * has[:, None]
        out.append(Recording(f"{source}/{who}/swaying/{k}", source, f"licence of {source}", positions, has, 60.0))
    return tuple(out)


@pytest.fixture
def tiny() -> CorrectorParams:
    """The smallest training."""
    return TINY
