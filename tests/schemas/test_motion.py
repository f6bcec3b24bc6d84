from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.motion import JOINTS, AdapterArrays, MotionArrays, Reason, Validity


@given(reasons=st.sets(st.sampled_from([r for r in Reason if r])))
def test_reasons_add_up_and_come_apart_again(reasons: set[Reason]) -> None:
    code = np.uint32(sum(reasons))
    assert set(Reason(int(code))) == reasons


def test_reasons_are_single_bits_that_fit_the_array() -> None:
    values = [int(r) for r in Reason]
    assert values == [1 << i for i in range(len(values))]
    assert max(values) < 1 << 32


def test_marks_by_hand() -> None:
    assert [int(v) for v in (Validity.MISSING, Validity.INFERRED, Validity.MEASURED)] == [0, 1, 2]
    assert JOINTS == 21


def test_stage_0_adds_the_points_of_the_scan() -> None:
    assert set(AdapterArrays.specs()) - set(MotionArrays.specs()) == {"scan_points"}


def test_a_joint_too_many_is_refused() -> None:
    with pytest.raises(ValidationError, match="positions: expected length 21 on axis 1, found 22"):
        MotionArrays(
            positions=np.zeros((2, 22, 3), np.float32), validity=np.zeros((2, 21), np.uint8), time=np.zeros(2),
            reasons=np.zeros(2, np.uint32),
        )  # fmt: skip
