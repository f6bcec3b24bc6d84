"""Recordings taken through stages 0 to 2, for stage 4 to replay."""

from __future__ import annotations

import json
import shutil

import pytest


def taken_through(folder, trial, static, movement, mass, height, sex):
    """Alignment and physical state of one marker file, as the pipeline makes them."""
    from adapters.robotics.adapter import adapt
    from schemas.adapter import AdapterParams
    from schemas.alignment import AlignmentParams
    from schemas.physical_state import PhysicalStateParams
    from stages.s01_alignment.align import align
    from stages.s02_physical_state.physical_state import physical_state

    shutil.copy(trial, folder / "motion.trc")
    shutil.copy(static, folder / "static.trc")
    capture = {
        "schema_version": 1, "device": {"model": "lab"}, "movement": movement, "units": "m", "matrix_order": "column",
        "subject": {"id": "s4", "height_m": height, "mass_kg": mass, "sex": sex},
        "files": {"motion.trc": "motion", "static.trc": "static"},
    }  # fmt: skip
    (folder / "capture.json").write_text(json.dumps(capture))
    result, arrays = adapt(folder, AdapterParams())
    motion, alignment = align(arrays, result, AlignmentParams())
    return alignment, *physical_state(motion, alignment, result, PhysicalStateParams())


@pytest.fixture(scope="session")
def opencap(recordings, tmp_path_factory):
    """Alignment, arrays and document of an opencap_s4 trial, its mass as the plates of that movement read it."""

    def load(trial, movement, mass):
        folder = recordings / "opencap_s4"
        return taken_through(
            tmp_path_factory.mktemp(trial), folder / f"{trial}.trc", folder / "static1.trc", movement, mass, 1.71, "f"
        )

    return load
