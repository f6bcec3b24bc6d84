"""People and motions that the physics tests are about."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def humanoid():
    """A woman of 1.70 m and 60 kg by de Leva's means."""
    from made_people import HEIGHT, MASS, average

    from kinetrace.physics.humanoid import build

    return build(average(HEIGHT, "f"), MASS, "f")


@pytest.fixture(scope="session")
def supports(humanoid):
    """Her copy for simulation, at steps of 2 ms."""
    from kinetrace.physics.supports import make_supports

    return make_supports(humanoid, 0.002)
