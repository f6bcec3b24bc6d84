"""A whole small tree of artifacts, made through the schema models and written by the store."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jaxtyping import install_import_hook

sys.path.insert(0, str(Path(__file__).parent))
install_import_hook(["kinetrace.report"], "beartype.beartype")

CAPTURE = "made_walk"


@pytest.fixture(scope="session")
def made_artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a complete capture's artifacts; read only."""
    from made_artifacts import write_artifacts

    root = tmp_path_factory.mktemp("artifacts")
    write_artifacts(root, CAPTURE)
    return root / CAPTURE


@pytest.fixture(scope="session")
def made_report(made_artifacts: Path) -> str:
    """Give the report of the complete capture, not audited."""
    from kinetrace.report.report import build_report

    return build_report(made_artifacts, CAPTURE, None)
