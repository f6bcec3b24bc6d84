"""Stage 1's edge: reads the adapter's motion, writes the aligned `motion.h5` and `alignment.json`."""

from __future__ import annotations

from kinetrace.store.stage_run import StageRun
from schemas.adapter import AdapterResult
from schemas.alignment import AlignmentParams
from schemas.motion import AdapterArrays
from stages.s01_alignment.align import align


def run(run: StageRun, params: AlignmentParams) -> None:
    """Align the motion.

    Raises:
        AlignmentError: No floor, an inverted world, or a scale that is not metres.
    """
    motion = run.read_arrays("s00_adapter", "motion.h5", AdapterArrays)
    source = run.read_json("s00_adapter", "adapter_result.json", AdapterResult)
    aligned, account = align(motion, source, params)
    run.write_arrays("motion.h5", aligned)
    run.write_json("alignment.json", account)
    run.note(f"floor: {account.floor_source} at {account.floor_height_m:.3f} m; forward: {account.forward_source}")
    for check in account.checks:
        if not check.ok:
            run.note(f"check {check.name}: {check.value:.3f}, expected {check.bound}")
