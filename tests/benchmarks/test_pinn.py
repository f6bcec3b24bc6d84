from __future__ import annotations

import pytest

from benchmarks import pinn, pinn_killed
from schemas.errors import ComputeError


def test_a_training_that_was_really_killed_goes_on_to_the_same_bits() -> None:
    assert pinn_killed.resume_difference() == 0.0


def test_without_a_checkpoint_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinn_killed, "PATIENCE_S", 0.0)
    with pytest.raises(ComputeError, match="expected a checkpoint of a training under way, found none"):
        pinn_killed.resume_difference()


def test_the_laws_hold() -> None:
    assert pinn._boundary_leak() == 0.0


def test_a_figure_above_its_bound_does_not_hold() -> None:
    assert pinn._figure(2e-5, "", 1e-5, "").holds is False
    assert pinn._figure(1e-5, "", 1e-5, "").holds is True
