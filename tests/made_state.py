"""A made physical state, for tests."""

from __future__ import annotations

import numpy as np

from kinetrace.motion.skeletons import INDEX
from schemas.physical_state import PhysicalStateArrays

NATIVE_FPS = 100.0


def made_state(frames: int) -> PhysicalStateArrays:
    """Every joint on its own smooth path; all measured, the head never seen."""
    t = np.arange(frames) / NATIVE_FPS
    joint = np.arange(21)
    positions = np.stack(
        [0.3 * np.sin(2.0 * t[:, None] + joint), 1 + 0.05 * joint + 0 * t[:, None], 0.8 * t[:, None] + 0 * joint],
        axis=-1,
    )
    validity = np.full((frames, 21), 2, dtype=np.uint8)
    positions[:, INDEX["head"]] = 0.0
    validity[:, INDEX["head"]] = 0

    def zeros(*shape: int, dtype: str = "float32") -> np.ndarray:
        return np.zeros((frames, *shape), dtype=dtype)

    return PhysicalStateArrays(
        time=t,
        positions_raw=positions.astype(np.float32),
        state=zeros(21, 12),
        validity=validity,
        boundary=zeros(21, dtype="uint8"),
        angles=zeros(7),
        angles_valid=zeros(7, dtype="uint8"),
        com=zeros(9),
        com_valid=zeros(dtype="uint8"),
        contacts=np.stack((np.arange(frames) % 2, np.arange(frames) % 3), axis=1).astype(np.uint8),
        phases=np.stack((np.arange(frames) // 100, np.arange(frames) // 50), axis=1).astype(np.uint8),
        reasons=zeros(dtype="uint32"),
    )
