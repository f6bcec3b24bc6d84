"""The validation log: every stretch of doubtful frames, with the worst figure in it."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, UInt32

from kinetrace.motion.filters import gap_free_runs
from kinetrace.physics.evidence import FrameScore
from schemas.sim_replay import SUB_SCORES, FaultInterval, FrameFault


def fault_intervals(
    faults: UInt32[np.ndarray, "frames"],
    fps: float,
    frames: dict[str, FrameScore],
    ik_residual: Float[np.ndarray, "frames"],
    root_residual: Float[np.ndarray, "frames"],
) -> tuple[FaultInterval, ...]:
    """List the contiguous intervals of each fault, in order of time.

    Args:
        faults: FrameFault bits.
        fps: Frame rate [Hz].
        frames: Frame scores, whose measures give the worst figures.
        ik_residual: Mean distance of the humanoid to the recorded joints [m].
        root_residual: Unexplained root force [body weights].

    Returns:
        Intervals; ends are inclusive. Bridged and boundary stretches give their length as the figure.
    """
    measures = {FrameFault[name.upper()]: (frames[name].measure, frames[name].units) for name in SUB_SCORES}
    measures[FrameFault.IK_RESIDUAL] = (ik_residual, "m")
    measures[FrameFault.ROOT_RESIDUAL] = (root_residual, "BW")
    found = []
    for fault in FrameFault:
        if fault == FrameFault.OK:
            continue
        for start, stop in gap_free_runs((faults & fault) > 0):
            measure, units = measures.get(fault, (None, "frames"))
            worst = float(stop - start) if measure is None else float(measure[start:stop].max())
            found.append(
                FaultInterval(
                    start_frame=start,
                    end_frame=stop - 1,
                    start_s=start / fps,
                    end_s=(stop - 1) / fps,
                    fault=str(fault.name).lower(),
                    worst=worst,
                    units=units,
                )
            )
    return tuple(sorted(found, key=lambda interval: (interval.start_frame, interval.fault)))
