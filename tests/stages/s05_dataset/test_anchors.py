from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_state import made_state

from kinetrace.motion.skeletons import BODY21, INDEX, NEEDED
from schemas.dataset import DatasetParams
from schemas.errors import CaptureError
from schemas.motion import Reason
from schemas.physical_state import PhysicalStateArrays
from stages.s05_dataset.anchors import Anchors, anchor_times, make_anchors, used_joints

PARAMS = DatasetParams()


def anchors_of(state: PhysicalStateArrays, **changes: np.ndarray) -> Anchors:
    changed = state.model_copy(update=changes)
    return make_anchors(changed.positions_raw, changed.validity, changed.reasons, 100.0, PARAMS)


@given(frames=st.integers(2, 2000), native=st.sampled_from([25.0, 30.0, 59.94, 100.0, 120.0]))
def test_anchors_are_even_and_inside_the_recording(frames: int, native: float) -> None:
    time = anchor_times(frames, native, 30.0)
    assert time[0] == 0.0
    assert np.allclose(np.diff(time), 1 / 30)
    last = (frames - 1) / native
    assert last - 1 / 30 < time[-1] + 1e-9
    assert time[-1] <= last + 1e-9


def test_times_by_hand() -> None:
    assert anchor_times(11, 100.0, 30.0).tolist() == pytest.approx([0, 1 / 30, 2 / 30, 0.1])


@settings(deadline=None, max_examples=20)
@given(cut=st.integers(40, 390), data=st.data())
def test_moving_the_future_by_a_metre_changes_no_state_before(cut: int, data: st.DataObject) -> None:
    state = made_state(400)
    axis = data.draw(st.integers(0, 2))
    moved = state.positions_raw.copy()
    moved[cut:, :, axis] += 1.0
    one, other = anchors_of(state), anchors_of(state, positions_raw=moved)
    before = one.frame < cut
    assert one.states[before].tobytes() == other.states[before].tobytes()
    assert not np.allclose(one.states[~before], other.states[~before])


def test_a_gap_that_was_bridged_from_its_far_side_counts_as_a_gap(state: PhysicalStateArrays) -> None:
    knee = INDEX["l_knee"]
    validity, reasons, moved = state.validity.copy(), state.reasons.copy(), state.positions_raw.copy()
    validity[150:170, knee] = 1
    reasons[150:170] = Reason.GAP_FILLED
    moved[150:170, knee] += 0.5  # whatever the bridge holds, it comes from frame 170 as much as from 149
    one = anchors_of(state, validity=validity, reasons=reasons)
    other = anchors_of(state, validity=validity, reasons=reasons, positions_raw=moved)
    assert one.states.tobytes() == other.states.tobytes()
    inside = (one.frame >= 150) & (one.frame < 170)
    column = one.joints.index("l_knee")
    assert not one.measured[inside, column].any()
    assert one.measured[~inside].all()


def test_a_joint_never_seen_is_left_out(state: PhysicalStateArrays) -> None:
    found = anchors_of(state)
    assert found.joints == tuple(j for j in BODY21 if j != "head")
    assert found.states.shape == (120, 20, 9)
    assert found.dropped == 0


def test_anchors_before_every_joint_was_seen_are_dropped(state: PhysicalStateArrays) -> None:
    validity = state.validity.copy()
    validity[:50, INDEX["r_toe"]] = 0
    found = anchors_of(state, validity=validity)
    assert found.dropped == 15
    assert found.time[0] == pytest.approx(0.5)
    assert found.measured.all()


@pytest.mark.parametrize("absent", [slice(0, 150), slice(100, 350)])
def test_an_optional_joint_seen_late_or_little_is_left_out_a_needed_one_is_not(
    state: PhysicalStateArrays, absent: slice
) -> None:
    present = state.validity > 0
    present[absent, [INDEX["l_wrist"]]] = False
    present[absent, [INDEX["l_knee"]]] = False
    chosen = [BODY21[i] for i in used_joints(present)]
    assert "l_wrist" not in chosen
    assert set(NEEDED) <= set(chosen)


def test_states_follow_the_motion(state: PhysicalStateArrays) -> None:
    found = anchors_of(state)
    pelvis = found.states[40, found.joints.index("pelvis")]
    t = found.time[40]
    assert pelvis[:3] == pytest.approx([0.3 * np.sin(2 * t), 1.0, 0.8 * t], abs=2e-3)
    assert pelvis[3:6] == pytest.approx([0.6 * np.cos(2 * t), 0.0, 0.8], abs=3e-2)


def test_without_a_needed_joint_there_is_no_dataset(state: PhysicalStateArrays) -> None:
    validity = state.validity.copy()
    validity[:, INDEX["r_ankle"]] = 0
    with pytest.raises(CaptureError, match=r"validity: expected pelvis.*never: r_ankle"):
        anchors_of(state, validity=validity)
