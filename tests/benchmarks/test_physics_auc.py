from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.physics_auc import auc, figures, interval
from benchmarks.score_clips import Judged, Scores, real_clips

AXES = ("total", "kinematic", "contact", "dynamic")


def scores(value: float) -> Scores:
    return Scores(dict.fromkeys(AXES, value), dict.fromkeys(AXES, 0.5))


def clip(name: str, clean: float | None, spoilt: float, movement: str = "walk", correct: bool | None = None) -> Judged:
    found = None if clean is None else scores(clean)
    refusals = {"clean": "no legs"} if clean is None else {}
    return Judged(name, movement, correct, found, {"float": scores(spoilt)}, {}, refusals)


def test_by_hand() -> None:
    assert auc(np.array([0.9, 0.5]), np.array([0.4, 0.5])) == pytest.approx((1 + 1 + 1 + 0.5) / 4)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_the_other_way_round_is_the_rest(a: list[float], b: list[float]) -> None:
    one, two = np.array(a), np.array(b)
    assert auc(one, two) + auc(two, one) == pytest.approx(1.0)
    assert auc(one, one) == pytest.approx(0.5)


def test_the_interval_holds_the_value_and_is_a_point_where_all_pairs_agree() -> None:
    chance = np.random.default_rng(1)
    real, spoilt = chance.normal(1.0, 1.0, 40), chance.normal(0.0, 1.0, 40)
    low, high = interval(real, spoilt)
    assert low < auc(real, spoilt) < high
    assert interval(real + 10, spoilt) == (1.0, 1.0)


def test_figures_tell_the_goal_what_misses_it_and_who_was_refused() -> None:
    table = figures([clip("a", 0.9, 0.3), clip("b", 0.8, 0.95), clip("c", None, 0.0)])
    assert table["auc.float"].value == 0.5
    assert table["auc.float"].holds is False
    assert table["public.float"].value == 0.5
    assert (table["clips"].value, table["clips"].holds) == (2.0, False)
    assert table["clips"].note.endswith("refused: c")
    assert table["real.walk.contact"].value == 0.85
    assert "1 below 0.85" in table["real.walk.contact"].note


def test_the_worst_clip_of_a_movement_is_held_to_the_same_bound_as_the_mean() -> None:
    table = figures([clip("a", 0.95, 0.3), clip("b", 0.80, 0.3), clip("c", 0.95, 0.3)])
    mean, worst = table["real.walk.contact"], table["real.walk.contact.worst"]
    assert (mean.value, mean.holds) == (0.9, True)
    assert (worst.value, worst.holds, worst.goal, worst.note) == (0.8, False, "≥ 0.85", "b")
    assert figures([clip("a", 0.8, 0.3, movement="dance")])["real.dance.contact.worst"].holds is None


def test_wrong_repetitions_are_compared_but_are_no_real_clips_of_the_table() -> None:
    table = figures([clip("a", 0.9, 0.3, correct=True), clip("b", 0.8, 0.3, correct=False)])
    assert table["uiprmd.correct_vs_incorrect"].value == 1.0
    assert (table["clips"].value, table["clips"].note) == (1.0, "of 2; 1 are done wrong on purpose and only compared")


def test_the_clips_are_at_least_sixty_and_none_twice(recordings) -> None:
    clips = real_clips(recordings)
    names = [c.take.name for c in clips]
    assert len(set(names)) == len(names)
    assert sum(c.whole for c in clips) >= 60
    assert {"stand", "walk", "squat", "sit_to_stand", "run"} <= {c.movement for c in clips}
    assert not any(c.take.subject.endswith(("s01", "s02")) for c in clips)
