"""REPRODUCIBLE: execute every stage again in a temporary folder and compare what comes out.

Each stage is run from the parents that lie on disk, so a difference is found in the stage that makes it and in no other.
On a CPU the outputs must be equal to the bit. A model that was trained on a GPU is compared by its numbers: arrays by
their relative root-mean-square difference, figures by theirs, both within `TOLERANCE`; whole numbers, names and shapes
must be equal, and the checkpoint itself is judged by the embeddings and metrics that it gives.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from kinetrace.store.arrays import read_any
from kinetrace.store.documents import read_json
from kinetrace.store.execute import execute
from kinetrace.store.findings import finding
from kinetrace.store.inspection import Inspected
from kinetrace.store.params_file import set_capture
from kinetrace.store.plan import StagePlan
from kinetrace.store.publish import disk_errors
from kinetrace.store.workspace import LOCK_FILE, MANIFEST, Workspace
from schemas.errors import ArtifactError, KinetraceError
from schemas.manifest import Finding, Manifest

TOLERANCE = 0.05
"""Relative difference that a model trained again on a GPU may show; sums there are not taken in a fixed order."""

_FIX = "Ask whoever made it which machine and versions were used; on this one: kinetrace run"


def rerun(
    workspace: Workspace, capture: str, stages: list[Inspected], load: Callable[[StagePlan], Callable[..., Any]]
) -> list[Finding]:
    """Execute stages again and compare.

    Args:
        workspace: The project; nothing in it is written to.
        capture: Which capture.
        stages: Its stages in order; intact, linked and current.
        load: Finds a stage's function.

    Returns:
        At most one finding a stage.

    Raises:
        StorageError: There is no room for a second copy.
    """
    with tempfile.TemporaryDirectory(prefix="kinetrace-rerun-") as name, disk_errors(Path(name)):
        scratch = _scratch(workspace, capture, stages, Path(name))
        found = []
        for stage, manifest in [(s, s.manifest) for s in stages if s.manifest is not None]:
            difference = _again(scratch, stage, manifest, load(stage.plan))
            if difference is not None:
                found.append(difference)
                _copy(stage.folder, scratch.stage(capture, stage.plan.name))
        return found


def _scratch(workspace: Workspace, capture: str, stages: list[Inspected], root: Path) -> Workspace:
    scratch = Workspace(root)
    for name in ("dvc.yaml", "params.yaml", LOCK_FILE):
        shutil.copyfile(workspace.root / name, root / name)
    set_capture(scratch.params, capture)
    _copy(workspace.capture(capture), root / "captures" / capture)
    for stage in stages:
        _copy(stage.folder, scratch.stage(capture, stage.plan.name))
    return scratch


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, copy_function=_link)


def _link(source: str, target: str) -> None:
    # Published files are never written to again, so a second name does for a copy where the file system can.
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _again(scratch: Workspace, stage: Inspected, recorded: Manifest, function: Callable[..., Any]) -> Finding | None:
    try:
        folder = execute(scratch, stage.plan, function)
    except KinetraceError as error:
        return finding("rerun.failed", stage.place, "the same outputs", str(error)[:300], error.fix)
    fresh = read_json(folder / MANIFEST, Manifest)
    if fresh.digest == recorded.digest:
        return None
    if fresh.environment.device != recorded.environment.device:
        return finding(
            "rerun.device.differs", stage.place, recorded.environment.device, fresh.environment.device,
            "Run this on a machine with the device that the manifest names.",
        )  # fmt: skip
    if recorded.environment.device != "cpu":
        return _within(stage, folder, fresh)
    now = {r.path: r.sha256 for r in fresh.outputs}
    name, was = next(
        ((r.path, r.sha256) for r in recorded.outputs if now.get(r.path) != r.sha256), (MANIFEST, recorded.digest)
    )
    found = f"{now.get(name, fresh.digest)[:12]}…"
    return finding("rerun.output.differs", f"{stage.place}/{name}", f"sha256 {was[:12]}…", found, _FIX)


def _within(stage: Inspected, folder: Path, fresh: Manifest) -> Finding | None:
    for record in fresh.outputs:
        compare = {".npz": _arrays_apart, ".json": _figures_apart}.get(Path(record.path).suffix)
        apart = compare(stage.folder / record.path, folder / record.path) if compare else 0.0
        if apart > TOLERANCE:
            expected = f"relative difference at most {TOLERANCE:g}"
            return finding("rerun.tolerance.exceeded", f"{stage.place}/{record.path}", expected, f"{apart:.3g}", _FIX)
    return None


def _arrays_apart(recorded: Path, fresh: Path) -> float:
    """Give the largest relative RMS difference of any array; infinite where names, shapes or whole numbers differ."""
    try:
        was, now = read_any(recorded), read_any(fresh)
    except ArtifactError:
        return float("inf")
    if was.keys() != now.keys():
        return float("inf")
    return max((_array_apart(was[name], now[name]) for name in now), default=0.0)


def _array_apart(was: np.ndarray, now: np.ndarray) -> float:
    if was.shape != now.shape or was.dtype != now.dtype:
        return float("inf")
    if was.dtype.kind != "f":
        return 0.0 if np.array_equal(was, now) else float("inf")
    scale = float(np.sqrt(np.mean(np.square(now, dtype=np.float64)))) if now.size else 0.0
    apart = float(np.sqrt(np.mean(np.square(was.astype(np.float64) - now)))) if now.size else 0.0
    return apart / scale if scale else apart


def _figures_apart(recorded: Path, fresh: Path) -> float:
    """Give the largest difference of any figure, relative to it or to 1, whichever is larger; infinite where words differ."""
    return _value_apart(json.loads(recorded.read_bytes()), json.loads(fresh.read_bytes()))


def _value_apart(was: Any, now: Any) -> float:
    if isinstance(now, float) and isinstance(was, float):
        return abs(was - now) / max(1.0, abs(now))
    if isinstance(now, dict) and isinstance(was, dict) and was.keys() == now.keys():
        return max((_value_apart(was[key], now[key]) for key in now), default=0.0)
    if isinstance(now, list) and isinstance(was, list) and len(was) == len(now):
        return max((_value_apart(one, two) for one, two in zip(was, now, strict=True)), default=0.0)
    return 0.0 if was == now else float("inf")
