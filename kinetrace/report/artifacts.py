"""Everything that one report shows, read from artifacts; a stage that did not run is absent and says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from kinetrace.store.arrays import read_h5, read_npz
from kinetrace.store.digest import digest_file
from kinetrace.store.documents import read_json
from schemas.adapter import AdapterResult
from schemas.alignment import Alignment
from schemas.dataset import Dataset
from schemas.errors import ArtifactError
from schemas.labels import Labels
from schemas.manifest import Manifest
from schemas.motion import MotionArrays
from schemas.physical_state import PhysicalState, PhysicalStateArrays
from schemas.planning import Plan, VariantArrays
from schemas.sim_execution import OutcomeArrays, Outcomes
from schemas.sim_replay import Replay, ReplayArrays
from schemas.task_pack import Metrics, TaskPack
from schemas.world_model import EmbeddingArrays, Training

STAGES: Final = (
    ("s00_adapter", "reading the recording"),
    ("s01_alignment", "floor and axes"),
    ("s02_physical_state", "velocities, angles, contacts and phases"),
    ("s03_labels", "failure and phase labels"),
    ("s04_sim_replay", "replay on the humanoid"),
    ("s05_dataset", "transition pairs"),
    ("s06_world_model", "world model"),
    ("s07_planning", "planned variants"),
    ("s08_sim_execution", "execution of the variants"),
    ("s09_task_pack", "clinical metrics"),
)
"""The stages that a report shows, in order, each with what it does in plain words."""

Loaded = TypeVar("Loaded")


@dataclass(frozen=True)
class StageRecord:
    """What the provenance table says of one stage."""

    stage: str
    manifest: Manifest | None
    digest: str | None


@dataclass
class ReportArtifacts:
    """The loaded outputs of one capture; `None` where a stage has not written them, with the reason in `absent`."""

    capture: str
    absent: dict[str, str] = field(default_factory=dict)
    records: list[StageRecord] = field(default_factory=list)
    adapter: AdapterResult | None = None
    aligned: MotionArrays | None = None
    alignment: Alignment | None = None
    state: PhysicalState | None = None
    state_arrays: PhysicalStateArrays | None = None
    labels: Labels | None = None
    replay: Replay | None = None
    replay_arrays: ReplayArrays | None = None
    dataset: Dataset | None = None
    training: Training | None = None
    embeddings: EmbeddingArrays | None = None
    plan: Plan | None = None
    variants: VariantArrays | None = None
    outcomes: Outcomes | None = None
    outcome_arrays: OutcomeArrays | None = None
    metrics: Metrics | None = None
    task_pack: TaskPack | None = None


def load_artifacts(artifacts_dir: Path, capture: str) -> ReportArtifacts:
    """Read every file that a report shows; whatever cannot be read is named in `absent`, never guessed.

    Args:
        artifacts_dir: The folder that holds the capture's stages, `artifacts/<id>`.
        capture: The capture's id, as shown.

    Returns:
        The loaded models and tables.

    Raises:
        ArtifactError: The capture has no artifacts at all.
    """
    if not artifacts_dir.is_dir():
        raise ArtifactError(
            where=f"artifacts/{capture}", field="folder", expected="the outputs of at least one stage", found="no such folder",
            fix=f"Run `kinetrace run {capture}` first.",
        )  # fmt: skip
    found = ReportArtifacts(capture=capture)
    for stage, _ in STAGES:
        folder = artifacts_dir / stage
        if folder.is_dir():
            try:
                LOADERS[stage](found, folder)
            except ArtifactError as error:
                found.absent[stage] = f"could not be read: expected {error.expected}, found {error.found}. {error.fix}"
        else:
            found.absent[stage] = "has not been run for this capture"
        found.records.append(_record(stage, folder))
    return found


def _adapter(found: ReportArtifacts, folder: Path) -> None:
    found.adapter = read_json(folder / "adapter_result.json", AdapterResult)


def _alignment(found: ReportArtifacts, folder: Path) -> None:
    alignment = read_json(folder / "alignment.json", Alignment)
    found.aligned = read_h5(folder / "motion.h5", MotionArrays)
    found.alignment = alignment


def _physical_state(found: ReportArtifacts, folder: Path) -> None:
    state = read_json(folder / "physical_state.json", PhysicalState)
    found.state_arrays = read_h5(folder / "physical_state.h5", PhysicalStateArrays)
    found.state = state


def _labels(found: ReportArtifacts, folder: Path) -> None:
    found.labels = read_json(folder / "labels.json", Labels)


def _replay(found: ReportArtifacts, folder: Path) -> None:
    replay = read_json(folder / "replay.json", Replay)
    found.replay_arrays = read_h5(folder / "replay.h5", ReplayArrays)
    found.replay = replay


def _dataset(found: ReportArtifacts, folder: Path) -> None:
    found.dataset = read_json(folder / "dataset.json", Dataset)


def _world_model(found: ReportArtifacts, folder: Path) -> None:
    training = read_json(folder / "training.json", Training)
    found.embeddings = read_npz(folder / "embeddings.npz", EmbeddingArrays)
    found.training = training


def _planning(found: ReportArtifacts, folder: Path) -> None:
    plan = read_json(folder / "plan.json", Plan)
    found.variants = read_npz(folder / "variants.npz", VariantArrays)
    found.plan = plan


def _execution(found: ReportArtifacts, folder: Path) -> None:
    outcomes = read_json(folder / "outcomes.json", Outcomes)
    found.outcome_arrays = read_h5(folder / "outcomes.h5", OutcomeArrays)
    found.outcomes = outcomes


def _task_pack(found: ReportArtifacts, folder: Path) -> None:
    task_pack = read_json(folder / "task_pack.json", TaskPack)
    found.metrics = read_json(folder / "metrics.json", Metrics)
    found.task_pack = task_pack


def _record(stage: str, folder: Path) -> StageRecord:
    path = folder / "manifest.json"
    try:
        manifest = read_json(path, Manifest)
    except ArtifactError:
        return StageRecord(stage, None, None)
    return StageRecord(stage, manifest, digest_file(path).sha256)


LOADERS: Final[dict[str, Callable[[ReportArtifacts, Path], None]]] = {
    "s00_adapter": _adapter,
    "s01_alignment": _alignment,
    "s02_physical_state": _physical_state,
    "s03_labels": _labels,
    "s04_sim_replay": _replay,
    "s05_dataset": _dataset,
    "s06_world_model": _world_model,
    "s07_planning": _planning,
    "s08_sim_execution": _execution,
    "s09_task_pack": _task_pack,
}
