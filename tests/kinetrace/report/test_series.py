import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.report.series import intervals, numbers, thinning


@given(st.lists(st.integers(0, 3), max_size=60))
def test_runs_put_together_are_the_series(values: list[int]) -> None:
    runs = intervals(np.array(values, dtype=np.uint8))
    assert [v for start, end, v in runs for _ in range(end - start)] == values
    assert all(a[2] != b[2] and a[1] == b[0] for a, b in itertools.pairwise(runs))


@given(st.integers(0, 100_000), st.integers(1, 2000))
def test_thinning_leaves_at_most_so_many_points(frames: int, most: int) -> None:
    assert len(range(frames)[thinning(frames, most)]) <= most


def test_runs_of_a_short_series_by_hand() -> None:
    assert intervals(np.array([1, 1, 0, 2], dtype=np.uint8)) == [(0, 2, 1), (2, 3, 0), (3, 4, 2)]


def test_unknown_values_are_null_and_known_ones_rounded() -> None:
    assert numbers(np.array([1.26, 0.0, -2.0]), 1, np.array([True, False, True])) == [1.3, None, -2.0]
