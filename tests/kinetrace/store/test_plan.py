from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from kinetrace.store.plan import StagePlan


def test_a_plan_is_a_value() -> None:
    one = StagePlan("s03_labels", "labels", ("s00_adapter",), ("labels.json",), ("schemas",))
    assert one == StagePlan("s03_labels", "labels", ("s00_adapter",), ("labels.json",), ("schemas",))
    assert len({one, one}) == 1


def test_a_plan_cannot_be_changed() -> None:
    plan = StagePlan("s03_labels", "labels", (), (), ())
    with pytest.raises(FrozenInstanceError, match="parents"):
        plan.parents = ("s00_adapter",)  # type: ignore[misc]
