"""Real people's motions carried out by their own humanoids: how much help at the root they need."""

import json
import shutil

import numpy as np
import pytest

from adapters.robotics.adapter import adapt
from kinetrace.motion.skeletons import joint_index
from kinetrace.physics.replay import Recording, replay
from schemas.adapter import AdapterParams
from schemas.alignment import AlignmentParams
from schemas.dataset import DatasetParams
from schemas.physical_state import PhysicalStateParams
from schemas.sim_execution import SimExecutionParams
from schemas.sim_replay import SimReplayParams
from stages.s01_alignment.align import align
from stages.s02_physical_state.physical_state import physical_state
from stages.s05_dataset.dataset import build_dataset
from stages.s08_sim_execution.execution import Executor
from stages.s08_sim_execution.verdict import judge


def prepared(recordings, folder, trial, movement):
    """Humanoid and causal states of a trial, as stages 0 to 5 make them."""
    shutil.copy(recordings / "opencap_s4" / f"{trial}.trc", folder / "motion.trc")
    shutil.copy(recordings / "opencap_s4" / "static1.trc", folder / "static.trc")
    capture = {
        "schema_version": 1, "device": {"model": "lab"}, "movement": movement, "units": "m", "matrix_order": "column",
        "subject": {"id": "s4", "height_m": 1.71, "mass_kg": 60.0, "sex": "f"},
        "files": {"motion.trc": "motion", "static.trc": "static"},
    }  # fmt: skip
    (folder / "capture.json").write_text(json.dumps(capture))
    result, arrays = adapt(folder, AdapterParams())
    motion, alignment = align(arrays, result, AlignmentParams())
    state, about = physical_state(motion, alignment, result, PhysicalStateParams())
    made = Recording(state.positions_raw, state.validity, state.contacts, about.fps, about.movement)
    found = replay(made, about.subject, about.calibration, alignment.seat, SimReplayParams())
    built = build_dataset(state, about.fps, about.phase_names, DatasetParams())
    return found.humanoid, built


@pytest.mark.parametrize(
    ("trial", "movement", "start", "steps", "force", "moment"),
    [
        ("walking1", "gait", 0, 20, 0.01, 0.01),
        ("walking1", "gait", 18, 20, 0.01, 0.01),
        ("squats1", "squat", 10, 31, 0.01, 0.01),
        ("STS1", "sit_to_stand", 22, 31, 0.02, 0.02),
    ],
)
def test_a_recorded_motion_is_carried_out_with_little_help(
    recordings, tmp_path, trial, movement, start, steps, force, moment
):
    humanoid, built = prepared(recordings, tmp_path, trial, movement)
    columns = joint_index(*built.document.joints)
    planned, seen = np.zeros((steps, 21, 3)), np.zeros(21, dtype=np.uint8)
    planned[:, columns] = built.table.states[start : start + steps, :, :3]
    seen[columns] = 2
    executor = Executor(humanoid, 30.0, 6.0, SimExecutionParams())
    done = executor.carry_out(executor.poses_of(planned, seen), planned, seen)
    outcome = judge(done, -1, movement, 0.002, executor.params)
    assert outcome.success, outcome.reasons
    assert outcome.root_force_rms_bw < force
    assert outcome.root_moment_rms_bwh < moment
    assert outcome.tracking_error_mean_m < 0.05
