"""Toy projects, fresh and already run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


@pytest.fixture
def fresh(tmp_path: Path) -> Any:
    """Give a toy project that has not run."""
    from toy_project import make_project

    return make_project(tmp_path)


@pytest.fixture
def toy(fresh: Any) -> Any:
    """Give a toy project whose three stages have run."""
    fresh.run()
    return fresh
