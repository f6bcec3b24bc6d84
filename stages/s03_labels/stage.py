"""The edge of stage 3: reads the physical state and the assessment, writes the labels."""

from __future__ import annotations

from kinetrace.store.stage_run import StageRun
from schemas.adapter import AdapterResult
from schemas.labels import LabelsParams
from schemas.physical_state import PhysicalState, PhysicalStateArrays
from stages.s03_labels.labels import all_labels


def run(run: StageRun, params: LabelsParams) -> None:
    """Write `labels.json`."""
    arrays = run.read_arrays("s02_physical_state", "physical_state.h5", PhysicalStateArrays)
    document = run.read_json("s02_physical_state", "physical_state.json", PhysicalState)
    adapter = run.read_json("s00_adapter", "adapter_result.json", AdapterResult)
    labels = all_labels(arrays, document, adapter.assessment, params)
    run.write_json("labels.json", labels)
    failures = sorted({label.label for label in labels.labels if label.kind == "failure"})
    run.note(f"{len(labels.labels)} labels; failures: {', '.join(failures) or 'none'}")
