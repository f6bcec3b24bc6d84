"""The first five seconds of an unseen recording to adapt to, and the rest of it to be judged on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch

from benchmarks.held_out_model import UnderTest
from benchmarks.progress import track
from kinetrace.models.baselines import DAMPING_TIMES_S
from kinetrace.models.heading import to_heading
from kinetrace.models.inference import LoadedModel, loaded_model
from kinetrace.training.world_model.adapt import adapt
from kinetrace.training.world_model.held_out import HORIZONS, MIN_ANCHORS, RecordingErrors, recording_errors
from kinetrace.training.world_model.pooled_baselines import PooledBaselines
from kinetrace.training.world_model.train import CaptureData, train_many
from schemas.dataset import Part, TransitionArrays
from schemas.world_model import WorldModelParams

SEEN_S, APART_S = 5.0, 0.5
SEED_STEPS = 2000
PENALTIES = (1e1, 1e2, 1e3, 1e4, 1e5, 1e6)
"""Of the change of a ridge regression that was fitted on the pool; the last is next to no change."""


@dataclass(frozen=True)
class Opening:
    """One recording, its first seconds marked as training part.

    Attributes:
        source: Of the recording.
        capture: As stage 5 gives it.
        seen: Anchors of the first part.
        rest: Causal states of what comes half a second later and after.
    """

    source: str
    capture: CaptureData
    seen: int
    rest: np.ndarray


def openings(of: UnderTest) -> tuple[Opening, ...]:
    """Find the recordings that are long enough: first part, gap, the longest horizon and some anchors."""
    seen, gap = round(SEEN_S * of.model.fps), round(APART_S * of.model.fps)
    least = seen + gap + HORIZONS[-1] + MIN_ANCHORS
    found = []
    for number in of.unseen():
        rows = slice(of.arrays.anchor_starts[number], of.arrays.anchor_starts[number + 1])
        states = of.arrays.states[rows]
        if len(states) < least:
            continue
        part = np.full(len(states), Part.HELD_OUT, dtype=np.uint8)
        part[:seen], part[seen : seen + gap] = Part.TRAIN, Part.MARGIN
        pairs = [np.array([(t, u - t) for t in range(seen) for u in range(t + 1, seen)], dtype=np.int32)]
        table = TransitionArrays(
            time=of.arrays.time[rows], states=states, measured=of.arrays.measured[rows], part=part,
            phases=of.arrays.phases[rows], contacts=of.arrays.contacts[rows], train_pairs=pairs[0],
            held_out_pairs=np.zeros((0, 2), dtype=np.int32),
        )  # fmt: skip
        capture = CaptureData(table, of.model.joints, of.model.fps)
        found.append(Opening(of.about.recordings[number].source, capture, seen, states[seen + gap :]))
    return tuple(found)


def adapted_errors(of: UnderTest, cases: tuple[Opening, ...], baselines: PooledBaselines) -> list[RecordingErrors]:
    """Adapt model and baselines to every opening and judge both on the rest."""
    return list(_adapted(of, cases, baselines))


def _adapted(of: UnderTest, cases: tuple[Opening, ...], baselines: PooledBaselines) -> Iterator[RecordingErrors]:
    begun = (of.model.network, of.model.config, of.card.sha256)
    for case in track(cases, "adapting", len(cases)):
        one = adapt(case.capture, begun, WorldModelParams())
        model = loaded_model(one.model, one.config)
        errors = recording_errors(model, case.rest, adapted_baselines(baselines, case), case.source)
        if errors is not None:
            yield errors


def seed_errors(of: UnderTest, cases: tuple[Opening, ...], baselines: PooledBaselines) -> list[RecordingErrors]:
    """Train the seed's recipe from scratch on every opening, as the seed does, and judge it on the rest."""
    params = WorldModelParams(recipe="seed", pretrained=False, max_steps=SEED_STEPS)
    captures = [case.capture for case in cases]
    trained = train_many(captures, params, "cpu", lambda steps: track(steps, "seed arm, adapted", SEED_STEPS))
    found = [
        recording_errors(_loaded(one), case.rest, baselines, case.source)
        for one, case in zip([(t.model, t.config) for t in trained], cases, strict=True)
    ]
    return [errors for errors in found if errors is not None]


def _loaded(one: tuple) -> LoadedModel:  # type: ignore[type-arg]
    return loaded_model(*one)


def adapted_baselines(baselines: PooledBaselines, case: Opening) -> PooledBaselines:
    """Give ridge and damped velocity the same first seconds that the model gets.

    The ridge's weights move from the pooled ones by a ridge regression on what those leave; the penalty is chosen on the
    last fifth of the first part, then all of it is used. The time constant is the best on the first part.
    """
    states = torch.from_numpy(case.capture.table.states[: case.seen]).double()
    view = baselines.view
    ridge, damping = dict(baselines.ridge), dict(baselines.damping_s)
    for horizon in HORIZONS:
        now, later = states[:-horizon], states[horizon:]
        moved = later[..., :3] - now[..., :3]
        x = baselines.standardiser.apply(view.extract(now))
        y = to_heading(moved, view.yaw(now)[:, None].expand(-1, moved.shape[1])).flatten(1)
        weights, offset = baselines.ridge[horizon]
        left = y - x @ weights - offset
        ridge[horizon] = (weights + _change(x, left), offset)
        reach = [t * (1 - np.exp(-horizon / baselines.fps / t)) for t in DAMPING_TIMES_S]
        errors = [float((now[..., 3:6] * r - moved).norm(dim=-1).mean()) for r in reach]
        damping[horizon] = DAMPING_TIMES_S[int(np.argmin(errors))]
    return replace(baselines, ridge=ridge, damping_s=damping)


def _change(x: torch.Tensor, left: torch.Tensor) -> torch.Tensor:
    cut = len(x) - len(x) // 5
    errors = [
        float((left[cut:] - x[cut:] @ _ridge(x[:cut], left[:cut], penalty)).square().sum()) for penalty in PENALTIES
    ]
    return _ridge(x, left, PENALTIES[int(np.argmin(errors))])


def _ridge(x: torch.Tensor, y: torch.Tensor, penalty: float) -> torch.Tensor:
    found: torch.Tensor = torch.linalg.solve(x.T @ x + penalty * torch.eye(x.shape[1], dtype=x.dtype), x.T @ y)
    return found
