"""The JSON Schemas of every document, made from the models; `python -m schemas.export` writes them to `schemas/json/`."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from schemas.adapter import AdapterResult
from schemas.alignment import Alignment
from schemas.benchmark import Benchmark
from schemas.capture import Assessment, CaptureFile, MarkerMapping, Plane
from schemas.cmu_prediction import PredictionCard
from schemas.corpus import Corpus
from schemas.corrector import CorrectorCard
from schemas.dataset import Dataset
from schemas.doctor import DoctorReport
from schemas.labels import Labels
from schemas.lifter import LifterCard, LifterParams
from schemas.manifest import AuditReport, LedgerEntry, Manifest, Seal
from schemas.params import Params
from schemas.physical_state import PhysicalState
from schemas.pinn import PinnCard
from schemas.planning import Plan
from schemas.sim_execution import Outcomes
from schemas.sim_replay import Replay
from schemas.task_pack import Metrics, TaskPack
from schemas.uncertainty import UncertaintyCard
from schemas.world_model import Training, WorldModelCard, WorldModelConfig

DOCUMENTS: dict[str, type[BaseModel]] = {
    "adapter_result": AdapterResult,
    "alignment": Alignment,
    "assessment": Assessment,
    "audit": AuditReport,
    "bench": Benchmark,
    "capture": CaptureFile,
    "cmu_prediction_card": PredictionCard,
    "corpus": Corpus,
    "corrector_card": CorrectorCard,
    "dataset": Dataset,
    "doctor": DoctorReport,
    "labels": Labels,
    "lifter_card": LifterCard,
    "lifter_params": LifterParams,
    "ledger_entry": LedgerEntry,
    "manifest": Manifest,
    "marker_mapping": MarkerMapping,
    "metrics": Metrics,
    "outcomes": Outcomes,
    "params": Params,
    "physical_state": PhysicalState,
    "pinn_card": PinnCard,
    "plan": Plan,
    "plane": Plane,
    "replay": Replay,
    "seal": Seal,
    "task_pack": TaskPack,
    "training": Training,
    "training_config": WorldModelConfig,
    "uncertainty_card": UncertaintyCard,
    "world_model_card": WorldModelCard,
}
"""Every document that is read or written as JSON (or YAML), by the name of its schema file."""

FOLDER = Path(__file__).resolve().parent / "json"


def json_schemas() -> dict[str, str]:
    """Give the text of every schema file, by file name."""
    found: dict[str, str] = {}
    for name, model in DOCUMENTS.items():
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(by_alias=True)}
        found[f"{name}.json"] = json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    return found


def write(folder: Path) -> None:
    """Make a folder hold exactly the schema files of today's models."""
    folder.mkdir(exist_ok=True)
    texts = json_schemas()
    for stale in {p.name for p in folder.glob("*.json")} - set(texts):
        (folder / stale).unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(FOLDER)
