import numpy as np
import pytest
from made_latent import PoseModel
from made_model import FPS, JOINTS, tiny_checkpoint, tiny_table

from kinetrace.models.inference import load
from kinetrace.motion.skeletons import joint_index
from schemas.errors import ComputeError, ParamsError
from schemas.motion import Validity
from schemas.planning import GoalParams, PhysicsFilterParams, PlanningParams
from stages.s07_planning.plan import build_plan

SOFT = PlanningParams(perturbation=0.1, variants=6, cem_iterations=3)


@pytest.fixture(scope="module")
def built():
    return build_plan(PoseModel(), tiny_table(), {}, SOFT)


def with_table(**changes):
    return tiny_table().model_copy(update=changes)


def test_every_variant_is_judged_and_table_and_document_agree(built):
    document, table = built.document, built.table
    assert len(document.variants) == 6
    assert [v.kind for v in document.variants] == ["perturbation"] * 5 + ["goal"]
    assert table.accepted.tolist() == [int(v.accepted) for v in document.variants]
    assert document.accepted == table.accepted.sum() > 0
    assert table.positions.shape == (6, 31, 21, 3)
    for i, variant in enumerate(document.variants):
        assert variant.accepted == (not variant.rejections)
        apart = np.linalg.norm(table.positions[i] - table.reference[i], axis=2)[:, joint_index(*JOINTS)]
        assert variant.mean_change_mm == pytest.approx(1000 * apart.mean(), rel=1e-3)


def test_joints_the_model_does_not_know_are_missing(built):
    known = joint_index(*JOINTS)
    assert (built.table.validity[:, known] == Validity.MEASURED).all()
    rest = np.setdiff1d(np.arange(21), known)
    assert (built.table.validity[:, rest] == Validity.MISSING).all()
    assert (built.table.positions[:, :, rest] == 0).all()


def test_time_and_reference_are_those_of_the_recording(built):
    table = tiny_table()
    for i in range(6):
        start = round(float(built.table.time[i, 0]) * FPS)
        np.testing.assert_array_equal(built.table.time[i], table.time[start : start + 31])
        np.testing.assert_array_equal(
            built.table.reference[i][:, joint_index(*JOINTS)], table.states[start : start + 31, :, :3]
        )


def test_a_goal_says_what_was_asked_and_what_the_decoded_pose_reached(built):
    goal = built.document.variants[-1]
    assert goal.goal_asked_deg == 5.0
    assert goal.goal_reached_deg is not None
    assert built.document.baselines["passthrough_deg"] == pytest.approx(5.0)


def test_bounds_that_nothing_meets_reject_all_and_the_plan_says_so():
    nothing = SOFT.model_copy(update={"filter": PhysicsFilterParams(max_joint_speed=1e-6)})
    document = build_plan(PoseModel(), tiny_table(), {}, nothing).document
    assert document.accepted == 0
    assert all(v.rejections[0].rule == "joint_speed" for v in document.variants)
    assert any("no variant passed" in note for note in document.notes)
    assert any("the recorded motion itself breaks joint_speed" in note for note in document.notes)


def test_windows_keep_clear_of_a_gap_in_the_legs():
    measured = np.ones((90, 7), dtype=np.uint8)
    measured[40:43] = 0
    table = build_plan(
        PoseModel(), with_table(measured=measured), {}, SOFT.model_copy(update={"horizon_frames": 15})
    ).table
    starts = np.round(table.time[:, 0] * FPS)
    assert not ((starts + 15 >= 40) & (starts <= 42 + 5)).any()


def test_a_variant_with_a_held_leg_is_never_accepted():
    measured = np.ones((90, 7), dtype=np.uint8)
    measured[::12, JOINTS.index("r_knee")] = 0
    document = build_plan(PoseModel(), with_table(measured=measured), {}, SOFT).document
    assert document.accepted == 0
    assert {v.rejections[0].rule for v in document.variants} == {"needed_joints_held"}


def test_a_recording_of_39_anchors_is_planned_with_a_shorter_horizon_and_says_so():
    short = build_plan(PoseModel(), tiny_table(39), {}, SOFT)
    assert short.table.positions.shape[1] == 20
    assert any("shortened from 30 to 19" in note for note in short.document.notes)


def test_a_trained_model_plans_the_same_twice(tmp_path):
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(tiny_checkpoint())
    first, second = (build_plan(load(path), tiny_table(), {}, SOFT) for _ in "ab")
    assert first.table.positions.tobytes() == second.table.positions.tobytes()
    assert first.document == second.document


def test_a_pose_goal_needs_an_anchor_that_exists():
    for frame in (None, 90):
        goal = GoalParams(kind="pose", pose_frame=frame)
        with pytest.raises(ParamsError, match=r"planning.goal.pose_frame: expected an anchor from 0 to 89"):
            build_plan(PoseModel(), tiny_table(), {}, SOFT.model_copy(update={"goal": goal}))


def test_a_pose_goal_reports_its_distance_in_metres():
    params = SOFT.model_copy(update={"goal": GoalParams(kind="pose", pose_frame=30)})
    document = build_plan(PoseModel(), tiny_table(), {}, params).document
    assert document.variants[-1].goal_error is not None
    assert set(document.baselines) == {"passthrough_m", "straight_interpolation_m", "random_shooting_m"}
    assert document.baselines["straight_interpolation_m"] == pytest.approx(0.0, abs=1e-5)


def test_legs_that_were_never_seen_are_refused():
    with pytest.raises(ComputeError, match="hips, knees and ankles seen for 5 anchors on end, found never"):
        build_plan(PoseModel(), with_table(measured=np.zeros((90, 7), dtype=np.uint8)), {}, SOFT)
