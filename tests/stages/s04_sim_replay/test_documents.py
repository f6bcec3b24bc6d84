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
    assert any("3 frames without hips were bridged" in note for note in document.notes)
    bridged = [i for i in document.validation_log if i.fault == "bridged"]
    assert [(i.start_frame, i.end_frame, i.worst) for i in bridged] == [(30, 32, 3.0)]
    assert document.total_score == pytest.approx(np.mean(list(document.axis_scores.values())))
    assert document.peak_vertical_force_bw == pytest.approx(1.0, abs=0.01)


def test_residuals_are_of_the_joints_that_were_seen(standing):
    replayed, person = standing
    document = summary(replayed, person, FPS, SimReplayParams())
    assert set(document.ik_residual_by_joint_m) == set(BODY21)
    assert document.ik_residual_mean_m < 0.005
