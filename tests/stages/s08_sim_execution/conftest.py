"""What the execution tests share: the folder of made people, a humanoid, and motions for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(TESTS / "kinetrace" / "physics")]


@pytest.fixture(scope="session")
def humanoid():
    """A woman of 1.70 m and 60 kg by de Leva's means."""
    from made_people import HEIGHT, MASS, average

    from kinetrace.physics.humanoid import build

    return build(average(HEIGHT, "f"), MASS, "f")


@pytest.fixture(scope="session")
def executor(humanoid):
    """The humanoid with the default bounds, at 30 planned steps a second."""
    from schemas.sim_execution import SimExecutionParams
    from stages.s08_sim_execution.execution import Executor

    return Executor(humanoid, 30.0, 6.0, SimExecutionParams(corrections=3))
