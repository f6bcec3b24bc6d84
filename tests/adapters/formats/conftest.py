"""A made walk for the readers of exports."""

from __future__ import annotations

import numpy as np
import pytest

from kinetrace.simulation.simulate import simulate


@pytest.fixture(scope="session")
def walk() -> np.ndarray:
    """Joints (90, 21, 3) of a simulated person of 1.75 m who walks, at 60 Hz [m], Y up."""
    return simulate("gait", 2.0, 1, height_m=1.75).truth.positions.astype(float)[:90]
