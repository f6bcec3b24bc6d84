"""A project of one toy stage that the real store publishes in a few milliseconds, and the judge of what a crash left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from kinetrace.store.arrays import read_h5, read_npz
from kinetrace.store.documents import read_json
from kinetrace.store.execute import execute
from kinetrace.store.manifest import describe_inputs
from kinetrace.store.plan import StagePlan
from kinetrace.store.stage_run import StageRun
from kinetrace.store.workspace import MANIFEST, Workspace
from schemas.base import Array, ArrayTable, Strict
from schemas.manifest import Manifest

CAPTURE = "toy"
SMALL, LARGE = 60, 61
"""The one parameter, frames a second: the small artifact has a few kilobytes, the large one about 800."""
VALUES = {SMALL: 100, LARGE: 32000}
STAGE = StagePlan(
    "s00_adapter", "adapter", (), ("blob.bin", "words.json", "numbers.h5", "numbers.npz"), ("schemas/__init__.py",)
)
_READER = StagePlan("s01_alignment", "alignment", ("s00_adapter",), (), STAGE.code)


class Words(Strict):
    """A toy document."""

    fps: float


class Numbers(ArrayTable):
    """A toy table."""

    values: Annotated[np.ndarray[Any, Any], Array("float64", ("n",))]


def make(root: Path) -> Workspace:
    """Lay the project out; nothing has run yet."""
    capture = root / "captures" / CAPTURE
    capture.mkdir(parents=True)
    (capture / "capture.json").write_text(json.dumps({"subject": "toy"}))
    (root / "dvc.yaml").write_text("stages: {}\n")
    (root / "requirements.lock").write_text("numpy==2.0.0\n")
    return Workspace(root)


def ask_for(workspace: Workspace, fps: int) -> None:
    """Set the parameter that decides what the next run writes."""
    workspace.params.write_text(f"capture: {CAPTURE}\nadapter:\n  max_fps: {fps}.0\n")


def run(workspace: Workspace) -> None:
    """Publish the stage."""
    execute(workspace, STAGE, _write)


def state(workspace: Workspace) -> str:
    """Say what stands in the artifact's place: ``small``, ``large``, ``absent``, or in words what is torn.

    Complete means: every digest of the manifest holds, no file is missing or extra, and the content is the one that the
    manifest's parameter makes.
    """
    folder = workspace.stage(CAPTURE, STAGE.name)
    if not folder.exists():
        return "absent"
    try:
        describe_inputs(workspace, CAPTURE, _READER)
        manifest = read_json(folder / MANIFEST, Manifest)
        fps = int(read_json(folder / "words.json", Words).fps)
        tables = (read_h5(folder / "numbers.h5", Numbers), read_npz(folder / "numbers.npz", Numbers))
    except Exception as error:  # whatever it is, it is what was left
        return f"torn: {error}"
    whole = {p.name for p in folder.iterdir()} == {MANIFEST, *STAGE.outputs}
    same = all(np.array_equal(table.values, _values(fps)) for table in tables)
    if not whole or not same or manifest.params["max_fps"] != fps or (folder / "blob.bin").read_bytes() != _blob(fps):
        return "torn: files of two runs"
    return "small" if fps == SMALL else "large"


def debris(workspace: Workspace) -> list[str]:
    """List what lies beside the artifact."""
    folder = workspace.artifacts(CAPTURE)
    return sorted(p.name for p in folder.iterdir() if p.name != STAGE.name) if folder.is_dir() else []


def _write(run: StageRun, params: Any) -> None:
    fps = int(params.max_fps)
    run.write_bytes("blob.bin", _blob(fps))
    run.write_json("words.json", Words(fps=float(fps)))
    run.write_arrays("numbers.h5", Numbers(values=_values(fps)))
    run.write_arrays("numbers.npz", Numbers(values=_values(fps)))


def _values(fps: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(fps).normal(size=VALUES[fps])


def _blob(fps: int) -> bytes:
    return _values(fps).tobytes()
