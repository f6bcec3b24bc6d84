"""The arms of the world model: one factor changed at a time around the default, at a small equal budget."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch

from benchmarks.held_out_model import UnderTest, under_test
from benchmarks.progress import track
from kinetrace.models.inference import LoadedModel, loaded_model
from kinetrace.models.probe import probe_metrics
from kinetrace.models.rank import rank_metrics
from kinetrace.store.workspace import Workspace
from kinetrace.training.world_model.held_out import HORIZONS, recording_errors
from kinetrace.training.world_model.pool import pool
from kinetrace.training.world_model.pooled import train_pooled
from kinetrace.training.world_model.pooled_baselines import PooledBaselines, fit_pooled
from schemas.benchmark import Figure
from schemas.errors import UsageError
from schemas.world_model import ProbeMetrics, RankMetrics, WorldModelParams

ARMS: Final[dict[str, dict[str, str]]] = {
    "default": {},
    "none": {"anti_collapse": "none"},
    "ema": {"anti_collapse": "ema"},
    "vicreg": {"anti_collapse": "vicreg"},
    "sigreg": {"anti_collapse": "sigreg"},
    "frozen_teacher": {"anti_collapse": "frozen_teacher"},
    "world_frame": {"frame": "world"},
    "delta_frames": {"delta": "frames"},
    "absolute": {"target": "absolute"},
    "seed": {"recipe": "seed"},
}
"""Name -> what differs from the default: grounded, root-relative, seconds, residual. The last is the seed's whole recipe."""

SHOWN: Final = (1, 5, 10, 30)
SEEDS: Final = 3
STEPS: Final = 1000
BATCH: Final = 256
TRAINED, JUDGED = 4, 10
"""Every so-many-th training recording is trained on, every so-many-th held-out one is judged on."""


@dataclass(frozen=True)
class Trial:
    """What one training came to."""

    mm: dict[int, float]
    skill: dict[int, float]
    rank: RankMetrics
    probe: ProbeMetrics


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Train every arm with every seed and judge it on held-out recordings.

    `KINETRACE_ARMS_STEPS` and `KINETRACE_ARMS_SEEDS` change the budget of each training and the number of seeds.

    Raises:
        UncheckableError: There are no weights whose card says what is held out, or no recordings.
        UsageError: A budget that is no positive number.
    """
    of = under_test()
    seeds, steps = _asked("KINETRACE_ARMS_SEEDS", SEEDS), _asked("KINETRACE_ARMS_STEPS", STEPS)
    baselines = fit_pooled(of.data, of.model.view, HORIZONS)
    jobs = [(arm, seed) for arm in ARMS for seed in range(seeds)]
    trials: dict[str, list[Trial]] = {arm: [] for arm in ARMS}
    for arm, seed in track(jobs, "arms", len(jobs)):
        trials[arm].append(_trial(of, _trained(of, arm, seed, steps), baselines))
    what = f"{seeds} seeds, {steps} steps of {BATCH} pairs each"
    return {key: figure for arm in ARMS for key, figure in _figures(arm, trials[arm], what)}


def _trained(of: UnderTest, arm: str, seed: int, steps: int) -> LoadedModel:
    base = {"max_steps": steps, "batch_size": BATCH, "hidden_dim": 256, "dropout": 0.2, "learning_rate": 2e-3}
    params = WorldModelParams.model_validate({**base, "seed": seed, "device": "cpu", "pretrained": False, **ARMS[arm]})
    if params.recipe == "seed":
        own = {name: WorldModelParams.model_fields[name].default for name in ("hidden_dim", "dropout", "learning_rate")}
        params = params.model_copy(update=own)
    data = pool(of.arrays, of.about, of.division.train[::TRAINED])
    trained = train_pooled(data, params)
    return loaded_model(trained.model, trained.config)


def _trial(of: UnderTest, model: LoadedModel, baselines: PooledBaselines) -> Trial:
    numbers = of.division.held_out[::JUDGED]
    found = [recording_errors(model, of.states(n), baselines, of.about.recordings[n].source) for n in numbers]
    errors = [one for one in found if one is not None]
    metres, latent = np.mean([e.metres for e in errors], axis=0), np.sum([e.latent for e in errors], axis=0)
    rows = np.concatenate([np.arange(*of.arrays.anchor_starts[n : n + 2]) for n in numbers])
    whose = np.repeat(np.arange(len(numbers)), [of.about.recordings[n].anchors for n in numbers])
    states = of.arrays.states[rows]
    x, z = torch.from_numpy(model.features(states)), torch.from_numpy(model.encode(states))
    contacts, fitted = torch.from_numpy(of.arrays.contacts[rows]), torch.from_numpy(whose % 2 == 0)
    at = {h: HORIZONS.index(h) for h in SHOWN}
    return Trial(
        mm={h: 1000 * float(metres[row, 0]) for h, row in at.items()},
        skill={h: 1 - float(latent[row, 0] / max(latent[row, 1], 1e-12)) for h, row in at.items()},
        rank=rank_metrics(z, x),
        probe=probe_metrics(z, x, contacts, model.config.feature_names, fitted),
    )


def _figures(arm: str, trials: list[Trial], what: str) -> Iterator[tuple[str, Figure]]:
    def figure(values: list[float], units: str) -> Figure:
        each = ", ".join(f"{v:.4g}" for v in values)
        return Figure(value=float(np.mean(values)), units=units, note=f"{what}: {each}")

    for h in SHOWN:
        yield f"{arm}.mm.h{h}", figure([t.mm[h] for t in trials], "mm")
        yield f"{arm}.skill.h{h}", figure([t.skill[h] for t in trials], "")
    yield f"{arm}.rankme", figure([t.rank.rankme_z for t in trials], "")
    yield f"{arm}.dead", figure([float(t.rank.dead_dimensions) for t in trials], "dimensions")
    for name in ("pose", "velocity", "contact"):
        yield f"{arm}.probe.{name}", figure([getattr(t.probe, f"{name}_r2") for t in trials], "R²")


def _asked(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdigit() or int(text) < 1:
        raise UsageError(
            where="bench arms", field=name, expected="a whole number of 1 or more", found=repr(text)[:40],
            fix=f"Leave it out for {default}.",
        )  # fmt: skip
    return int(text)
