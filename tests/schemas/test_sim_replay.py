from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.sim_replay import AXES, SUB_SCORES, FrameFault, ReplayArrays, SimReplayParams


@given(faults=st.sets(st.sampled_from([f for f in FrameFault if f])))
def test_faults_add_up_and_come_apart_again(faults: set[FrameFault]) -> None:
    assert set(FrameFault(sum(faults))) == faults


def test_the_three_axes_share_out_the_ten_scores() -> None:
    assert tuple(name for names in AXES.values() for name in names) == SUB_SCORES
    assert {axis: len(names) for axis, names in AXES.items()} == {"kinematic": 3, "contact": 4, "dynamic": 3}


def test_each_score_has_the_fault_bit_of_its_place() -> None:
    assert [FrameFault[name.upper()].value for name in SUB_SCORES] == [1 << i for i in range(10)]
    assert ReplayArrays.specs()["scores"].shape == ("frames", len(SUB_SCORES))


def test_forces_are_left_then_right_in_three_directions() -> None:
    assert ReplayArrays.specs()["grf"].shape == ("frames", 2, 3)


@pytest.mark.parametrize(
    ("field", "value"), [("friction", 2.5), ("ik_iterations", 0), ("scorer", "mine"), ("cutoff_hz", 0.0)]
)
def test_a_replay_that_has_no_meaning_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        SimReplayParams(**{field: value})  # type: ignore[arg-type]
