from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.dataset import DatasetParams, Part, TransitionArrays


@given(fps=st.floats(5.0, 120.0), cutoff=st.floats(0.1, 30.0))
def test_the_rate_always_carries_the_band(fps: float, cutoff: float) -> None:
    if cutoff < fps / 2:
        assert DatasetParams(fps=fps, cutoff_hz=cutoff).fps == fps
    else:
        with pytest.raises(ValidationError, match="above it anchors alias"):
            DatasetParams(fps=fps, cutoff_hz=cutoff)


def test_the_parts_by_hand() -> None:
    assert [(p.name, p.value) for p in Part] == [("TRAIN", 0), ("HELD_OUT", 1), ("MARGIN", 2)]


def test_pairs_are_anchor_and_horizon() -> None:
    spec = TransitionArrays.specs()["train_pairs"]
    assert (spec.dtype, spec.shape) == ("int32", ("train", 2))


def test_states_and_times_must_agree_in_length() -> None:
    arrays = {
        name: np.zeros([a if isinstance(a, int) else 2 for a in spec.shape], spec.dtype)
        for name, spec in TransitionArrays.specs().items()
    }
    assert TransitionArrays(**arrays).states.shape == (2, 2, 9)
    with pytest.raises(ValidationError, match="expected 3 anchors as in time, found 2"):
        TransitionArrays(**{**arrays, "time": np.zeros(3)})
