import numpy as np
import pytest

from adapters.formats.mot import MotionTable
from benchmarks.joint_angles import SIDED, WHOLE, beside
from schemas.sim_replay import JOINT_ANGLES

NAMES = [column.name for column in JOINT_ANGLES]


def table(angles, shift=0.0):
    """OpenSim's coordinates of our own angles, shifted [rad]."""
    columns = {theirs: sign * (angles[:, NAMES.index(ours)] - shift) for ours, (theirs, sign) in WHOLE.items()}
    for ours, theirs in SIDED.items():
        columns |= {f"{theirs}_{s}": angles[:, NAMES.index(f"{ours}_{s}")] - shift for s in "rl"}
    return MotionTable(tuple(columns), np.arange(len(angles)) / 100, np.stack(list(columns.values()), axis=1), False)


def test_a_constant_offset_is_all_error_and_none_once_zeros_are_taken_out():
    angles = np.random.default_rng(0).normal(0, 0.3, (50, len(NAMES)))
    found = beside(angles, table(angles, np.radians(5.0)))
    assert set(found) == {*SIDED, *WHOLE}
    for figure in found.values():
        assert figure.value == pytest.approx(5.0, abs=0.01)
        assert figure.note.startswith("0.0 without")


def test_a_shorter_reference_is_compared_as_far_as_it_goes():
    angles = np.random.default_rng(1).normal(0, 0.3, (50, len(NAMES)))
    assert beside(angles, table(angles[:30]))["knee_flexion"].value == 0.0
