from dataclasses import replace

import numpy as np
import pytest

from kinetrace.motion.skeletons import BODY21
from kinetrace.physics.replay import Recording, replay
from schemas.physical_state import FootCalibration, Subject
from schemas.sim_replay import SimReplayParams
from stages.s04_sim_replay.documents import arrays, summary

FPS, FRAMES = 60.0, 60


@pytest.fixture(scope="module")
def standing():
    """A person of de Leva's means who stands still, replayed without a declared mass; hips lost for three frames."""
    from kinetrace.physics.frames import to_world
    from kinetrace.physics.humanoid import build
    from kinetrace.physics.kinematics import poses
    from kinetrace.physics.proportions import measure

    nothing = np.zeros((2, 21, 3))
    humanoid = build(measure(nothing, np.zeros((2, 21), dtype=np.uint8), {}, 1.7, "f"), 60.0, "f")
    one = to_world(poses(humanoid, humanoid.standing[None]).sites[:, humanoid.site_ids])
    points, validity = np.repeat(one, FRAMES, axis=0), np.full((FRAMES, 21), 2, dtype=np.uint8)
    points[30:33], validity[30:33] = 0.0, 0
    person = Subject(
        id="x", stature_m=1.7, stature_source="declared", mass_kg=None, sex="f", segment_lengths_m={"trunk": 0.488}
    )
    flat = tuple(FootCalibration(side=s, heel_height_m=0.0, toe_height_m=0.0, frames_used=9) for s in ("left", "right"))
    made = Recording(points, validity, np.ones((FRAMES, 2), dtype=np.uint8), FPS, "balance")
    return replay(made, person, flat, None, SimReplayParams()), person


def test_the_arrays_fit_their_schema_and_are_in_the_worlds_axes(standing):
    replayed, _ = standing
    table = arrays(replayed, np.arange(FRAMES) / FPS)
    assert table.grf[:, :, 1].sum(axis=1) == pytest.approx(1.0, abs=1e-3)  # Y is up
    assert np.abs(table.grf[..., [0, 2]]).max() < 0.05
    assert (table.cop[:, 0, 2] < 0).all()  # the left foot is at negative Z, which points right
    assert (table.cop[:, 1, 2] > 0).all()
    assert table.com[:, 1].mean() == pytest.approx(0.95, abs=0.1)
    assert table.torque.shape[1] == table.qvel.shape[1] - 6


def test_the_summary_says_what_was_assumed_and_bridged(standing):
    replayed, person = standing
    document = summary(replayed, person, FPS, SimReplayParams())
    assert document.humanoid.mass_source == "nominal"
    assert any("mass unknown: 70 kg assumed" in note for note in document.notes)
    assert any(
        "3 frames without hips or a leg, or without any measured joint, were bridged" in note for note in document.notes
    )
    bridged = [i for i in document.validation_log if i.fault == "bridged"]
    assert [(i.start_frame, i.end_frame, i.worst) for i in bridged] == [(30, 32, 3.0)]
    assert document.total_score == pytest.approx(np.mean(list(document.axis_scores.values())))
    assert document.peak_vertical_force_bw == pytest.approx(1.0, abs=0.01)


def test_residuals_are_of_the_joints_that_were_seen(standing):
    replayed, person = standing
    document = summary(replayed, person, FPS, SimReplayParams())
    assert set(document.ik_residual_by_joint_m) == set(BODY21)
    assert document.ik_residual_mean_m < 0.005


def test_unknown_contacts_are_said_and_leave_no_force(standing):
    replayed, person = standing
    made = replayed.evidence
    from dataclasses import replace

    from kinetrace.physics.reaction import react

    flags = np.ones((FRAMES, 2), dtype=np.uint8)
    flags[10:25, 0] = 2
    reaction = react(made.humanoid, made.motion, made.dynamics, flags, np.zeros(FRAMES), 0.8, 1e-4)
    lost = replace(replayed, evidence=replace(made, reaction=reaction))
    assert (arrays(lost, np.arange(FRAMES) / FPS).grf[10:25] == 0).all()
    assert not lost.evidence.judged[10:25].any()
    assert any(
        "ground force unknown" in n and "25.0 % of frames" in n
        for n in summary(lost, person, FPS, SimReplayParams()).notes
    )


def test_the_low_pass_is_said(standing):
    replayed, person = standing
    document = summary(replayed, person, FPS, SimReplayParams())
    assert document.cutoff_hz == replayed.low_pass.cutoff_hz
    assert f"low-pass before forces: {replayed.low_pass.reason}" in document.notes


def test_joint_angles_are_named_and_where_they_were_interpolated_says_so(standing):
    replayed, person = standing
    table, document = arrays(replayed, np.arange(FRAMES) / FPS), summary(replayed, person, FPS, SimReplayParams())
    names = [column.name for column in document.joint_angles]
    assert table.joint_angles.shape == (FRAMES, len(names))
    assert np.degrees(np.abs(table.joint_angles)).max() < 1.0
    assert not table.joint_angles_valid[30:33].any()
    assert table.joint_angles_valid[:30].all()
    assert {c.name for c in document.joint_angles if c.trust == "trusted"} == {
        "trunk_flexion", "hip_flexion_r", "knee_flexion_r", "ankle_flexion_r", "hip_flexion_l", "knee_flexion_l",
        "ankle_flexion_l",
    }  # fmt: skip


def test_what_no_table_knows_of_a_body_is_noted(standing):
    replayed, person = standing
    unlike = replace(replayed.proportions, asymmetric=("shank",), shank={"r": 0.4, "l": 0.3}, assumed=("forearm_r",))
    made = replace(replayed, proportions=unlike)
    notes = summary(made, person.model_copy(update={"stature_m": 1.0}), FPS, SimReplayParams()).notes
    assert any("shank right 40.0 cm, left 30.0 cm: kept asymmetric" in note for note in notes)
    assert any("not seen, taken as the other side or by mean proportions: forearm_r" in note for note in notes)
    assert any("stature 1.00 m: the shares of mass are an adult's" in note for note in notes)
