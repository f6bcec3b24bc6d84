"""Lifting image points to three dimensions: people and cameras that were not trained on, beside simpler ways."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from scipy.stats import spearmanr

from benchmarks.lifter_corpus import recordings_corpus
from benchmarks.progress import track
from kinetrace.models.keypoints import KEYPOINTS
from kinetrace.models.lifter.features import RATE_HZ
from kinetrace.models.lifter.judging import aligned_errors, bone_errors, joint_errors
from kinetrace.models.lifter.lift import lift
from kinetrace.models.lifter.rate import at_film_rate, at_training_rate
from kinetrace.models.lifter.weights import Lifter, read_lifter
from kinetrace.store.workspace import Workspace
from kinetrace.training.lifter.division import LifterRecording, divide
from kinetrace.training.lifter.motions import MotionTable, motion_table
from kinetrace.training.lifter.ridge import ONE_FRAME, WINDOW, RidgeLifter, fit_ridge
from kinetrace.training.lifter.trials import CMU, VIEWS, Trial, chosen, statures, trials
from schemas.benchmark import Figure
from schemas.errors import ArtifactError

RIDGE_STEPS = 150
SPEED_FRAMES = 1800
SPEED_GOAL_MS = 1.0
NOISE = {"true": 0.0, "noisy": 1.0}
Way = Callable[[Trial], tuple[Float[np.ndarray, "frames 21 3"], Float[np.ndarray, "frames 21"] | None]]


@dataclass(frozen=True)
class Row:
    """What one way of lifting made of one trial; lengths in mm at true stature.

    Attributes:
        who: Person or data set.
        view: From where.
        joint_mm: Mean error of the judged joints but the pelvis, over frames.
        aligned_mm: The same after the best similarity of each frame.
        bones: Mean part by which a bone is too long or too short.
        step_mm: Mean error of a joint's way from one frame to the next.
        stated_mm: Mean expected error of the same joints; None: none is stated.
        errors_mm: Of every tenth frame, joints in a row.
        spreads_mm: Expected, the same.
    """

    who: str
    view: str
    joint_mm: float
    aligned_mm: float
    bones: float
    step_mm: float
    stated_mm: float | None
    errors_mm: Float[np.ndarray, "samples"]
    spreads_mm: Float[np.ndarray, "samples"]


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Hold the shipped lifter, or that in the folder `KINETRACE_LIFTER`, against held-out people and simpler ways.

    Raises:
        UncheckableError: The recordings are not there.
        ArtifactError: The shipped weights are not those of their card.
    """
    torch.set_num_threads(1)
    named = os.environ.get("KINETRACE_LIFTER")
    lifter = read_lifter(Path(named)) if named else read_lifter()
    division = divide(*recordings_corpus())
    _same_people(lifter, division.training)
    takes, tall = chosen(division.held_out), statures(division.held_out)
    ways: dict[str, Way] = {"": _network(lifter)} | _one_frame()
    ways |= _ridges(motion_table(division.training), lifter)
    figures: dict[str, Figure] = {}
    for kind, noise in NOISE.items():
        for fps in (30.0, 60.0):
            found = rows(ways, trials(takes, tall, fps, noise), len(takes) * len(VIEWS), f"{kind} points, {fps:g} Hz")
            figures |= _figures(f"{kind}.{fps:g}hz", found)
            if kind == "noisy" and fps == RATE_HZ:
                figures |= _calibration(found[""])
    return figures | _speed(lifter)


def rows(ways: dict[str, Way], cases: Iterable[Trial], total: int, what: str) -> dict[str, list[Row]]:
    """Lift every trial in every way."""
    found: dict[str, list[Row]] = {name: [] for name in ways}
    for trial in track(cases, what, total):
        for name, way in ways.items():
            found[name].append(row(trial, *way(trial)))
    return found


def row(
    trial: Trial, positions: Float[np.ndarray, "frames 21 3"], spread: Float[np.ndarray, "frames 21"] | None
) -> Row:
    """Measure one answer, where enough points were seen."""
    judged = trial.judged
    scale = 1000.0 * trial.stature
    ours, truth = positions[trial.whole], trial.truth[trial.whole]
    errors = scale * joint_errors(ours, truth)[:, judged]
    stated = None if spread is None else scale * spread[trial.whole][:, judged]
    kept = [0, *judged]
    return Row(
        trial.who, trial.view, float(errors.mean()),
        scale * float(aligned_errors(ours[:, kept], truth[:, kept])[:, 1:].mean()), float(bone_errors(ours, truth).mean()),
        scale * float(joint_errors(np.diff(ours, axis=0), np.diff(truth, axis=0))[:, judged].mean()),
        None if stated is None else float(stated.mean()), errors[::10].ravel(),
        np.empty(0) if stated is None else stated[::10].ravel(),
    )  # fmt: skip


def _network(lifter: Lifter) -> Way:
    def way(trial: Trial) -> tuple[Float[np.ndarray, "frames 21 3"], Float[np.ndarray, "frames 21"]]:
        found = lift(trial.rays, trial.confidence, trial.fps, lifter)
        return found.positions, found.spread

    return way


def _one_frame() -> dict[str, Way]:
    """Give the network of `kinetrace train lifter --one-frame` in the folder `KINETRACE_LIFTER_ONE_FRAME`, if it is set."""
    named = os.environ.get("KINETRACE_LIFTER_ONE_FRAME")
    return {"one_frame": _network(read_lifter(Path(named)))} if named else {}


def _ridges(table: MotionTable, lifter: Lifter) -> dict[str, Way]:
    fitted = {"ridge_window": WINDOW, "ridge_frame": ONE_FRAME}
    return {
        name: _linear(fit_ridge(table, lifter.card.params, track(range(RIDGE_STEPS), name, RIDGE_STEPS), offsets))
        for name, offsets in fitted.items()
    }


def _linear(ridge: RidgeLifter) -> Way:
    def way(trial: Trial) -> tuple[Float[np.ndarray, "frames 21 3"], None]:
        rays, trust = at_training_rate(trial.rays, trial.confidence, trial.fps)
        given = (torch.from_numpy(part.astype(np.float32))[None] for part in (rays, trust))
        found = ridge.lifted(*given)[0].numpy().astype(np.float64)
        return at_film_rate(found, len(trial.rays), trial.fps), None

    return way


def _figures(key: str, found: dict[str, list[Row]]) -> dict[str, Figure]:
    """Give the errors by view and by person, ours beside those of the other ways."""
    figures = {}
    groups = [*((f"{key}.{view}", "view", view) for view in VIEWS)]
    groups += [(f"{key}.{who}", "who", who) for who in sorted({r.who for r in found[""]})]
    for name, field, value in [(f"{key}.all", "", ""), *groups]:
        ours, *others = ([r for r in part if not field or getattr(r, field) == value] for part in found.values())
        note = f"{len(ours)} clips; legs only" if value == CMU else f"{len(ours)} clips"
        peers = ", ".join(
            f"{other} {_mean(part, 'joint_mm'):.0f}" for other, part in zip(list(found)[1:], others, strict=True)
        )
        figures[f"{name}.joint_mm"] = Figure(value=_mean(ours, "joint_mm"), units="mm", peer=peers, note=note)
        figures[f"{name}.aligned_mm"] = Figure(value=_mean(ours, "aligned_mm"), units="mm", note="after Procrustes")
    steps = {name: _mean(part, "step_mm") for name, part in found.items()}
    figures[f"{key}.step_mm"] = Figure(
        value=steps.pop(""), units="mm", peer=", ".join(f"{k} {v:.1f}" for k, v in steps.items()),
        note="error of a joint's way from one frame to the next",
    )  # fmt: skip
    bones = {name: 100 * _mean(part, "bones") for name, part in found.items()}
    figures[f"{key}.bones_pct"] = Figure(
        value=bones.pop(""), units="%", peer=", ".join(f"{k} {v:.1f}" for k, v in bones.items()),
        note="by which a bone is too long or too short; ours keep one length over a clip",
    )  # fmt: skip
    return figures


def _calibration(ours: Sequence[Row]) -> dict[str, Figure]:
    """Give how true the stated errors are: over all, by person, and in order."""
    error, spread = np.concatenate([r.errors_mm for r in ours]), np.concatenate([r.spreads_mm for r in ours])
    by_who = {who: [r for r in ours if r.who == who] for who in sorted({r.who for r in ours})}
    shares = ", ".join(f"{w} {_mean(part, 'stated_mm') / _mean(part, 'joint_mm'):.2f}" for w, part in by_who.items())
    order = np.argsort(spread)
    fifths = [float(error[part].mean() / spread[part].mean()) for part in np.array_split(order, 5)]
    return {
        "stated_over_true": Figure(value=float(spread.mean() / error.mean()), units="", note=f"mean errors; {shares}"),
        "true_over_stated.worst_fifth": Figure(
            value=max(fifths, key=lambda f: abs(np.log(f))), units="",
            note="of fifths from surest to least sure: " + ", ".join(f"{f:.2f}" for f in fifths),
        ),
        "stated_rank": Figure(value=float(spearmanr(error, spread)[0]), units="", note="Spearman, joint by joint"),
    }  # fmt: skip


def _speed(lifter: Lifter) -> dict[str, Figure]:
    rays = np.tile([1.0, 0.0, 0.0], (SPEED_FRAMES, len(KEYPOINTS), 1))
    rays += 0.1 * np.random.default_rng(0).normal(size=rays.shape)
    trust = np.ones(rays.shape[:2])
    took = []
    for _ in range(3):
        began = time.process_time()
        lift(rays, trust, RATE_HZ, lifter)
        took.append(1000.0 * (time.process_time() - began) / SPEED_FRAMES)
    return {
        "ms_per_frame": Figure(
            value=min(took), units="ms", goal=f"≤ {SPEED_GOAL_MS:g}", holds=min(took) <= SPEED_GOAL_MS,
            note=f"processor time of one core, {SPEED_FRAMES} frames at once",
        )
    }  # fmt: skip


def _same_people(lifter: Lifter, training: Sequence[LifterRecording]) -> None:
    known = tuple(sorted({one.subject for one in training}))
    if lifter.card.subjects != known:
        raise ArtifactError(
            where="lifter.json", field="subjects", expected=", ".join(known), found=", ".join(lifter.card.subjects),
            fix="Judge weights that were trained on this division: kinetrace train lifter.",
        )  # fmt: skip


def _mean(part: Sequence[Row], field: str) -> float:
    return float(np.mean([getattr(r, field) for r in part]))
