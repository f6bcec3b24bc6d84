"""The physical state of made motions: what is declared stays, what is missing is said, what cannot be is refused."""

from __future__ import annotations

import numpy as np
import pytest

from kinetrace.motion.skeletons import INDEX, joint_index
from schemas.adapter import StaticPose
from schemas.capture import SubjectInfo
from schemas.errors import CaptureError, ParamsError
from schemas.physical_state import FilterParams, PhysicalStateParams
from stages.s02_physical_state.physical_state import physical_state

PARAMS = PhysicalStateParams()


def run(made, params: PhysicalStateParams = PARAMS):
    return physical_state(made.motion, made.alignment, made.adapter, params)


def test_standing_still_is_balance_at_rest_with_both_feet_down(make_input):
    arrays, document = run(make_input())
    assert (document.movement, document.movement_source) == ("balance", "guessed")
    assert (arrays.contacts == 1).all()
    assert np.abs(arrays.state[..., 3:]).max() < 1e-2
    assert arrays.state[:, :, :3] == pytest.approx(arrays.positions_raw, abs=1e-5)
    assert {document.phase_names[i] for i in arrays.phases.ravel()} == {"static"}
    assert document.ankle_zero_source == "quiet_standing"


def test_a_declared_movement_is_kept_and_a_doubt_is_said(make_input):
    _, document = run(make_input(movement="squat"))
    assert (document.movement, document.movement_source, document.movement_confidence) == ("squat", "declared", 1.0)
    assert any("declared squat, but the motion looks like balance" in n for n in document.notes)
    assert document.repetitions == ()


def test_a_declared_person_is_used_as_declared(make_input):
    person = SubjectInfo(id="p", height_m=1.61, mass_kg=57.0, sex="f")
    _, document = run(make_input(subject=person))
    used = document.subject
    assert (used.stature_m, used.stature_source, used.mass_kg, used.sex) == (1.61, "declared", 57.0, "f")
    assert used.segment_lengths_m["thigh_l"] == pytest.approx(0.4, abs=1e-6)


def test_an_undeclared_stature_is_stage_ones_estimate(make_input):
    _, document = run(make_input())
    assert (document.subject.stature_m, document.subject.stature_source) == (1.7, "estimated")
    assert document.subject.mass_kg is None


def test_legs_alone_work_and_say_what_is_missing(make_input):
    upper = tuple(range(INDEX["spine"], INDEX["r_wrist"] + 1))
    arrays, document = run(make_input(hidden=upper))
    assert not arrays.angles_valid[:, 6].any()
    assert arrays.angles_valid[:, :6].all()
    assert any("no shoulders" in n for n in document.notes)
    assert any("% of body mass" in n for n in document.notes)


def test_without_feet_contacts_and_ankles_are_unknown(make_input):
    arrays, document = run(make_input(hidden=tuple(joint_index("l_heel", "l_toe", "r_heel", "r_toe"))))
    assert (arrays.contacts == 2).all()
    assert document.ankle_zero_source == "none"
    assert any("contact of at least one foot unknown in 100.0 %" in n for n in document.notes)


def test_a_leg_that_is_lost_for_a_while_has_unknown_contact_there_and_only_there(make_input):
    made = make_input()
    leg = list(joint_index("l_knee", "l_ankle", "l_heel", "l_toe"))
    made.motion.validity[40:80, leg] = 0
    made.motion.positions[40:80, leg] = 0.0
    arrays, document = run(made)
    assert (arrays.contacts[40:80, 0] == 2).all()
    assert (arrays.contacts[40:80, 1] == 1).all()
    assert (arrays.contacts[:40] == 1).all()
    assert any("unknown in 33.3 % of frames: no ground force there" in n for n in document.notes)


def test_a_moment_in_which_a_foot_is_lost_is_bridged(make_input):
    made = make_input()
    made.motion.validity[40:45, list(joint_index("l_heel", "l_toe"))] = 0
    arrays, _ = run(made)
    assert (arrays.contacts == 1).all()


def test_standing_on_a_box_is_no_contact_with_the_floor_and_it_is_said(make_input):
    made = make_input(frames=240)
    made.motion.positions[:120, :, 1] += 0.3
    arrays, document = run(made)
    assert (arrays.contacts[:110] == 2).all()
    assert (arrays.contacts[130:] == 1).all()
    assert any("a foot stands above the floor" in n and "no ground force is given" in n for n in document.notes)


def test_inferred_feet_are_said_to_be_inferred(make_input):
    made = make_input()
    assert not any("inferred" in n for n in run(made)[1].notes)
    validity = made.motion.validity.copy()
    validity[:, joint_index("l_heel", "l_toe", "r_heel", "r_toe")] = 1
    motion = made.motion.model_copy(update={"validity": validity})
    _, document = physical_state(motion, made.alignment, made.adapter, PARAMS)
    assert any("heels and toes are inferred" in n for n in document.notes)


def test_the_static_pose_is_turned_into_the_aligned_world_before_its_pitch_is_read(make_input):
    made = make_input()
    upright = made.motion.positions[0].astype(np.float64)
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])  # capture's +Y is the aligned +X turned
    captured = upright @ turn  # aligned = turn @ captured
    transform = np.eye(4)
    transform[:3, :3] = turn
    pose = StaticPose(file="static.trc", positions=tuple(map(tuple, captured.tolist())), validity=(2,) * 21)
    turned = make_input(static_pose=pose)
    alignment = made.alignment.model_copy(update={"transform": tuple(transform.ravel().tolist())})
    arrays, document = physical_state(turned.motion, alignment, turned.adapter, PARAMS)
    assert document.ankle_zero_source == "static_trial"
    assert np.abs(arrays.angles[:, [2, 5]]).max() < 1e-6


def test_the_same_input_gives_the_same_bytes(make_input):
    first, document = run(make_input())
    second, again = run(make_input())
    assert document == again
    assert all(np.array_equal(getattr(first, name), getattr(second, name)) for name in first.specs())


def test_a_motion_without_a_leg_is_refused_by_name(make_input):
    with pytest.raises(CaptureError, match=r"never seen: l_knee\. Record both legs"):
        run(make_input(hidden=(INDEX["l_knee"],)))


def test_a_cutoff_above_half_the_frame_rate_is_refused(make_input):
    with pytest.raises(ParamsError, match="Set cutoff_hz below 30"):
        run(make_input(), PhysicalStateParams(filter=FilterParams(cutoff_hz=40.0)))
