"""The folder with what these tests share, and a made physical state."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from schemas.physical_state import PhysicalStateArrays

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


@pytest.fixture
def state() -> PhysicalStateArrays:
    """Four seconds of made motion at 100 Hz."""
    from made_state import made_state

    return made_state(400)
