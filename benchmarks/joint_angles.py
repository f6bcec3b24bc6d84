"""Joint angles from joint centres beside OpenSim's inverse kinematics on all markers (AddBiomechanics, Rajagopal's model)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.formats.mot import MotionTable, read_mot
from adapters.ingest import Declared, read
from benchmarks.progress import track
from benchmarks.recordings import data_folder
from kinetrace.physics.joint_angles import joint_angles
from kinetrace.store.workspace import Workspace
from schemas.benchmark import Figure
from schemas.sim_replay import JOINT_ANGLES
from stages.in_memory import measured, replayed

TRIALS: Final = {"walking1": "gait", "squats1": "squat", "STS1": "sit_to_stand"}
SIDED: Final = {
    "hip_flexion": "hip_flexion", "hip_adduction": "hip_adduction", "hip_rotation": "hip_rotation",
    "knee_flexion": "knee_angle", "ankle_flexion": "ankle_angle", "ankle_inversion": "subtalar_angle",
}  # fmt: skip
"""Our angle -> OpenSim's coordinate, a side each; both positive the same way."""
WHOLE: Final = {
    "pelvis_tilt": ("pelvis_tilt", -1.0), "pelvis_obliquity": ("pelvis_list", 1.0),
    "pelvis_rotation": ("pelvis_rotation", 1.0),
}  # fmt: skip
"""Our angle -> OpenSim's coordinate and the sign that makes it ours."""
PEER: Final = "OpenCap Monocular 4.8 deg over all angles"


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Give the RMSE of every angle on three movements, with the two models' different zeros in it and without."""
    folder = data_folder() / "opencap_s4"
    figures: dict[str, Figure] = {}
    for trial, movement in track(TRIALS.items(), "replaying", len(TRIALS)):
        declared = Declared(static=folder / "static1.trc", mass_kg=62.6, height_m=1.71, sex="f", movement=movement)
        found = replayed(measured(*read(folder / f"{trial}.trc", declared)))
        angles = joint_angles(found.humanoid, found.evidence.motion.qpos)
        figures |= {f"{trial}.{name}": figure for name, figure in beside(angles, _reference(folder, trial)).items()}
    return figures


def _reference(folder: Path, trial: str) -> MotionTable:
    return read_mot(folder / f"{trial}_ik.mot")


def beside(angles: Float[np.ndarray, "frames 18"], reference: MotionTable) -> dict[str, Figure]:
    """Hold angles against a table in radians at the same rate, both sides together.

    Args:
        angles: Columns in the order of ``JOINT_ANGLES`` [rad].
        reference: OpenSim's coordinates.

    Returns:
        RMSE in degrees by angle; the note has it without the mean difference, and the reference's range.
    """
    frames = min(len(angles), len(reference.time))
    index = {column.name: i for i, column in enumerate(JOINT_ANGLES)}
    pairs = {name: [(index[name], coordinate, sign)] for name, (coordinate, sign) in WHOLE.items()}
    for name, coordinate in SIDED.items():
        pairs[name] = [(index[f"{name}_{side}"], f"{coordinate}_{side}", 1.0) for side in "rl"]
    figures = {}
    for name, columns in pairs.items():
        theirs = np.degrees([sign * reference.column(coordinate)[:frames] for _, coordinate, sign in columns])
        off = np.degrees([angles[:frames, column] for column, _, _ in columns]) - theirs
        rmse, spread = float(np.sqrt(np.mean(off**2))), float(np.sqrt(np.mean(np.var(off, axis=1))))
        trust = JOINT_ANGLES[columns[0][0]].trust
        note = (
            f"{spread:.1f} without the two models' different zeros; range {np.ptp(theirs, axis=1).max():.0f}; {trust}"
        )
        figures[name] = Figure(value=round(rmse, 2), units="deg RMSE", peer=PEER, note=note)
    return figures
