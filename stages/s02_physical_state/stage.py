"""The edge of stage 2: reads the aligned motion, writes the physical state."""

from __future__ import annotations

from kinetrace.store.stage_run import StageRun
from schemas.adapter import AdapterResult
from schemas.alignment import Alignment
from schemas.motion import MotionArrays
from schemas.physical_state import PhysicalStateParams
from stages.s02_physical_state.physical_state import physical_state


def run(run: StageRun, params: PhysicalStateParams) -> None:
    """Write `physical_state.h5` and `physical_state.json`."""
    motion = run.read_arrays("s01_alignment", "motion.h5", MotionArrays)
    alignment = run.read_json("s01_alignment", "alignment.json", Alignment)
    adapter = run.read_json("s00_adapter", "adapter_result.json", AdapterResult)
    arrays, document = physical_state(motion, alignment, adapter, params)
    run.write_arrays("physical_state.h5", arrays)
    run.write_json("physical_state.json", document)
    for note in document.notes:
        run.note(note)
    run.note(
        f"{document.movement} ({document.movement_source}): {len(document.events)} gait events, "
        f"{len(document.repetitions)} repetitions"
    )
