"""The horizon bench's table and the baselines' adaptation, on made errors."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from made_model import FPS, JOINTS, squat_states, tiny_table

from benchmarks.adapted import Opening, adapted_baselines
from benchmarks.horizon import SHOWN, table
from kinetrace.models.features import feature_map
from kinetrace.training.world_model.held_out import HORIZONS, RecordingErrors
from kinetrace.training.world_model.pool import Pool
from kinetrace.training.world_model.pooled_baselines import fit_pooled
from kinetrace.training.world_model.train import CaptureData


def _errors(model_m: float, zero_m: float) -> RecordingErrors:
    metres = np.tile([model_m, zero_m, 0.5, 0.6], (len(HORIZONS), 1))
    return RecordingErrors("made", metres, np.tile([1.0, 4.0], (len(HORIZONS), 1)))


def test_every_key_of_every_horizon_is_there_and_each_recording_counts_the_same() -> None:
    found = table("x.", [_errors(0.010, 0.020), _errors(0.030, 0.060)], "made")
    assert set(found) == {f"x.{name}.h{h}" for name in ("skill", "mm", "zero", "damped", "ridge") for h in SHOWN}
    assert found["x.mm.h5"].value == pytest.approx(20.0)
    assert found["x.zero.h5"].value == pytest.approx(40.0)
    assert found["x.skill.h5"].value == pytest.approx(0.75)
    assert found["x.mm.h5"].holds and found["x.skill.h5"].holds


def test_one_better_baseline_is_enough_to_miss_the_goal() -> None:
    found = table("", [_errors(0.7, 0.9)], "made")
    assert found["mm.h1"].holds is False
    assert "damped" in (found["mm.h1"].peer or "")
    assert table("", [_errors(0.7, 0.9)], "made", judged=False)["mm.h1"].holds is None


def test_adapted_ridge_is_better_on_the_person_it_was_adapted_to_and_the_pooled_one_is_untouched() -> None:
    states = torch.from_numpy(squat_states(120))
    number = torch.zeros(120, dtype=torch.long)
    baselines = fit_pooled(Pool(states, number, torch.ones(120), number, FPS), feature_map("heading", JOINTS), HORIZONS)
    kept = {h: w.clone() for h, (w, _) in baselines.ridge.items()}
    faster = squat_states(260)[::2].copy()
    faster[..., 3:6] *= 2
    faster[..., 6:9] *= 4
    case = Opening("made", CaptureData(tiny_table(), JOINTS, FPS), 90, faster[90:])
    case.capture.table.states[:] = faster[:90]
    adapted = adapted_baselines(baselines, case)
    now, truth = faster[:80], faster[10:90, :, :3] - faster[:80, :, :3]
    off = [np.linalg.norm(b.moved_ridge(now, 10) - truth, axis=-1).mean() for b in (baselines, adapted)]
    assert off[1] < 0.5 * off[0]
    assert all(torch.equal(kept[h], w) for h, (w, _) in baselines.ridge.items())
