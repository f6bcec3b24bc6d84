"""What the world model's latents keep, and whether its steps agree with each other: on recordings it never saw."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float

from benchmarks.actions import measure_actions
from benchmarks.held_out_model import UnderTest, seed_arm, under_test
from kinetrace.models.calibration import by_recording, confidence
from kinetrace.models.inference import LoadedModel
from kinetrace.models.probe import probe_metrics
from kinetrace.models.rank import rank_metrics
from kinetrace.store.workspace import Workspace
from schemas.benchmark import Figure
from schemas.world_model import ProbeMetrics, RankMetrics

Array = np.ndarray

BUCKETS = ((1, 5), (6, 10), (11, 20), (21, 30))
"""Frames ahead that are reported together, first and last."""

ROLLED = 30
"""Single steps that follow each other."""

HALVES = (5, 15)
"""Two steps of so many frames against one of twice as many."""

ANCHORS = 12
"""Of every recording, evenly spread: neighbours tell each other's errors."""


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Judge the latents of the weights that come with Kinetrace, and the seed's beside them.

    Raises:
        UncheckableError: There are no weights, or no recordings.
    """
    of = under_test()
    seed = seed_arm(of)
    figures = _latents(of, of.model, seed) | _steps(of, of.model, "") | _steps(of, seed, "seed.")
    parameters = sum(p.numel() for p in of.model.network.trainable())
    note = f"{of.card.recordings} recordings of {', '.join(of.card.sources)}; trained on {of.card.device}"
    figures |= measure_actions(of)
    return figures | {"parameters": Figure(value=float(parameters), units="", note=note)}


def _latents(of: UnderTest, model: LoadedModel, seed: LoadedModel) -> dict[str, Figure]:
    """Rank and linear probes; every other recording is for the probes to learn on, the rest to judge them."""
    order = of.division.held_out
    parts = [np.arange(*of.arrays.anchor_starts[n : n + 2]) for n in order]
    rows = np.concatenate(parts)
    fitted = torch.from_numpy(np.concatenate([np.full(len(part), k % 2 == 0) for k, part in enumerate(parts)]))
    contacts = torch.from_numpy(of.arrays.contacts[rows])
    found: list[tuple[RankMetrics, ProbeMetrics]] = []
    for one in (model, seed):
        x = torch.from_numpy(one.features(of.arrays.states[rows]))
        z = torch.from_numpy(one.encode(of.arrays.states[rows]))
        found.append((rank_metrics(z, x), probe_metrics(z, x, contacts, one.config.feature_names, fitted)))
    what = f"{len(rows)} anchors of {len(order)} held-out recordings"
    return _rank(found[0][0], found[1][0], what) | _probes(found[0][1], found[1][1])


def _rank(rank: RankMetrics, seed: RankMetrics, what: str) -> dict[str, Figure]:
    return {
        "rankme.z": Figure(
            value=rank.rankme_z, units="", goal="≥ that of 64 components", holds=rank.rankme_z >= rank.rankme_pca,
            peer=f"PCA-64 {rank.rankme_pca:.1f}, seed {seed.rankme_z:.1f}", note=what,
        ),
        "rankme.pca64": Figure(value=rank.rankme_pca, units="", note="of the same features"),
        "rankme.x": Figure(value=rank.rankme_x, units="", note="of the features themselves"),
        "participation": Figure(
            value=rank.participation_ratio, units="", peer=f"seed {seed.participation_ratio:.1f}",
            note="(sum of variances)² / sum of their squares",
        ),
        "dead": Figure(
            value=float(rank.dead_dimensions), units="dimensions", goal="0", holds=rank.dead_dimensions == 0,
            peer=f"seed {seed.dead_dimensions}", note="spread below 1 % of the root mean square",
        ),
    }  # fmt: skip


def _probes(probe: ProbeMetrics, seed: ProbeMetrics) -> dict[str, Figure]:
    figures = {}
    for name in ("pose", "velocity", "contact"):
        mine, pca = getattr(probe, f"{name}_r2"), getattr(probe, f"{name}_r2_pca")
        figures[f"probe.{name}"] = Figure(
            value=mine, units="R²", goal="≥ that of 64 components", holds=mine >= pca,
            peer=f"PCA-64 {pca:.3f}, seed {getattr(seed, f'{name}_r2'):.3f}",
            note="linear, learnt on half of the recordings, judged on the others; the seed's of its own world-frame features",
        )  # fmt: skip
    return figures


def _steps(of: UnderTest, model: LoadedModel, prefix: str) -> dict[str, Figure]:
    rows, recording = _anchors(of)
    now = of.arrays.states[rows]
    z = model.encode(now)
    came = np.stack([model.encode_target(of.arrays.states[rows + h]) for h in range(ROLLED + 1)], axis=1)
    straight = np.stack([_ahead(model, z, h) for h in range(1, ROLLED + 1)], axis=1)
    spread = float(np.sqrt((came[:, 0].var(axis=0)).sum()))
    figures = {}
    for first, last in BUCKETS:
        mine, copied = (
            ((guess - came[:, first : last + 1]) ** 2).mean(axis=(1, 2))
            for guess in (straight[:, first - 1 : last], came[:, :1])
        )
        figures[f"{prefix}mse.h{first}_{last}"] = _over(
            mine, recording, "", f"latent; copying the latent: {by_recording(copied, recording).mean():.4g}"
        )
    for half in HALVES:
        twice, once = _ahead(model, _ahead(model, z, half), half), straight[:, 2 * half - 1]
        way = np.linalg.norm(once - z, axis=1).mean()
        gap = np.linalg.norm(twice - once, axis=1)
        note = (
            f"|P(P(z, {half}), {half}) − P(z, {2 * half})| over the latent's spread; {gap.mean() / way:.2f} of the step"
        )
        figures[f"{prefix}semigroup.h{2 * half}"] = _over(gap / spread, recording, "", note)
    rolled = [z]
    for _ in range(ROLLED):
        rolled.append(_ahead(model, rolled[-1], 1))
    for h in (10, ROLLED):
        off, direct, copied = (
            np.linalg.norm(guess - came[:, h], axis=1) / spread for guess in (rolled[h], straight[:, h - 1], came[:, 0])
        )
        note = f"{h} steps of a frame; one step {direct.mean():.3f}, copy {copied.mean():.3f}; over the latent's spread"
        figures[f"{prefix}rollout.l2.h{h}"] = _over(off, recording, "", note)
    return figures


def _anchors(of: UnderTest) -> tuple[Array, Array]:
    rows, recording = [], []
    for number in of.division.held_out:
        begin, end = of.arrays.anchor_starts[number : number + 2]
        last = end - begin - 1 - ROLLED
        if last < 0:
            continue
        chosen = begin + np.unique(np.linspace(0, last, ANCHORS).astype(int))
        rows.append(chosen)
        recording.append(np.full(len(chosen), number))
    return np.concatenate(rows), np.concatenate(recording)


def _ahead(model: LoadedModel, z: Float[Array, "n latent"], frames: int) -> Float[Array, "n latent"]:
    return model.predict(z, np.full(len(z), frames / model.fps, dtype=np.float32))


def _over(values: Float[Array, "samples"], recording: Array, units: str, note: str) -> Figure:
    means = by_recording(values.astype(np.float64), recording)
    low, high = confidence(means, lambda parts: parts.mean(axis=1))
    return Figure(value=float(means.mean()), units=units, note=f"95 % {low:.4g} to {high:.4g}; {note}")
