import numpy as np
import pytest
from made_people import FPS, HEIGHT, MASS, joints_of, still, swaying

from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.replay import Recording, replay
from schemas.errors import CaptureError
from schemas.physical_state import FootCalibration, Subject
from schemas.sim_replay import SimReplayParams

FLAT = tuple(FootCalibration(side=s, heel_height_m=0.0, toe_height_m=0.0, frames_used=60) for s in ("left", "right"))


def recording(points, movement="other", contacts=1):
    seen = np.full(points.shape[:2], 2, dtype=np.uint8)
    flags = np.full((len(points), 2), contacts, dtype=np.uint8)
    return Recording(points, seen, flags, FPS, movement)


def subject(mass=MASS, lengths=None):
    return Subject(
        id="made", stature_m=HEIGHT, stature_source="declared", mass_kg=mass, sex="f", segment_lengths_m=lengths or {}
    )


def sitting_then_standing(humanoid):
    """A second of sitting, a rise over a second and a half, a second and a half of standing: knees, hips, ankles bend."""
    qpos = still(humanoid, 240)
    t = np.clip((np.arange(240) / FPS - 1) / 1.5, 0, 1)
    bend = 1.5 * (1 - (10 * t**3 - 15 * t**4 + 6 * t**5))
    ankle = humanoid.site_ids[INDEX["r_ankle"]]
    from kinetrace.physics.kinematics import poses

    for side in "rl":
        qpos[:, humanoid.model.joint(f"{side}_hip_flexion").qposadr[0]] = bend
        qpos[:, humanoid.model.joint(f"{side}_knee_flexion").qposadr[0]] = bend
        qpos[:, humanoid.model.joint(f"{side}_ankle_flexion").qposadr[0]] = 0
    standing = poses(humanoid, still(humanoid, 1)).sites[0, ankle]
    qpos[:, :3] += standing - poses(humanoid, qpos).sites[:, ankle]
    return qpos


def test_a_made_motion_is_replayed_to_the_millimetre_with_one_body_weight_below(humanoid):
    points = joints_of(humanoid, still(humanoid))
    found = replay(recording(points), subject(), FLAT, None, SimReplayParams())
    assert found.ik.residual.mean() < 0.002
    assert found.evidence.reaction.feet[:, :, 2].sum(axis=1) == pytest.approx(1.0, abs=1e-3)
    assert found.feasibility.total > 0.99


def test_unknown_mass_gives_the_same_body_weights_and_feasibility(humanoid):
    points = joints_of(humanoid, swaying(humanoid))
    known, unknown = (replay(recording(points), subject(m), FLAT, None, SimReplayParams()) for m in (MASS, None))
    assert unknown.humanoid.mass == pytest.approx(70.0, abs=1e-3)
    assert np.allclose(known.evidence.reaction.feet, unknown.evidence.reaction.feet, atol=1e-4)
    assert np.allclose(known.evidence.reaction.torque, unknown.evidence.reaction.torque, atol=1e-3)


def test_the_same_recording_gives_the_same_bytes(humanoid):
    points = joints_of(humanoid, swaying(humanoid))
    a, b = (replay(recording(points), subject(), FLAT, None, SimReplayParams()) for _ in range(2))
    assert a.humanoid.xml == b.humanoid.xml
    assert a.evidence.motion.qpos.tobytes() == b.evidence.motion.qpos.tobytes()
    assert a.evidence.reaction.feet.tobytes() == b.evidence.reaction.feet.tobytes()


def test_a_sitter_rests_on_a_seat_that_the_humanoid_has(humanoid):
    points = joints_of(humanoid, sitting_then_standing(humanoid))
    found = replay(recording(points, "sit_to_stand"), subject(), FLAT, None, SimReplayParams())
    assert found.seat.source == "motion"
    assert Humanoid.from_xml(found.humanoid.xml).model.geom("seat").pos[2] > 0.1
    assert (found.evidence.reaction.seat[10:40, 2] > 0.3).all()
    assert (found.evidence.reaction.seat[-40:, 2] == 0).all()


def test_an_amputees_short_thigh_stays_short(humanoid):
    points = joints_of(humanoid, still(humanoid))
    found = replay(recording(points), subject(lengths={"thigh_l": 0.2}), FLAT, None, SimReplayParams())
    thighs = found.proportions.thigh
    assert thighs["l"] == 0.2
    assert thighs["r"] > 0.3


def test_the_public_formula_is_there_when_asked_for(humanoid):
    points = joints_of(humanoid, still(humanoid))
    found = replay(recording(points), subject(), FLAT, None, SimReplayParams(scorer="phymotion"))
    assert any(s.score is None for s in found.feasibility.sub_scores)


def test_no_feet_stand_on_statures_feet(humanoid):
    """A marker set without heels and toes: the sole is Winter's, and a still stand still weighs one body weight."""
    points = joints_of(humanoid, still(humanoid))
    made = recording(points)
    feet = [INDEX[n] for n in BODY21 if "heel" in n or "toe" in n]
    made.validity[:, feet] = 0
    made.positions[:, feet] = 0.0
    found = replay(made, subject(), (), None, SimReplayParams())
    assert found.evidence.reaction.feet[:, :, 2].sum(axis=1) == pytest.approx(1.0, abs=1e-2)


def test_a_negative_length_is_refused(humanoid):
    points = joints_of(humanoid, still(humanoid))
    with pytest.raises(CaptureError, match="shank_r"):
        replay(recording(points), subject(lengths={"shank_r": -0.4}), FLAT, None, SimReplayParams())
