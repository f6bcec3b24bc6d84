"""What a pooled model is worth on recordings it has not seen, beside forecasts fitted on what it was trained on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from kinetrace.models.inference import LoadedModel
from kinetrace.models.probe import probe_metrics
from kinetrace.models.rank import rank_metrics
from kinetrace.training.world_model.pool import Division, Pool
from kinetrace.training.world_model.pooled_baselines import PooledBaselines, fit_pooled
from schemas.corpus import Corpus, CorpusArrays
from schemas.world_model import Judged, PooledMetrics, SourceMetrics

Array = np.ndarray
HORIZONS = (1, 2, 3, 5, 8, 10, 15, 20, 25, 30)
ALL = "all"
MIN_ANCHORS = 3
MOST_PROBED = 40_000


@dataclass(frozen=True)
class RecordingErrors:
    """One recording's figures, a row a horizon: mean distances [m] of model, zero, damped and ridge; latent sums.

    Attributes:
        source: Of the recording.
        metres: Model, zero velocity, damped velocity, ridge.
        latent: Squared distance of prediction and of copy from the latent that came, summed.
    """

    source: str
    metres: Float[Array, "horizons 4"]
    latent: Float[Array, "horizons 2"]


def judge(model: LoadedModel, arrays: CorpusArrays, about: Corpus, division: Division, data: Pool) -> Judged:
    """Judge a model on the held-out recordings: every horizon from the same anchors, every baseline by the same input.

    Args:
        model: Trained on the others.
        arrays: Of the corpus.
        about: Its document.
        division: Which recordings are held out.
        data: What it was trained on; the baselines are fitted on it.
    """
    baselines = fit_pooled(data, model.view, HORIZONS)
    found = []
    for number in division.held_out:
        rows = slice(arrays.anchor_starts[number], arrays.anchor_starts[number + 1])
        errors = recording_errors(model, arrays.states[rows], baselines, about.recordings[number].source)
        found += [] if errors is None else [errors]
    sources = [*sorted({e.source for e in found}), ALL]
    judged = [_of_source(s, [e for e in found if s in (ALL, e.source)]) for s in sources]
    rows_held = np.concatenate([np.arange(*arrays.anchor_starts[n : n + 2]) for n in division.held_out])
    whose = np.repeat(np.arange(len(division.held_out)), [about.recordings[n].anchors for n in division.held_out])
    thin = slice(None, None, max(1, len(rows_held) // MOST_PROBED))
    rows_held, fitted = rows_held[thin], torch.from_numpy(whose[thin] % 2 == 0)
    states = arrays.states[rows_held]
    x, z = torch.from_numpy(model.features(states)), torch.from_numpy(model.encode(states))
    contacts = torch.from_numpy(arrays.contacts[rows_held])
    return Judged(
        sources=tuple(judged),
        rank=rank_metrics(z, x),
        probe=probe_metrics(z, x, contacts, model.config.feature_names, fitted),
    )


def recording_errors(
    model: LoadedModel, states: Float[Array, "anchors joints 9"], baselines: PooledBaselines, source: str
) -> RecordingErrors | None:
    """Measure one recording; None where it is too short for the longest horizon.

    Args:
        model: The model.
        states: Causal states of the recording.
        baselines: Fitted elsewhere.
        source: Of the recording.
    """
    anchors = len(states) - HORIZONS[-1]
    if anchors < MIN_ANCHORS:
        return None
    now, z = states[:anchors], model.encode(states[:anchors])
    target = model.encode_target(states).astype(np.float64)
    metres, latent = [], []
    for horizon in HORIZONS:
        ahead = model.predict(z, np.full(anchors, horizon / model.fps, dtype=np.float32))
        truth = states[horizon : horizon + anchors, :, :3] - now[..., :3]
        step = np.full(anchors, horizon / model.fps, dtype=np.float32)
        guesses = (
            model.decode_world(ahead, z, now, step) - now[..., :3],
            np.zeros_like(truth),
            baselines.moved_damped(now, horizon),
            baselines.moved_ridge(now, horizon),
        )
        metres.append([float(np.linalg.norm(guess - truth, axis=-1).mean()) for guess in guesses])
        came = target[horizon : horizon + anchors]
        latent.append([float(((ahead - came) ** 2).sum()), float(((target[:anchors] - came) ** 2).sum())])
    return RecordingErrors(source, np.array(metres), np.array(latent))


def _of_source(source: str, found: list[RecordingErrors]) -> SourceMetrics:
    return SourceMetrics(source=source, recordings=len(found), horizons=tuple(_rows(found)))


def _rows(found: list[RecordingErrors]) -> Iterator[PooledMetrics]:
    millimetres = 1000 * np.mean([e.metres for e in found], axis=0)
    latent = np.sum([e.latent for e in found], axis=0)
    for row, (horizon, mm) in enumerate(zip(HORIZONS, millimetres.tolist(), strict=True)):
        yield PooledMetrics(
            horizon_frames=horizon,
            recordings=len(found),
            skill_over_copy=1 - float(latent[row, 0] / max(latent[row, 1], 1e-12)),
            model_mm=mm[0],
            zero_velocity_mm=mm[1],
            damped_velocity_mm=mm[2],
            ridge_mm=mm[3],
        )
