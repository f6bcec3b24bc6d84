from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_model import tiny_table

from kinetrace.models.transitions import Transitions
from schemas.dataset import Part

TABLE = tiny_table(60)


@settings(deadline=None)
@given(index=st.lists(st.integers(0, len(TABLE.train_pairs) - 1), max_size=20))
def test_a_pair_is_the_very_numbers_of_the_table(index: list[int]) -> None:
    x, dh, ahead = Transitions(TABLE).read("train", np.array(index, dtype=np.int64))
    for row, i in enumerate(index):
        t, h = TABLE.train_pairs[i]
        assert dh[row] == h
        assert x[row].tobytes() == TABLE.states[t].tobytes()
        assert ahead[row].tobytes() == TABLE.states[t + h].tobytes()


def test_parts_are_told_apart() -> None:
    them = Transitions(TABLE)
    assert them.anchors(Part.TRAIN).tolist() == list(range(30))
    assert them.anchors(Part.HELD_OUT).tolist() == list(range(45, 60))
    assert them.pairs("held_out")[:, 0].min() == 45


def test_a_pair_that_is_not_there_is_refused() -> None:
    with pytest.raises(IndexError, match="out of bounds"):
        Transitions(TABLE).read("train", np.array([10**6]))
