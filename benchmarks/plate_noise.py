"""A laboratory's motion at thirty frames a second, and as a tablet would have seen it; then cleaned as stage 0 does."""

from __future__ import annotations

from typing import Final

import numpy as np

from adapters.robotics.body import Body
from adapters.robotics.quality import assess
from kinetrace.physics.corruptions import Clip, corrupt, sampled
from schemas.adapter import AdapterParams, AdapterResult
from schemas.motion import AdapterArrays

FPS: Final = 30.0
SEEDS: Final = (0, 1, 2, 3, 4)


def slowed(result: AdapterResult, motion: AdapterArrays) -> tuple[AdapterResult, AdapterArrays]:
    """Look at a motion only thirty times a second, straight between its frames: no filter, as a camera would."""
    fps = result.source_info.fps
    at = np.arange(0.0, len(motion.time) - 1 + 1e-9, fps / FPS)
    return _as_read(result, motion, sampled(Clip(motion.positions, motion.validity, fps), at, FPS))


def tablet(result: AdapterResult, motion: AdapterArrays, seed: int) -> tuple[AdapterResult, AdapterArrays]:
    """Put a tablet's noise and dropouts on a motion (`corruptions.tablet_noise`) and clean it as stage 0 does."""
    clip = Clip(motion.positions, motion.validity, result.source_info.fps)
    return _as_read(result, motion, corrupt("tablet_noise", clip, seed))


def _as_read(result: AdapterResult, motion: AdapterArrays, clip: Clip) -> tuple[AdapterResult, AdapterArrays]:
    seen = (clip.validity > 0)[..., None]
    body = Body(np.where(seen, clip.positions, np.nan).astype(np.float64), clip.validity.copy())
    reasons = assess(body, clip.fps, AdapterParams(), np.zeros(len(clip.positions), dtype=np.uint32))
    arrays = AdapterArrays(
        positions=np.nan_to_num(body.positions, nan=0.0).astype(np.float32),
        validity=body.validity,
        time=np.arange(len(clip.positions)) / clip.fps,
        reasons=reasons.astype(np.uint32),
        scan_points=motion.scan_points,
    )
    source = result.source_info.model_copy(update={"fps": clip.fps, "frames": len(arrays.time)})
    return result.model_copy(update={"source_info": source}), arrays
