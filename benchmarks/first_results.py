"""Real recordings through ingest, `dvc repro` and audit, compared with instruments where there are any."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adapters.formats.mot import read_mot
from benchmarks.plates import by_foot, read_pushes, sampled
from benchmarks.recordings import data_folder
from benchmarks.scratch import command, repro, scratch_project
from kinetrace.motion.centre_of_mass import GRAVITY
from kinetrace.motion.skeletons import INDEX
from kinetrace.store.arrays import read_h5
from kinetrace.store.documents import read_json
from kinetrace.store.workspace import Workspace
from schemas.adapter import AdapterResult
from schemas.alignment import Alignment
from schemas.benchmark import Figure
from schemas.physical_state import PhysicalState, PhysicalStateArrays
from schemas.sim_replay import ReplayArrays

SEATED_FACTOR = 1.1


@dataclass(frozen=True)
class Recording:
    """One recording and what to compare it with.

    Attributes:
        key: Key of its figures.
        file: Below the data folder.
        options: What a user would declare at `ingest`.
        speed: Walking speed measured otherwise, and the allowed difference [m/s].
        repetitions: How many squats or sit-to-stands were done.
        angles: Reference joint angles (`*_ik.mot`).
        plates: Force plates (`*_grf.mot`) and the mass [kg] that the plates themselves read in this movement.
        seated: Part of it is on a chair, which no plate sees.
    """

    key: str
    file: str
    options: tuple[str, ...]
    speed: tuple[float, float | None] | None = None
    repetitions: int | None = None
    angles: str | None = None
    plates: tuple[str, float] | None = None
    seated: bool = False


_OPENCAP = ("--static", "{data}/opencap_s4/static1.trc", "--mass", "62.6")
RECORDINGS = (
    Recording("walking1", "opencap_s4/walking1.trc", _OPENCAP, (1.28, 0.05), None, "opencap_s4/walking1_ik.mot",
              ("opencap_s4/walking1_grf.mot", 63.7)),
    Recording("walkingTS1", "opencap_s4/walkingTS1.trc", _OPENCAP, (1.22, None), None, None,
              ("opencap_s4/walkingTS1_grf.mot", 63.7)),
    Recording("squats1", "opencap_s4/squats1.trc", _OPENCAP, None, 5, "opencap_s4/squats1_ik.mot",
              ("opencap_s4/squats1_grf.mot", 60.0)),
    Recording("STS1", "opencap_s4/STS1.trc", _OPENCAP, None, 5, "opencap_s4/STS1_ik.mot",
              ("opencap_s4/STS1_grf.mot", 60.0), seated=True),
    Recording("static1", "opencap_s4/static1.trc", _OPENCAP, None, None, None, ("opencap_s4/static1_grf.mot", 60.0)),
    Recording("rajagopal", "rajagopal_walk/markers_walk.trc", ("--mass", "85"), (1.25, None), None, None,
              ("rajagopal_walk/grf_walk.mot", 85.0)),
    Recording("gait2354", "gait2354_treadmill/subject01_walk1.trc",
              ("--static", "{data}/gait2354_treadmill/subject01_static.trc", "--mass", "72.6", "--height", "1.803"),
              None, None, None, ("gait2354_treadmill/subject01_walk1_grf.mot", 72.6)),
    Recording("video_squats", "opencap_video_keypoints/squats.trc", (), None, 5),
    Recording("video_sts", "opencap_video_keypoints/sit_to_stand.trc", (), None, 5),
)  # fmt: skip


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Take every recording through a scratch project and compare.

    Raises:
        UncheckableError: The recordings are not there.
    """
    data = data_folder()
    figures: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory() as folder:
        project = scratch_project(Path(folder) / "project")
        for recording in RECORDINGS:
            figures |= _one(project, recording, data)
    return figures


def _one(project: Workspace, recording: Recording, data: Path) -> dict[str, Figure]:
    key, capture = recording.key, recording.key.lower()
    options = tuple(o.format(data=data) for o in recording.options)
    outcome = command(project, "ingest", str(data / recording.file), "--id", capture, *options)
    if outcome.returncode == 0:
        outcome = command(project, "run", capture, "--no-report")
        outcome = repro(project) if outcome.returncode == 0 else outcome
    note = "" if outcome.returncode == 0 else " ".join((outcome.stdout + outcome.stderr).split())[-300:]
    figures = {f"{key}.exit": _exit(outcome.returncode, note)}
    if outcome.returncode:
        return figures
    figures[f"{key}.audit"] = _exit(command(project, "audit", capture).returncode, "")
    at = project.artifacts(capture)
    state = read_json(at / "s02_physical_state" / "physical_state.json", PhysicalState)
    offset = read_json(at / "s00_adapter" / "adapter_result.json", AdapterResult).source_info.time_offset_s
    arrays = read_h5(at / "s02_physical_state" / "physical_state.h5", PhysicalStateArrays)
    replay = read_h5(at / "s04_sim_replay" / "replay.h5", ReplayArrays)
    figures |= _speed(recording, state)
    if recording.repetitions is not None:
        count = len(state.repetitions)
        goal = recording.repetitions
        figures[f"{key}.repetitions"] = Figure(
            value=float(count), units="", goal=f"exactly {goal}", holds=count == goal
        )
    if recording.angles:
        figures |= _angles(key, arrays, state, data / recording.angles, offset)
    if recording.plates:
        alignment = read_json(at / "s01_alignment" / "alignment.json", Alignment)
        figures |= _force(recording, replay, arrays, alignment, data, offset)
    return figures


def _exit(code: int, note: str) -> Figure:
    return Figure(value=float(code), units="exit code", goal="0", holds=code == 0, note=note)


def _speed(recording: Recording, state: PhysicalState) -> dict[str, Figure]:
    if state.walking_speed is None:
        return {}
    value = round(state.walking_speed, 3)
    note = "belt speed" if state.treadmill else ""
    if recording.speed is None:
        return {f"{recording.key}.speed": Figure(value=value, units="m/s", note=note)}
    expected, tolerance = recording.speed
    goal = f"{expected} ± {tolerance}" if tolerance else None
    holds = abs(value - expected) <= tolerance if tolerance else None
    peer = f"{expected} from the recording's description"
    return {f"{recording.key}.speed": Figure(value=value, units="m/s", goal=goal, holds=holds, peer=peer, note=note)}


def _angles(
    key: str, arrays: PhysicalStateArrays, state: PhysicalState, reference: Path, offset: float
) -> dict[str, Figure]:
    """Compare sagittal angles of both sides with the reference's inverse kinematics, frame by frame."""
    table = read_mot(reference)
    scale = np.pi / 180 if table.in_degrees else 1.0
    figures: dict[str, Figure] = {}
    for joint, column, bound in (("knee", "knee_angle", 5.0), ("ankle", "ankle_angle", 9.0)):
        errors = []
        for side in ("r", "l"):
            i = state.angle_names.index(f"{joint}_{side}")
            theirs = np.interp(arrays.time + offset, table.time, table.column(f"{column}_{side}") * scale)
            inside = (arrays.time + offset >= table.time[0]) & (arrays.time + offset <= table.time[-1])
            seen = (arrays.angles_valid[:, i] > 0) & inside
            errors.append(np.rad2deg(arrays.angles[seen, i] - theirs[seen]))
        rmse = float(np.sqrt(np.mean(np.concatenate(errors) ** 2)))
        figures[f"{key}.{joint}_rmse"] = Figure(
            value=round(rmse, 2), units="°", goal=f"≤ {bound:g}", holds=rmse <= bound,
            peer="OpenCap Monocular 4.8°" if joint == "knee" else None, note="both sides, against the lab's inverse kinematics",
        )  # fmt: skip
    return figures


def _force(
    recording: Recording,
    replay: ReplayArrays,
    arrays: PhysicalStateArrays,
    alignment: Alignment,
    data: Path,
    offset: float,
) -> dict[str, Figure]:
    """Compare total vertical force while the plates vouch for both feet (`plates.vouched`: nothing of ours decides).

    No plate is under a chair: of a sit-to-stand only the frames with the hips a tenth above sitting count.
    """
    name, mass = recording.plates or ("", 0.0)
    pushes = read_pushes(data / name)
    feet = by_foot(pushes, alignment.transform, offset, arrays.time, arrays.positions_raw, together=False)
    plates = sampled(feet, arrays.time)
    counted = plates.known.all(axis=1)
    note = f"plates read {mass} kg in this movement"
    if recording.seated:
        hips = arrays.state[:, INDEX["pelvis"], 1]
        counted &= hips > SEATED_FACTOR * np.percentile(hips, 5)
        note += "; hips a tenth above sitting"
    if not counted.any():
        why = "no frame in which the plates vouch for both feet"
        return {f"{recording.key}.vertical_force_rmse": Figure(value=None, units="%BW", note=why)}
    theirs = plates.force[counted, :, 1].sum(axis=1) / (mass * GRAVITY)
    error = replay.grf[counted, :, 1].sum(axis=1) - theirs
    rmse = round(float(np.sqrt(np.mean(error**2))) * 100, 2)
    peer = "OpenCap 6.2 %BW" if recording.speed else None
    note = f"{int(counted.sum())} of {len(arrays.time)} frames; {note}"
    return {f"{recording.key}.vertical_force_rmse": Figure(value=rmse, units="%BW", peer=peer, note=note)}
