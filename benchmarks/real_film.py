"""A real film of a walker, taken from the file to an audited result: what can be said of it without a reference."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.recordings import data_folder
from benchmarks.scratch import command, scratch_project
from kinetrace.motion.kinematics import facing
from kinetrace.store.arrays import read_h5
from kinetrace.store.documents import read_json
from kinetrace.store.workspace import Workspace
from schemas.adapter import AdapterResult
from schemas.benchmark import Figure
from schemas.errors import UncheckableError
from schemas.physical_state import ANGLES, PhysicalState, PhysicalStateArrays

FILM: Final = ("video", "sports2d_demo.mp4")
NAME: Final = "real_film"
HEIGHT_M: Final = 1.8
"""Declared for the measurement; the walker's is not known."""
WALKED_M: Final = 3.0
CADENCE: Final = (85.0, 140.0)
"""Steps a minute of adults who walk as they like, slow to brisk (Tudor-Locke 2018, J Sport Health Sci: 80 to 140)."""
KNEE_DEG: Final = (45.0, 75.0)
"""Greatest knee flexion in swing: 60 ± 6 on average (Perry and Burnfield 2010); a film alone may be off by 10."""


def real_film(workspace: Workspace) -> dict[str, Figure]:
    """Ingest the film, run all stages in a scratch project, audit, and look at what came out."""
    try:
        film = data_folder().joinpath(*FILM)
    except UncheckableError as error:
        return {"real.audit": Figure(value=None, units="exit code", goal="0", note=error.found)}
    with tempfile.TemporaryDirectory() as folder:
        project = scratch_project(Path(folder) / "project")
        asked = ("--id", NAME, "--height", f"{HEIGHT_M:g}", "--movement", "gait")
        for arguments in (("ingest", str(film), *asked), ("run", NAME, "--no-report")):
            done = command(project, *arguments)
            if done.returncode:
                note = f"{arguments[0]}: {(done.stdout + done.stderr).strip()[-300:]}"
                return {
                    "real.audit": Figure(
                        value=float(done.returncode), units="exit code", goal="0", holds=False, note=note
                    )
                }
        audit = command(project, "audit", NAME).returncode
        return {
            "real.audit": Figure(
                value=float(audit), units="exit code", goal="0", holds=audit == 0, note="film, ten stages, audit"
            ),
            **_seen(project),
        }


def _seen(project: Workspace) -> dict[str, Figure]:
    at = project.artifacts(NAME)
    adapter = read_json(at / "s00_adapter" / "adapter_result.json", AdapterResult)
    state = read_json(at / "s02_physical_state" / "physical_state.json", PhysicalState)
    arrays = read_h5(at / "s02_physical_state" / "physical_state.h5", PhysicalStateArrays)
    root = arrays.positions_raw[arrays.validity[:, 0] > 0, 0]
    walked = float(np.linalg.norm((root[-1] - root[0])[[0, 2]]))
    knees = np.degrees(arrays.angles[:, [ANGLES.index("knee_r"), ANGLES.index("knee_l")]])
    known = arrays.angles_valid[:, [ANGLES.index("knee_r"), ANGLES.index("knee_l")]] > 0
    peak = float(np.mean([np.percentile(knees[known[:, side], side], 98) for side in (0, 1)]))
    strikes = sorted(event.time_s for event in state.events if event.kind == "heel_strike")
    cadence = 60.0 / float(np.median(np.diff(strikes))) if len(strikes) > 2 else float("nan")
    ahead, sure = facing(arrays.positions_raw, arrays.validity)
    way = (root[-1] - root[0]) / max(walked, 1e-9)
    agree = float((ahead[sure] @ way > 0.5).mean()) if sure.any() else float("nan")
    return {
        "real.followed_s": Figure(value=round(adapter.source_info.frames / state.fps, 2), units="s"),
        "real.walked_m": _least(walked, "m", WALKED_M, "the balancing man stays where he is"),
        "real.faces_its_way": _least(100.0 * agree, "% of frames", 90.0, "the pelvis faces where the walk goes"),
        "real.cadence": _between(cadence, "steps/min", CADENCE),
        "real.knee_deg": _between(peak, "deg", KNEE_DEG, "greatest flexion, mean of both sides"),
        "real.speed": Figure(
            value=round(state.walking_speed or 0.0, 2), units="m/s", note=f"for a stature of {HEIGHT_M:g} m"
        ),
    }


def _least(value: float, units: str, bound: float, note: str) -> Figure:
    return Figure(value=round(value, 2), units=units, goal=f"≥ {bound:g}", holds=value >= bound, note=note)


def _between(value: float, units: str, bounds: tuple[float, float], note: str = "") -> Figure:
    low, high = bounds
    if not np.isfinite(value):
        return Figure(
            value=None, units=units, goal=f"{low:g} to {high:g}", holds=False, note="too few steps were found"
        )
    return Figure(
        value=round(value, 2), units=units, goal=f"{low:g} to {high:g}", holds=low <= value <= high, note=note
    )
