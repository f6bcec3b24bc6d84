"""The arms of the world model."""

from __future__ import annotations

import pytest

from benchmarks.arms import ARMS, Trial, _asked, _figures
from schemas.errors import UsageError
from schemas.world_model import Arm, ProbeMetrics, RankMetrics, WorldModelParams


def test_each_arm_differs_from_the_default_by_one_factor_and_the_seed_by_all() -> None:
    default = WorldModelParams().arm.model_dump()
    for name, change in ARMS.items():
        arm = WorldModelParams.model_validate(change).arm.model_dump()
        apart = {key for key in default if arm[key] != default[key]}
        assert len(apart) == {"default": 0, "seed": 4}.get(name, 1), name


def test_every_factor_has_every_one_of_its_values_in_some_arm() -> None:
    seen = [WorldModelParams.model_validate(change).arm for name, change in ARMS.items() if name != "seed"]
    for name, field in Arm.model_fields.items():
        assert {getattr(arm, name) for arm in seen} == set(field.annotation.__args__), name  # type: ignore[union-attr]


def test_figures_are_means_over_seeds_and_say_each() -> None:
    probe = ProbeMetrics(
        pose_r2=0.5, pose_r2_pca=0.4, velocity_r2=0.5, velocity_r2_pca=0.4, contact_r2=0.1, contact_r2_pca=0.1
    )
    rank = RankMetrics(rankme_z=10.0, rankme_x=20.0, rankme_pca=15.0, participation_ratio=5.0, dead_dimensions=2)
    trials = [
        Trial(dict.fromkeys((1, 5, 10, 30), mm), dict.fromkeys((1, 5, 10, 30), 0.1), rank, probe) for mm in (4.0, 6.0)
    ]
    found = dict(_figures("ema", trials, "2 seeds"))
    assert found["ema.mm.h10"].value == 5.0
    assert found["ema.mm.h10"].note == "2 seeds: 4, 6"
    assert found["ema.dead"].value == 2.0


def test_a_budget_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINETRACE_ARMS_STEPS", "many")
    with pytest.raises(UsageError, match="KINETRACE_ARMS_STEPS: expected a whole number"):
        _asked("KINETRACE_ARMS_STEPS", 5)
    monkeypatch.delenv("KINETRACE_ARMS_STEPS")
    assert _asked("KINETRACE_ARMS_STEPS", 5) == 5
