"""The edge of stage 5: reads the physical state, writes the transitions."""

from __future__ import annotations

from kinetrace.store.stage_run import StageRun
from schemas.dataset import DatasetParams
from schemas.physical_state import PhysicalState, PhysicalStateArrays
from stages.s05_dataset.dataset import build_dataset


def run(run: StageRun, params: DatasetParams) -> None:
    """Write `transitions.npz` and `dataset.json`."""
    state = run.read_arrays("s02_physical_state", "physical_state.h5", PhysicalStateArrays)
    about = run.read_json("s02_physical_state", "physical_state.json", PhysicalState)
    built = build_dataset(state, about.fps, about.phase_names, params)
    run.write_arrays("transitions.npz", built.table)
    run.write_json("dataset.json", built.document)
    for note in built.document.notes:
        run.note(note)
    run.note(
        f"{built.document.anchors} anchors of {len(built.document.joints)} joints, "
        f"{built.document.train_pairs} pairs to train on, {built.document.held_out_pairs} held out"
    )
