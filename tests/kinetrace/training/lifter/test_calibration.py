from __future__ import annotations

import pytest
from made_lifter import made_take, tiny_lifter

from kinetrace.training.lifter.calibration import spread_factor

HELD_OUT = (made_take(subject="ui_prmd_s05"), made_take(subject="ui_prmd_s06", seed=2))
JUDGE = made_take(source="opencap_s4", subject="opencap_s4", seed=3)


def test_a_lifter_that_states_half_as_much_gets_the_factor_that_makes_it_true() -> None:
    factor = spread_factor(tiny_lifter(), HELD_OUT)
    assert factor > 1.0  # untrained: far off, and sure of itself
    assert spread_factor(tiny_lifter(spread_factor=2.0), HELD_OUT) == pytest.approx(factor, rel=1e-6)


def test_the_judge_does_not_help_and_nobody_means_one() -> None:
    assert spread_factor(tiny_lifter(), (*HELD_OUT, JUDGE)) == pytest.approx(
        spread_factor(tiny_lifter(), HELD_OUT), abs=1e-12
    )
    assert spread_factor(tiny_lifter(), (JUDGE,)) == 1.0
