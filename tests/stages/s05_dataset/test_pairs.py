from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dataset import DatasetParams, Part
from schemas.errors import CaptureError, ParamsError
from stages.s05_dataset.pairs import make_pairs, pairs_within, split_parts


@given(anchors=st.integers(80, 150), fraction=st.floats(0.1, 0.4), margin=st.floats(0.5, 1.0))
def test_no_pair_crosses_and_the_parts_are_far_enough_apart(anchors: int, fraction: float, margin: float) -> None:
    params = DatasetParams(held_out_fraction=fraction, held_out_margin_s=margin)
    time = np.arange(anchors) / 30
    part = split_parts(time, params)
    assert time[part == Part.HELD_OUT].min() - time[part == Part.TRAIN].max() >= margin - 1e-9
    assert (part[-1], part[0]) == (Part.HELD_OUT, Part.TRAIN)
    assert (np.diff(np.flatnonzero(part == Part.TRAIN)) == 1).all()
    for pairs, of in zip(make_pairs(part, params), (Part.TRAIN, Part.HELD_OUT), strict=True):
        assert (part[pairs[:, 0]] == of).all()
        assert (part[pairs.sum(axis=1)] == of).all()
        members = int(np.count_nonzero(part == of))
        assert len(np.unique(pairs, axis=0)) == len(pairs) == members * (members - 1) // 2


@given(anchors=st.integers(1, 30), first=st.integers(0, 9), longest=st.one_of(st.none(), st.integers(1, 40)))
def test_every_pair_up_to_the_longest_horizon_is_there_once(anchors: int, first: int, longest: int | None) -> None:
    top = longest or anchors
    wanted = [(t + first, u - t) for t in range(anchors) for u in range(t + 1, anchors) if u - t <= top]
    assert pairs_within(anchors, first, longest).tolist() == [list(p) for p in wanted]


def test_a_split_by_hand() -> None:
    part = split_parts(np.arange(100) / 30, DatasetParams())
    assert np.flatnonzero(part == Part.HELD_OUT).tolist() == list(range(75, 100))
    assert np.flatnonzero(part == Part.MARGIN).tolist() == list(range(61, 75))  # anchor 60 is 0.5 s before anchor 75


def test_the_shortest_real_walk_goes_through() -> None:
    part = split_parts(np.arange(39) / 30, DatasetParams())  # 1.3 s
    assert [int(np.count_nonzero(part == p)) for p in (Part.TRAIN, Part.HELD_OUT, Part.MARGIN)] == [15, 10, 14]


@pytest.mark.parametrize("anchors", [0, 1, 5, 29])
def test_too_short_a_recording_is_refused_with_what_would_do(anchors: int) -> None:
    with pytest.raises(CaptureError, match=r"expected about 1.0 s .*31 anchors.*Record longer"):
        split_parts(np.arange(anchors) / 30, DatasetParams())


def test_what_the_refusal_asks_for_is_enough() -> None:
    split_parts(np.arange(31) / 30, DatasetParams())


def test_more_pairs_than_fit_are_refused_with_a_horizon_that_does() -> None:
    part = np.repeat(np.array([Part.TRAIN, Part.HELD_OUT], dtype=np.uint8), [7000, 1000])
    with pytest.raises(ParamsError, match=r"max_horizon_frames: expected at most 20000000 pairs.*Set it to 2500"):
        make_pairs(part, DatasetParams())
    one, other = make_pairs(part, DatasetParams(max_horizon_frames=2))
    assert (len(one), len(other)) == (6999 + 6998, 999 + 998)
