"""Real and made recordings carried out to their end by their own humanoids, and what becomes of them when they are spoilt."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from adapters.ingest import Declared, read
from benchmarks.progress import track
from benchmarks.recordings import data_folder
from kinetrace.physics.corruptions import CORRUPTIONS, Clip, corrupt
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.inverse_kinematics import solve
from kinetrace.simulation.bundle import simulate_capture
from kinetrace.store.workspace import Workspace
from schemas.base import Movement
from schemas.benchmark import Figure
from schemas.sim_execution import Outcome, SimExecutionParams
from schemas.sim_replay import SimReplayParams
from stages.in_memory import measured, recording, replayed
from stages.s08_sim_execution.execution import Executed, Executor
from stages.s08_sim_execution.verdict import judge

SPOILT_S: Final = 6.0
"""Of the clips that are spoilt, at most the first six seconds: 14 defects at three prices each."""
MORE: Final = (0.01, 0.005)
"""A spoilt clip needs more when it takes this much more root force [BW] or moment [BW height] than the clean one."""
REPORTED: Final = {
    "speed_double": "fast, not impossible", "speed_half": "slow is possible", "swap": "reported",
    "missing_frames": "bridged", "tablet_noise": "what a tablet delivers: reported",
}  # fmt: skip
"""Corruptions that are no physical impossibility: no goal."""
PEER: Final = (
    "suggested for inverse dynamics (Hicks 2015): residual force ≤ 5 % of the ground's, moment ≤ 1 % of it × CoM height"
)
_COMPLETED: Final = frozenset(("no_fall", "tracking_within"))


@dataclass(frozen=True)
class Trial:
    """One clip: its key, the movement it is summarised under, its file, what is declared, and whether it is spoilt."""

    key: str
    group: str
    file: str
    declared: Declared
    spoilt: bool = False


@dataclass(frozen=True)
class Prepared:
    """A clip with the humanoid that is to carry it out."""

    clip: Clip
    humanoid: Humanoid
    movement: Movement
    belt_speed: float


def trials(data: Path, made: Path) -> list[Trial]:
    """List the clips: laboratory recordings below `data`, and captures of all four movements made in `made`."""
    opencap = Declared(static=data / "opencap_s4/static1.trc", mass_kg=62.6)
    treadmill = Declared(static=data / "gait2354_treadmill/subject01_static.trc", mass_kg=72.6, height_m=1.803)
    s4 = {
        "walking1": "walk", "walking2": "walk", "walkingTS1": "walk", "walkingTI1": "walk", "walkingTO1": "walk",
        "squats1": "squat", "squatsAsym1": "squat", "STS1": "sts", "STSAsym1": "sts", "STSweakLegs1": "sts",
        "static1": "stand",
    }  # fmt: skip
    found = [
        Trial(
            key, group, str(data / f"opencap_s4/{key}.trc"), opencap, key in ("walking1", "squats1", "STS1", "static1")
        )
        for key, group in s4.items()
    ]
    found.append(
        Trial("rajagopal", "walk", str(data / "rajagopal_walk/markers_walk.trc"), Declared(mass_kg=85.0), True)
    )
    found.append(Trial("gait2354", "walk", str(data / "gait2354_treadmill/subject01_walk1.trc"), treadmill))
    demos: tuple[tuple[Movement, str, float], ...] = (
        ("gait", "walk", 6.0), ("squat", "squat", 10.0), ("sit_to_stand", "sts", 12.0), ("balance", "stand", 8.0),
    )  # fmt: skip
    for movement, group, seconds in demos:
        folder = simulate_capture(movement, seconds, 7, made, f"demo_{movement}")
        found.append(Trial(f"demo_{movement}", group, str(folder), Declared()))
    return found


def prepare(trial: Trial) -> Prepared:
    """Read a clip and build its humanoid, as stages 0 to 4 do."""
    of = measured(*read(Path(trial.file), trial.declared))
    recorded = recording(of)
    clip = Clip(recorded.positions.astype(np.float64), recorded.validity, recorded.fps)
    return Prepared(clip, replayed(of).humanoid, recorded.movement, recorded.belt_speed)


def carry_out(prepared: Prepared, clip: Clip) -> tuple[Executed, Outcome]:
    """Execute a whole clip on a prepared humanoid, a treadmill's walk over ground."""
    params = SimExecutionParams()
    executor = Executor(prepared.humanoid, clip.fps, SimReplayParams().cutoff_hz, params)
    ahead = np.zeros_like(clip.positions)
    ahead[..., 0] = prepared.belt_speed * (np.arange(len(ahead)) / clip.fps)[:, None]
    seen = clip.validity > 0
    positions = np.where(seen[..., None], clip.positions + ahead, 0.0)
    qpos = solve(prepared.humanoid, positions, clip.validity).qpos
    planned = np.where(seen[..., None], positions, executor.joints_of(qpos))
    executed = executor.carry_out(qpos, planned, clip.validity.max(axis=0))
    return executed, judge(executed, -1, prepared.movement, params.timestep_s, params)


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Carry out every clip, spoil some, and repeat one.

    Raises:
        UncheckableError: The recordings are not there.
    """
    data = data_folder()
    figures: dict[str, Figure] = {}
    clean: list[tuple[str, Outcome]] = []
    spoilt: dict[str, list[bool]] = {name: [] for name in CORRUPTIONS}
    with tempfile.TemporaryDirectory() as folder:
        for trial in track(trials(data, Path(folder)), "executing clips"):
            prepared = prepare(trial)
            executed, outcome = carry_out(prepared, prepared.clip)
            figures |= _clip(trial.key, outcome)
            clean.append((trial.group, outcome))
            if trial.key == "walking1":
                again, _ = carry_out(prepare(trial), prepared.clip)
                same = again.simulation.qpos.tobytes() == executed.simulation.qpos.tobytes()
                figures["deterministic"] = _yes(same, "walking1 twice, bit for bit")
            if trial.spoilt:
                short = _first_seconds(prepared.clip)
                _, sound = carry_out(prepared, short)
                for name, found in _spoil(prepared, short):
                    spoilt[name].append(not found.success or _needs_more(found, sound))
    for group in ("walk", "squat", "sts", "stand"):
        figures |= _worst(group, [outcome for of, outcome in clean if of == group])
    return figures | {f"corrupted.{name}": _share(name, found) for name, found in spoilt.items()}


def _first_seconds(clip: Clip) -> Clip:
    frames = int(SPOILT_S * clip.fps)
    return Clip(clip.positions[:frames], clip.validity[:frames], clip.fps)


def _spoil(prepared: Prepared, clip: Clip) -> Iterator[tuple[str, Outcome]]:
    for name in CORRUPTIONS:
        yield name, carry_out(prepared, corrupt(name, clip, 0))[1]


def _needs_more(found: Outcome, clean: Outcome) -> bool:
    force, moment = MORE
    return (
        found.root_force_rms_bw > clean.root_force_rms_bw + force
        or found.root_moment_rms_bwh > clean.root_moment_rms_bwh + moment
    )


def _clip(key: str, outcome: Outcome) -> dict[str, Figure]:
    force, moment = 100.0 * outcome.root_force_rms_bw, 100.0 * outcome.root_moment_rms_bwh
    task = not outcome.labels[-1].endswith("_missed")
    completed = task and _COMPLETED.issubset(outcome.labels)
    worst = 1000.0 * (outcome.tracking_error_max_m or 0.0)
    said = f"worst step {worst:.0f} mm; feet settled by {outcome.reference_change_mm or 0.0:.0f} mm beforehand"
    price = f"at price {outcome.assistance_cost or 0.0:g}"
    return {
        f"{key}.assist_force": Figure(
            value=round(force, 3), units="%BW RMS", goal="≤ 5", holds=force <= 5.0, note=price
        ),
        f"{key}.assist_moment": Figure(
            value=round(moment, 3), units="%BW·height RMS", goal="≤ 2", holds=moment <= 2.0, note=price
        ),
        f"{key}.completed": _yes(completed, "; ".join(outcome.reasons) or outcome.labels[-1]),
        f"{key}.tracking_mm": Figure(value=round(1000.0 * outcome.tracking_error_mean_m, 1), units="mm", note=said),
    }


def _worst(group: str, outcomes: list[Outcome]) -> dict[str, Figure]:
    force = max(100.0 * outcome.root_force_rms_bw for outcome in outcomes)
    moment = max(100.0 * outcome.root_moment_rms_bwh for outcome in outcomes)
    note = f"worst of {len(outcomes)} clips; target 0"
    return {
        f"{group}.force": Figure(
            value=round(force, 3), units="%BW RMS", goal="≤ 5", holds=force <= 5.0, peer=PEER, note=note
        ),
        f"{group}.moment": Figure(
            value=round(moment, 3), units="%BW·height RMS", goal="≤ 2", holds=moment <= 2.0, peer=PEER, note=note
        ),
    }


def _share(name: str, found: list[bool]) -> Figure:
    share, note = float(np.mean(found)), f"{sum(found)} of {len(found)} clips fail or need more"
    if name in REPORTED:
        return Figure(value=share, units="fraction", note=f"{note}; {REPORTED[name]}")
    return Figure(value=share, units="fraction", goal="1", holds=share == 1.0, note=note)


def _yes(holds: bool, note: str) -> Figure:
    return Figure(value=float(holds), units="1 = yes", goal="1", holds=holds, note=note)
