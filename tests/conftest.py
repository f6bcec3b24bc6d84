"""What every test may lean on: shape checking, one thread, and the real recordings where they are."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ.setdefault("MUJOCO_GL", "egl")

from jaxtyping import install_import_hook  # noqa: E402

install_import_hook(
    [
        "adapters.robotics",
        "adapters.videopose3d",
        "stages",
        "kinetrace.motion",
        "kinetrace.physics",
        "kinetrace.models",
        "kinetrace.training",
        "kinetrace.simulation",
        "kinetrace.report",
    ],
    "beartype.beartype",
)

ROOT = Path(__file__).resolve().parent.parent
"""The project."""

sys.path.insert(0, str(Path(__file__).resolve().parent))  # toy_project, made_model and made_state lie beside this file


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of real recordings; a test that needs it is skipped where it is not."""
    folder = Path(os.environ.get("KINETRACE_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "MANIFEST.md").is_file():
        pytest.skip(f"real recordings are not at {folder}; point KINETRACE_DATA at them")
    return folder


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the project under test."""
    return ROOT


@pytest.fixture(scope="session")
def opengl() -> None:
    """OpenGL without a screen, which films need; a test that draws is skipped where there is none."""
    import mujoco

    from kinetrace.simulation.ipad.offscreen import drawer
    from schemas.errors import UsageError

    model = mujoco.MjModel.from_xml_string("<mujoco><worldbody><camera name='c'/></worldbody></mujoco>")
    try:
        with drawer(model, "c"):
            pass
    except UsageError as error:
        pytest.skip(f"nothing can be drawn here: {error}")


@pytest.fixture
def fresh(tmp_path: Path) -> Any:
    """A toy project that has not run."""
    from toy_project import make_project

    return make_project(tmp_path)


@pytest.fixture
def toy(fresh: Any) -> Any:
    """A toy project whose three stages have run."""
    fresh.run()
    return fresh
