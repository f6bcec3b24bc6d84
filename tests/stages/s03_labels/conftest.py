"""A made physical state whose angles, contacts and centre of mass a test can set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from kinetrace.motion.phases import PHASES
from schemas.physical_state import FilterRun, PhysicalState, PhysicalStateArrays, Subject


@dataclass
class MadeState:
    """Arrays to change freely before `freeze`."""

    frames: int
    fields: dict[str, np.ndarray] = field(default_factory=dict)
    about: dict[str, object] = field(default_factory=dict)

    def freeze(self) -> tuple[PhysicalStateArrays, PhysicalState]:
        return PhysicalStateArrays(**self.fields), PhysicalState(**self.about)


@pytest.fixture
def make_state() -> Callable[..., MadeState]:
    """Four seconds at 50 Hz of nothing, as a given movement."""

    def make(movement: str, frames: int = 200, **about: object) -> MadeState:
        fields = {
            "time": np.arange(frames) / 50.0,
            "positions_raw": np.zeros((frames, 21, 3), np.float32),
            "state": np.zeros((frames, 21, 12), np.float32),
            "validity": np.full((frames, 21), 2, np.uint8),
            "boundary": np.zeros((frames, 21), np.uint8),
            "angles": np.zeros((frames, 7), np.float32),
            "angles_valid": np.ones((frames, 7), np.uint8),
            "com": np.zeros((frames, 9), np.float32),
            "com_valid": np.ones(frames, np.uint8),
            "contacts": np.ones((frames, 2), np.uint8),
            "phases": np.zeros((frames, 2), np.uint8),
            "reasons": np.zeros(frames, np.uint32),
        }
        subject = Subject(
            id="s", stature_m=1.7, stature_source="declared", mass_kg=None, sex="unknown", segment_lengths_m={}
        )
        used = FilterRun(
            kind="none", cutoff_hz=6.0, design_cutoff_hz=6.0, order_total=4, gap_free_runs=21, runs_too_short=0
        )
        document = {
            "movement": movement, "movement_source": "declared", "movement_confidence": 1.0, "fps": 50.0,
            "subject": subject, "ankle_zero_source": "none", "phase_names": PHASES[movement], "filter": used,
            "contact_speed_threshold": 0.5, "contact_speed_source": "fixed", "calibration": (), "walking_speed": None,
            "treadmill": False, "events": (), "repetitions": (),
        }  # fmt: skip
        return MadeState(frames, fields, document | about)

    return make
