"""How far ahead the world model sees, beside forecasts that need none: on people and recordings it never saw."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from benchmarks.adapted import SEED_STEPS as ADAPTED_SEED_STEPS
from benchmarks.adapted import adapted_errors, openings, seed_errors
from benchmarks.held_out_model import SEED_STEPS, UnderTest, seed_arm, under_test
from benchmarks.progress import track
from kinetrace.models.calibration import confidence
from kinetrace.models.inference import LoadedModel
from kinetrace.store.workspace import Workspace
from kinetrace.training.world_model.held_out import HORIZONS, RecordingErrors, recording_errors
from kinetrace.training.world_model.pooled_baselines import PooledBaselines, fit_pooled
from schemas.benchmark import Figure

Array = np.ndarray

SHOWN = (1, 2, 5, 10, 15, 20, 25, 30)
"""Frames at 30 Hz."""

PEERS = ("zero", "damped", "ridge")
"""Columns of `RecordingErrors.metres` after the model's own."""


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Judge the weights that come with Kinetrace, the same adapted, and the seed's recipe.

    Raises:
        UncheckableError: There are no weights, or no recordings.
    """
    of = under_test()
    baselines = fit_pooled(of.data, of.model.view, HORIZONS)
    held_out = errors_of(of, of.model, baselines, of.division.held_out)
    figures = table("", held_out, "subjects and recordings that were held out")
    elsewhere = tuple(sorted(set(of.unseen()) - set(of.division.held_out)))
    if elsewhere:
        others = errors_of(of, of.model, baselines, elsewhere)
        figures |= table("elsewhere.", others, "data sets that nothing was trained on") if others else {}
    cases = openings(of)
    if cases:
        what = "adapted to the first 5 s of an unseen recording, as ridge and damped velocity are, judged on its rest"
        figures |= table("adapted.", adapted_errors(of, cases, baselines), what)
        what = f"the seed's recipe, {ADAPTED_SEED_STEPS} steps on the first 5 s alone, judged on the rest"
        figures |= table("seed.adapted.", seed_errors(of, cases, baselines), what, judged=False)
    seeds = errors_of(of, seed_arm(of), baselines, of.division.held_out)
    return figures | table(
        "seed.", seeds, f"the seed's recipe, {SEED_STEPS} steps on the same recordings", judged=False
    )


def errors_of(
    of: UnderTest, model: LoadedModel, baselines: PooledBaselines, numbers: tuple[int, ...]
) -> list[RecordingErrors]:
    """Judge a model on recordings; those too short for the longest horizon are left out."""
    found = [
        recording_errors(model, of.states(number), baselines, of.about.recordings[number].source)
        for number in track(numbers, "judging", len(numbers))
    ]
    return [errors for errors in found if errors is not None]


def table(prefix: str, found: list[RecordingErrors], what: str, *, judged: bool = True) -> dict[str, Figure]:
    """Lay out skill, model and baselines at every horizon.

    Args:
        prefix: Of the keys.
        found: One a recording; all have the same weight in millimetres.
        what: What they are, for the notes.
        judged: Whether there are goals; else the figures are only reported.
    """
    metres, latent = np.stack([e.metres for e in found]), np.stack([e.latent for e in found])
    figures = {}
    for horizon in SHOWN:
        row = HORIZONS.index(horizon)
        figures[f"{prefix}skill.h{horizon}"] = _skill(latent[:, row], what, judged)
        figures[f"{prefix}mm.h{horizon}"] = _millimetres(metres[:, row], found, what, judged)
        for column, peer in enumerate(PEERS, start=1):
            value = float(1000 * metres[:, row, column].mean())
            figures[f"{prefix}{peer}.h{horizon}"] = Figure(value=value, units="mm", note=f"{len(found)} recordings")
    return figures


def _skill(sums: Float[Array, "recordings 2"], what: str, judged: bool) -> Figure:
    def pooled(parts: Float[Array, "draws recordings 2"]) -> Float[Array, "draws"]:
        total = parts.sum(axis=1)
        skill: Array = 1 - total[:, 0] / np.maximum(total[:, 1], 1e-12)
        return skill

    value = float(pooled(sums[None])[0])
    low, high = confidence(sums, pooled)
    note = f"95 % {low:.3f} to {high:.3f} over {len(sums)} recordings; {what}"
    return Figure(
        value=value, units="", goal="> 0" if judged else None, holds=value > 0 if judged else None,
        peer="copy of the latent: 0", note=note,
    )  # fmt: skip


def _millimetres(metres: Float[Array, "recordings 4"], found: list[RecordingErrors], what: str, judged: bool) -> Figure:
    mean = 1000 * metres.mean(axis=0)
    best = 1 + int(np.argmin(mean[1:]))
    low, high = confidence(1000 * metres[:, 0], _mean)
    less, more = confidence(1000 * (metres[:, best] - metres[:, 0]), _mean)
    by_source = [
        f"{source} {1000 * own[:, 0].mean():.1f} against {1000 * own[:, 1:].mean(axis=0).min():.1f}"
        for source in sorted({e.source for e in found})
        for own in [np.stack([m for m, e in zip(metres, found, strict=True) if e.source == source])]
    ]
    note = (
        f"95 % {low:.1f} to {high:.1f}, {PEERS[best - 1]} {less:+.1f} to {more:+.1f}, {len(found)} recordings; {what}"
    )
    if judged:
        note += f"; each source against its best baseline: {', '.join(by_source)}"
    return Figure(
        value=float(mean[0]), units="mm", goal="below zero, damped and ridge" if judged else None,
        holds=bool(mean[0] < mean[1:].min()) if judged else None, peer=f"{PEERS[best - 1]} {mean[best]:.1f}", note=note,
    )  # fmt: skip


def _mean(parts: Float[Array, "draws recordings"]) -> Float[Array, "draws"]:
    means: Array = parts.mean(axis=1)
    return means
