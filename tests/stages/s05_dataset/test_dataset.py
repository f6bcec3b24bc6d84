from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kinetrace.models.transitions import Transitions
from kinetrace.motion.skeletons import INDEX
from schemas.dataset import DatasetParams
from schemas.errors import CaptureError
from schemas.physical_state import PhysicalStateArrays
from stages.s05_dataset.dataset import build_dataset, feature_table

NAMES = ("none", "stance", "swing")


def test_moving_everything_after_t_by_a_metre_leaves_every_transition_up_to_t(state: PhysicalStateArrays) -> None:
    moved = state.positions_raw.copy()
    moved[200:] += 1.0
    one = build_dataset(state, 100.0, NAMES, DatasetParams()).table
    other = build_dataset(state.model_copy(update={"positions_raw": moved}), 100.0, NAMES, DatasetParams()).table
    known = np.flatnonzero(one.train_pairs.sum(axis=1) < 60)  # anchor 60 is frame 200
    for a, b in zip(Transitions(one).read("train", known), Transitions(other).read("train", known), strict=True):
        assert a.tobytes() == b.tobytes()
    assert len(known) > 1000


def test_the_zero_phase_state_has_no_part_in_it(state: PhysicalStateArrays) -> None:
    other = state.model_copy(update={"state": state.state + 7.0, "com": state.com + 7.0})
    one, same = (build_dataset(s, 100.0, NAMES, DatasetParams()) for s in (state, other))
    assert one.document == same.document
    assert one.table.states.tobytes() == same.table.states.tobytes()


def test_the_document_by_hand(state: PhysicalStateArrays) -> None:
    built = build_dataset(state, 100.0, NAMES, DatasetParams())
    said = built.document
    assert (said.anchors, said.dropped_anchors, said.fps, said.native_fps) == (120, 0, 30.0, 100.0)
    assert said.held_out_from_s == pytest.approx(3.0)
    assert said.gap_s == pytest.approx(0.5)
    assert (said.train_pairs, said.held_out_pairs) == (76 * 75 // 2, 30 * 29 // 2)
    assert said.horizons["1"] == 75 + 29
    assert said.horizons["75"] == 1
    assert sum(said.horizons.values()) == said.train_pairs + said.held_out_pairs
    assert said.notes == ("joints left out, seen too little or too late: head",)


def test_labels_are_those_of_the_last_frame_before_the_anchor(state: PhysicalStateArrays) -> None:
    table = build_dataset(state, 100.0, NAMES, DatasetParams()).table
    frames = [0, 3, 6, 10, 13]
    assert table.phases[:5].tolist() == state.phases[frames].tolist()
    assert table.contacts[:5].tolist() == state.contacts[frames].tolist()


def test_the_feature_table_names_the_flattened_state(state: PhysicalStateArrays) -> None:
    built = build_dataset(state, 100.0, NAMES, DatasetParams())
    assert len(built.document.features) == 20 * 9
    x = built.table.states.reshape(120, -1)
    for column in built.document.features:
        if (column.joint, column.quantity, column.axis) == ("l_knee", "velocity", "z"):
            knee = built.document.joints.index("l_knee")
            assert np.array_equal(x[:, column.index], built.table.states[:, knee, 5])
            assert column.units == "m/s"


@given(joints=st.integers(1, 21))
def test_feature_indices_count_up(joints: int) -> None:
    table = feature_table(tuple(INDEX)[:joints])
    assert [c.index for c in table] == list(range(9 * joints))
    assert len({(c.joint, c.quantity, c.axis) for c in table}) == 9 * joints


def test_held_joints_and_slow_recordings_are_noted(state: PhysicalStateArrays) -> None:
    validity = state.validity.copy()
    validity[100:110, INDEX["l_toe"]] = 0
    held = build_dataset(state.model_copy(update={"validity": validity}), 100.0, NAMES, DatasetParams())
    assert any("held from the past" in note for note in held.document.notes)
    slow = build_dataset(state, 25.0, NAMES, DatasetParams())
    assert any("anchors at 30 Hz between frames at 25 Hz" in note for note in slow.document.notes)


def test_half_a_second_is_refused(state: PhysicalStateArrays) -> None:
    short = PhysicalStateArrays(**{name: getattr(state, name)[:50] for name in PhysicalStateArrays.specs()})
    with pytest.raises(CaptureError, match="15 anchors"):
        build_dataset(short, 100.0, NAMES, DatasetParams())


def test_a_band_that_the_rate_cannot_carry_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"cutoff_hz must be below half of fps \(15 Hz\), got 15"):
        DatasetParams(cutoff_hz=15.0)
