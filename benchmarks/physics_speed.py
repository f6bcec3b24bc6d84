"""How fast the physics is on one core, beside MuJoCo's own inverse dynamics and mink's inverse kinematics in the same run."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import mujoco
import numpy as np
from jaxtyping import Float

from adapters.ingest import Declared, read
from benchmarks.mink_ik import MinkSolver
from benchmarks.progress import track
from benchmarks.recordings import data_folder
from kinetrace.physics import feasibility
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.inverse_dynamics import Motion, required_forces, smooth_motion
from kinetrace.physics.inverse_kinematics import solve
from kinetrace.physics.low_pass import choose_low_pass
from kinetrace.physics.reaction import react
from kinetrace.physics.replay import Recording, Replayed, replay
from kinetrace.physics.seat import find_seat, overhang
from kinetrace.store.arrays import write_h5
from kinetrace.store.documents import write_json
from kinetrace.store.workspace import Workspace
from schemas.benchmark import Figure
from schemas.sim_replay import SimReplayParams
from stages.in_memory import Measured, measured, recording
from stages.s04_sim_replay.documents import arrays, summary

TRIALS = {"walking1": "gait", "squats1": "squat", "STS1": "sit_to_stand"}
ROUNDS = 7
STAGE_FRAMES = 300


@dataclass(frozen=True)
class Clip:
    """A recording ready to be timed."""

    name: str
    state: Measured
    what: Recording
    found: Replayed
    params: SimReplayParams

    @property
    def frames(self) -> int:
        """How many."""
        return len(self.what.positions)


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Time scores and inverse kinematics on three movements and stage 4 on 300 frames.

    Processor time of this one thread, so that what else a busy machine does is not counted; medians of rounds in turn.
    """
    clips = [_clip(trial, movement) for trial, movement in track(TRIALS.items(), "reading recordings", len(TRIALS))]
    figures: dict[str, Figure] = {}
    for clip in track(clips, "timing", len(clips)):
        figures |= _scores(clip) | _kinematics(clip)
    return _summary(figures) | figures | _stage(clips[-1])


def _clip(trial: str, movement: str) -> Clip:
    folder = data_folder() / "opencap_s4"
    declared = Declared(static=folder / "static1.trc", mass_kg=62.6, height_m=1.71, sex="f", movement=movement)
    state, params = measured(*read(folder / f"{trial}.trc", declared)), SimReplayParams()
    what = recording(state)
    return Clip(trial, state, what, replay(what, state.state.subject, state.state.calibration, None, params), params)


def _scores(clip: Clip) -> dict[str, Figure]:
    """From generalised coordinates to ten scores: low-pass, inverse dynamics, seat, contact forces, scores."""
    found, params, what = clip.found, clip.params, clip.what
    thigh = float(found.humanoid.model.geom("r_thigh").size[0])

    def ours() -> None:
        cutoff = choose_low_pass(found.ik.qpos[:, :3], what.fps, what.movement, params.cutoff_hz).cutoff_hz
        motion = smooth_motion(found.humanoid, found.ik.qpos, what.fps, cutoff)
        dynamics = required_forces(found.humanoid, motion)
        behind = overhang(dynamics.placed.com, dynamics.placed.sites[:, found.humanoid.sole_ids])
        seat = find_seat(motion.qpos[:, :3], what.fps, thigh, what.movement, None, behind)
        reaction = react(
            found.humanoid, motion, dynamics, what.contacts, seat.weights, params.friction,
            params.force_regularisation, rolling=what.movement == "gait",
        )  # fmt: skip
        feasibility.score(replace(found.evidence, motion=motion, dynamics=dynamics, reaction=reaction))

    motion = found.evidence.motion
    bare, score = in_turn([lambda: inverse_loop(found.humanoid, motion), ours])
    each, ratio = 1000.0 * score / clip.frames, score / bare
    note = f"{clip.frames} frames; the bare loop {1000.0 * bare / clip.frames:.4f} ms a frame"
    return {
        f"score.ratio.{clip.name}": _figure(ratio, "× mj_inverse", "≤ 4", ratio <= 4.0, note),
        f"score.ms.{clip.name}": _figure(
            each, "ms/frame", "≤ 0.1", each <= 0.1, note, "0.18-0.48 (PhyMotion, measured)"
        ),
    }


def inverse_loop(humanoid: Humanoid, motion: Motion) -> None:
    """Call ``mj_inverse`` in every frame and keep nothing: what any score by inverse dynamics costs at least."""
    data = mujoco.MjData(humanoid.model)
    for q, v, a in zip(motion.qpos, motion.qvel, motion.qacc, strict=True):
        data.qpos, data.qvel, data.qacc = q, v, a
        mujoco.mj_inverse(humanoid.model, data)


def _kinematics(clip: Clip) -> dict[str, Figure]:
    """Inverse kinematics of the same clip by us and by mink, on the same humanoid and the same targets."""
    humanoid, what, params = clip.found.humanoid, clip.what, clip.params
    peer = MinkSolver(humanoid, what.positions, what.validity)
    few = min(clip.frames, 300)
    results: dict[str, Float[np.ndarray, "frames 21"]] = {}

    def ours() -> None:
        found = solve(humanoid, what.positions, what.validity, params.ik_iterations, params.ik_damping)
        results["ours"] = found.residual

    def theirs() -> None:
        results["mink"] = peer.residuals(few)

    fast, slow = in_turn([ours, theirs], rounds=3)
    seen = what.validity > 0
    residual, theirs_mm = (1000.0 * float(r[seen[: len(r)]].mean()) for r in (results["ours"], results["mink"]))
    rate, peers = clip.frames / fast, few / slow
    peer_note = f"mink, one step a frame: {peers:.0f} frames/s"
    return {
        f"ik.fps.{clip.name}": _figure(rate, "frames/s", "≥ 3000", rate >= 3000.0, f"{clip.frames} frames", peer_note),
        f"ik.residual.{clip.name}": _figure(
            residual, "mm", "≤ 15", residual <= 15.0, "mean over joints and frames", f"mink {theirs_mm:.1f} mm"
        ),
    }


def _summary(figures: dict[str, Figure]) -> dict[str, Figure]:
    """The worst clip decides."""
    made = {}
    for key, worst in (("score.ratio", max), ("score.ms", max), ("ik.fps", min), ("ik.residual", max)):
        mine = {name: f for name, f in figures.items() if name.startswith(f"{key}.") and f.value is not None}
        name = worst(mine, key=lambda n: mine[n].value or 0.0)
        made[key] = mine[name].model_copy(update={"note": f"worst of {len(mine)}: {name.rsplit('.', 1)[1]}"})
    return made


def _stage(clip: Clip) -> dict[str, Figure]:
    """All that stage 4 does for 300 frames, files included, without imports."""
    part, state = slice(0, STAGE_FRAMES), clip.state
    what = replace(
        clip.what, positions=clip.what.positions[part], validity=clip.what.validity[part],
        contacts=clip.what.contacts[part],
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as name:

        def whole() -> None:
            about = state.state
            found = replay(what, about.subject, about.calibration, state.alignment.seat, clip.params)
            write_h5(Path(name) / "replay.h5", arrays(found, state.arrays.time[part]))
            write_json(Path(name) / "replay.json", summary(found, about.subject, about.fps, clip.params))
            (Path(name) / "humanoid.xml").write_text(found.humanoid.xml)

        (seconds,) = in_turn([whole], rounds=5)
    note = f"{len(what.positions)} frames of {clip.name}, model, inverse kinematics, forces, scores and files"
    return {"stage.s": _figure(seconds, "s", "≤ 2", seconds <= 2.0, note)}


def in_turn(functions: list[Callable[[], None]], rounds: int = ROUNDS) -> list[float]:
    """Time functions one after the other, round by round, so that a busy machine meets all; median processor time of each [s]."""
    for function in functions:
        function()
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(rounds):
        for function, spent in zip(functions, times, strict=True):
            began = time.process_time()
            function()
            spent.append(time.process_time() - began)
    return [statistics.median(spent) for spent in times]


def _figure(value: float, units: str, goal: str, holds: bool, note: str, peer: str | None = None) -> Figure:
    return Figure(value=float(f"{value:.4g}"), units=units, goal=goal, holds=bool(holds), peer=peer, note=note)
