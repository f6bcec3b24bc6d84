from __future__ import annotations

import pytest

from adapters.robotics.proportions import HEEL_BACK, TOE_FORWARD, foot_length, trunk_ratios


def test_de_levas_lengths_by_hand() -> None:
    assert foot_length("f") == pytest.approx(228.3 / 438.6)
    assert foot_length("m") == pytest.approx(258.1 / 440.3)
    assert trunk_ratios("m").c7_above_thorax == pytest.approx((603.3 - 515.5) / 515.5)
    assert trunk_ratios("f").head == pytest.approx(243.7 / 497.9)


def test_an_unknown_sex_lies_between_both_and_the_foot_is_no_longer_than_itself() -> None:
    assert foot_length("f") < foot_length("unknown") < foot_length("m")
    assert 0.0 < HEEL_BACK < TOE_FORWARD < 1.0 - HEEL_BACK
