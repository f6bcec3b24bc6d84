"""Shipped uncertainty held against one capture's end."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from made_model import tiny_params, tiny_table
from torch import nn

from kinetrace.models.capture_uncertainty import LEAST_JUDGED, capture_uncertainty, no_uncertainty
from kinetrace.models.expected_error import ExpectedError
from kinetrace.models.inference import LoadedModel, loaded_model
from kinetrace.models.uncertainty import ForecastUncertainty
from kinetrace.motion.skeletons import BODY21
from kinetrace.training.world_model.train import train
from schemas.dataset import Part, TransitionArrays

HORIZONS_S = (1 / 30, 1 / 3)


def made_capture(held_out: int) -> TransitionArrays:
    """BODY21 swaying, the last anchors held out."""
    base = tiny_table(60 + held_out)
    anchors = len(base.time)
    t = base.time[:, None, None]
    rng = np.random.default_rng(0)
    states = np.zeros((anchors, 21, 9), dtype=np.float32)
    home = rng.uniform(0.2, 1.6, (1, 21, 3))
    home[0, BODY21.index("r_hip"), 2], home[0, BODY21.index("l_hip"), 2] = 0.1, -0.1
    phase = rng.uniform(0, 6, (1, 21, 3))
    states[..., :3] = home + 0.1 * np.sin(2 * t + phase)
    states[..., 3:6] = 0.2 * np.cos(2 * t + phase)
    part = np.full(anchors, Part.TRAIN, dtype=np.uint8)
    part[-held_out:] = Part.HELD_OUT
    fields = dict(base) | {"states": states, "part": part, "measured": np.ones((anchors, 21), np.uint8)}
    return TransitionArrays(**fields)


def made_known(size_m: float) -> ForecastUncertainty:
    """Expects the same error everywhere."""
    columns, outputs = 21 * 2 + 21, 21 * 2
    network = nn.Linear(columns, outputs)
    nn.init.zeros_(network.weight)
    nn.init.zeros_(network.bias)
    expected = ExpectedError(
        torch.zeros(columns), torch.ones(columns), torch.full((outputs,), float(np.log(size_m))), network
    )
    radius = np.ones((3, 2, 21)) * np.array([1.0, 2.0, 3.0])[:, None, None]
    return ForecastUncertainty(BODY21, HORIZONS_S, (0.8, 0.9, 0.95), expected, radius, "d" * 64)


@pytest.fixture(scope="module")
def trained() -> tuple[LoadedModel, TransitionArrays]:
    table = made_capture(60)
    one = train(table, BODY21, 30.0, tiny_params(max_steps=5, mc_passes=2))
    return loaded_model(one.model, one.config), table


def test_recalibrated_radii_hold_on_the_held_out_part(trained: tuple[LoadedModel, TransitionArrays]) -> None:
    model, table = trained
    found = capture_uncertainty(model, made_known(1e-4), table, ("none", "down"))
    assert found.document.factors is not None
    assert all(f > 1 for f in found.document.factors)
    radius = found.arrays.radius[1] * found.arrays.expected
    frames = 10
    held = np.flatnonzero(table.part == Part.HELD_OUT)[:-frames]
    from kinetrace.models.uncertainty import forecasts_at

    said = forecasts_at(model, table.states[held], HORIZONS_S)
    truth = np.stack([table.states[held + h][..., :3] for h in (1, frames)], axis=1)
    inside = np.linalg.norm(said - truth, axis=-1) <= radius[held]
    assert inside.mean() == pytest.approx(0.9, abs=0.01)
    assert "recalibrated on 50 held-out anchors" in found.document.calibration


def test_radii_far_too_wide_shrink(trained: tuple[LoadedModel, TransitionArrays]) -> None:
    found = capture_uncertainty(trained[0], made_known(10.0), trained[1], ("none",))
    assert found.document.factors is not None
    assert all(f < 1 for f in found.document.factors)
    assert found.document.horizons[0].held_out_coverage_90 == 1.0


def test_a_short_held_out_part_leaves_the_radii_as_shipped(trained: tuple[LoadedModel, TransitionArrays]) -> None:
    found = capture_uncertainty(trained[0], made_known(0.01), made_capture(LEAST_JUDGED), ("none",))
    assert found.document.factors is None
    assert "too short to recalibrate" in found.document.calibration
    assert found.document.horizons[0].radius_90_mm == pytest.approx(20.0, rel=1e-4)


def test_phases_are_told_by_name_and_side(trained: tuple[LoadedModel, TransitionArrays]) -> None:
    model, table = trained
    phases = table.phases.copy()
    phases[:70, 0] = 1
    found = capture_uncertainty(model, made_known(0.01), table.model_copy(update={"phases": phases}), ("none", "down"))
    assert [(p.side, p.phase, p.anchors) for p in found.document.phases] == [("left", "down", 70)]
    assert found.document.phases[0].expected_mm == pytest.approx(10.0, rel=1e-4)
    assert found.document.asymmetry is not None
    assert found.document.asymmetry.expected_rho is None  # it expects the same everywhere


def test_where_nothing_is_known_there_are_no_horizons() -> None:
    found = no_uncertainty(5, 7)
    assert found.expected.shape == (5, 0, 7)
    assert found.radius.shape == (0, 0, 7)
