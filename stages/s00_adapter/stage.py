"""Stage 0's edge: reads the capture bundle, writes `motion.h5` and `adapter_result.json`."""

from __future__ import annotations

from adapters.robotics.adapter import adapt
from kinetrace.store.stage_run import StageRun
from schemas.adapter import AdapterParams


def run(run: StageRun, params: AdapterParams) -> None:
    """Adapt the raw capture.

    Raises:
        CaptureError: The recording cannot be used; says why and what would work.
    """
    result, arrays = adapt(run.capture_dir, params, run.progress)
    run.write_arrays("motion.h5", arrays)
    run.write_json("adapter_result.json", result)
    info = result.source_info
    run.note(f"{info.layout}: {info.frames} frames at {info.fps:g} Hz, body in {result.tracked_fraction:.0%}")
    for text in (*info.assumptions, *info.left_out):
        run.note(text)
