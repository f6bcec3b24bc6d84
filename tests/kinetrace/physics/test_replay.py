import numpy as np
import pytest
from made_people import FPS, HEIGHT, MASS, average, bone, joints_of, still, swaying

from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.physics.humanoid import Humanoid, build
from kinetrace.physics.replay import Recording, replay
from schemas.errors import CaptureError
from schemas.physical_state import FootCalibration, Subject
from schemas.sim_replay import SimReplayParams

FLAT = tuple(FootCalibration(side=s, heel_height_m=0.0, toe_height_m=0.0, frames_used=60) for s in ("left", "right"))


def recording(points, movement="other", contacts=1):
    seen = np.full(points.shape[:2], 2, dtype=np.uint8)
    flags = np.tile(np.array(contacts, dtype=np.uint8), (len(points), 1)) * np.ones((1, 2), dtype=np.uint8)
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


def shortened(humanoid, points, by=0.08):
    """The same stander with the left shank shortened from below: foot and ankle higher, as on a raised floor."""
    moved = points.copy()
    moved[:, [INDEX["l_ankle"], INDEX["l_heel"], INDEX["l_toe"]], 1] += by
    return moved


def test_an_amputees_short_shank_stays_short_and_its_mass_with_it(humanoid):
    points = shortened(humanoid, joints_of(humanoid, still(humanoid)))
    long, short = bone(points, "r_knee", "r_ankle")[0], bone(points, "l_knee", "l_ankle")[0]
    lengths = {"shank_r": float(long), "shank_l": float(short)}
    found = replay(recording(points, contacts=[0, 1]), subject(lengths=lengths), FLAT, None, SimReplayParams())
    assert found.proportions.asymmetric == ("shank",)
    assert found.proportions.shank == {"r": long, "l": short}
    masses = found.humanoid.body_masses
    assert masses["l_shank"] / masses["r_shank"] == pytest.approx(short / long, rel=1e-5)
    assert found.humanoid.mass == pytest.approx(MASS, abs=1e-3)
    assert found.evidence.reaction.feet[:, 1, 2] == pytest.approx(1.0, abs=2e-2)
    assert found.ik.residual.mean() < 0.005


def test_a_child_of_fifteen_kilograms_weighs_fifteen():
    child = build(average(1.0, "f"), 15.0, "f")
    points = joints_of(child, still(child))
    person = subject(15.0).model_copy(update={"stature_m": 1.0})
    found = replay(recording(points), person, FLAT, None, SimReplayParams())
    assert found.humanoid.mass == pytest.approx(15.0, abs=1e-3)
    assert found.evidence.reaction.feet[:, :, 2].sum(axis=1) == pytest.approx(1.0, abs=1e-2)
    assert found.ik.residual.mean() < 0.005
    assert (found.humanoid.torque_limits < 5.0 * 15.0 + 1e-9).all()


def test_a_mass_that_does_not_go_with_the_stature_is_refused(humanoid):
    points = joints_of(humanoid, still(humanoid))
    with pytest.raises(CaptureError, match="body mass index between 8 and 120"):
        replay(recording(points), subject(15.0), FLAT, None, SimReplayParams())


def test_a_mass_is_held_against_a_stature_that_is_only_seen_too(humanoid):
    points = joints_of(humanoid, still(humanoid))
    seen = subject(15.0).model_copy(update={"stature_source": "estimated"})
    with pytest.raises(CaptureError, match=r"1\.7 m, estimated"):
        replay(recording(points), seen, FLAT, None, SimReplayParams())


def test_no_arms_hang_by_mean_proportions(humanoid):
    """A lower-body marker set: trunk upright, arms at its side, one body weight under the feet."""
    made = recording(joints_of(humanoid, still(humanoid)))
    upper = [INDEX[n] for n in BODY21 if not any(k in n for k in ("pelvis", "hip", "knee", "ankle", "heel", "toe"))]
    made.positions[:, upper], made.validity[:, upper] = 0.0, 0
    found = replay(made, subject(), FLAT, None, SimReplayParams())
    assert found.evidence.reaction.feet[:, :, 2].sum(axis=1) == pytest.approx(1.0, abs=1e-2)
    assert {"trunk", "upper_arm_r", "forearm_l"} <= set(found.proportions.assumed)
    assert not found.ik.bridged.any()


def test_a_leg_lost_for_a_while_is_bridged_and_those_frames_are_not_judged(humanoid):
    made = recording(joints_of(humanoid, swaying(humanoid)))
    whole = replay(made, subject(), FLAT, None, SimReplayParams())
    leg = [INDEX[f"l_{name}"] for name in ("knee", "ankle", "heel", "toe")]
    made.positions[50:62, leg], made.validity[50:62, leg] = 0.0, 0
    found = replay(made, subject(), FLAT, None, SimReplayParams())
    assert np.flatnonzero(found.ik.bridged).tolist() == list(range(50, 62))
    assert not found.evidence.judged[50:62].any()
    knee = humanoid.model.joint("l_knee_flexion").qposadr[0]
    assert np.abs(found.ik.qpos[:, knee] - whole.ik.qpos[:, knee]).max() < np.radians(3)
    lost = found.evidence.reaction.feet[:, :, 2].sum(axis=1) - whole.evidence.reaction.feet[:, :, 2].sum(axis=1)
    assert np.abs(lost).max() < 0.1


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


def test_a_chair_under_somebody_who_only_sits_is_found_though_nobody_scanned_it(humanoid):
    qpos = np.repeat(sitting_then_standing(humanoid)[:1], 90, axis=0)
    found = replay(recording(joints_of(humanoid, qpos), "balance"), subject(), FLAT, None, SimReplayParams())
    reaction = found.evidence.reaction
    assert found.seat.source == "motion"
    assert (reaction.seat[:, 2] > 0.5).all()
    assert reaction.feet[:, :, 2].sum(axis=1) + reaction.seat[:, 2] == pytest.approx(1.0, abs=0.02)


def test_a_noisy_recording_is_filtered_harder_and_says_so(humanoid):
    points = joints_of(humanoid, still(humanoid, 240))
    noisy = points + 0.008 * np.random.default_rng(0).normal(size=points.shape)
    clean, heard = (
        replay(recording(p, "gait"), subject(), FLAT, None, SimReplayParams()).low_pass for p in (points, noisy)
    )
    assert clean.cutoff_hz == 5.5
    assert 2.5 <= heard.cutoff_hz < 5.0
    assert "noise" in heard.reason
