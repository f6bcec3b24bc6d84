import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_people import MASS, average, joints_of, still, swaying
from scipy.ndimage import gaussian_filter1d

from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.physics.frames import to_mujoco
from kinetrace.physics.humanoid import build
from kinetrace.physics.inverse_kinematics import _noise, solve
from kinetrace.physics.kinematics import tangent_between
from schemas.errors import CaptureError

HUMANOID = build(average(), MASS, "f")


def seen(frames):
    return np.full((frames, len(BODY21)), 2, dtype=np.uint8)


def test_a_motion_of_the_humanoid_itself_is_found_again(humanoid):
    qpos = swaying(humanoid, 60)
    found = solve(humanoid, joints_of(humanoid, qpos), seen(60))
    assert found.residual.max() < 0.010  # 20 degrees of inversion and hip rotation are doubted, the rest is not
    for name in ("r_knee_flexion", "l_hip_flexion", "r_elbow_flexion"):
        column = humanoid.model.joint(name).qposadr[0]
        assert np.abs(found.qpos[:, column] - qpos[:, column]).max() < np.radians(1.0)


@settings(max_examples=15, deadline=None)
@given(st.floats(-np.pi, np.pi), st.floats(0.1, 1.5), st.floats(-5, 5))
def test_heading_and_place_do_not_matter(yaw, knee, x):
    qpos = still(HUMANOID, 4)
    qpos[:, HUMANOID.model.joint("r_knee_flexion").qposadr[0]] = knee
    qpos[:, 0] = x
    qpos[:, 3:7] = [np.cos(yaw / 2), 0, 0, np.sin(yaw / 2)]
    found = solve(HUMANOID, joints_of(HUMANOID, qpos), seen(4))
    assert found.residual.max() < 0.005
    assert abs(found.qpos[2, 0] - x) < 0.005


def test_arms_raised_through_the_side_never_jump(humanoid):
    """A T-pose and beyond, where three hinges would lock."""
    frames = 60
    qpos = still(humanoid, frames)
    angle = np.linspace(0, 2.8, frames)
    for side, sign in (("r", -1), ("l", 1)):
        start = humanoid.model.joint(f"{side}_shoulder").qposadr[0]
        qpos[:, start : start + 4] = np.stack(
            [np.cos(angle / 2), sign * np.sin(angle / 2), 0 * angle, 0 * angle], axis=1
        )
    found = solve(humanoid, joints_of(humanoid, qpos), seen(frames))
    assert found.residual.max() < 0.005
    start = humanoid.model.joint("l_shoulder").qposadr[0]
    turn = np.abs((found.qpos[1:, start : start + 4] * found.qpos[:-1, start : start + 4]).sum(1))
    assert 2 * np.arccos(np.clip(turn, -1, 1)).max() < np.radians(10)


def test_a_knee_does_not_bend_backwards(humanoid):
    points = joints_of(humanoid, still(humanoid, 4))
    points[:, [INDEX["r_ankle"], INDEX["r_heel"], INDEX["r_toe"]], 0] += 0.25
    low = humanoid.model.joint("r_knee_flexion").range[0]
    found = solve(humanoid, points, seen(4))
    assert (found.qpos[:, humanoid.model.joint("r_knee_flexion").qposadr[0]] >= low).all()


def test_missing_joints_are_ignored_and_have_no_residual(humanoid):
    points, validity = joints_of(humanoid, still(humanoid, 20)), seen(20)
    gone = [INDEX[n] for n in ("l_elbow", "l_wrist", "head")]
    points[:, gone] = 0.0
    validity[:, gone] = 0
    found = solve(humanoid, points, validity)
    assert found.residual.max() < 0.005
    assert (found.residual[:, gone] == 0).all()


def test_legs_alone_give_an_upright_trunk(humanoid):
    points, validity = joints_of(humanoid, still(humanoid, 20)), seen(20)
    upper = [INDEX[n] for n in BODY21 if not any(k in n for k in ("pelvis", "hip", "knee", "ankle", "heel", "toe"))]
    points[:, upper], validity[:, upper] = 0.0, 0
    found = solve(humanoid, points, validity)
    trunk = found.joint_positions[:, INDEX["thorax"]] - found.joint_positions[:, INDEX["pelvis"]]
    assert (trunk[:, 1] > 0.99 * np.linalg.norm(trunk, axis=1)).all()


def test_an_inferred_joint_pulls_less_than_a_measured_one(humanoid):
    points = joints_of(humanoid, still(humanoid, 4))
    points[:, INDEX["r_knee"], 2] += 0.05
    inferred = seen(4)
    inferred[:, INDEX["r_knee"]] = 1
    hard, soft = (solve(humanoid, points, v).residual[:, INDEX["r_knee"]].mean() for v in (seen(4), inferred))
    assert soft > hard + 0.002


def test_frames_without_hips_are_bridged_and_say_so(humanoid):
    points, validity = joints_of(humanoid, swaying(humanoid, 60)), seen(60)
    points[25:31], validity[25:31] = 0.0, 0
    found = solve(humanoid, points, validity)
    assert found.bridged.sum() == 6
    assert np.abs(np.diff(found.joint_positions[:, 0], axis=0)).max() < 0.03


def test_frames_in_which_everything_was_filled_are_not_to_be_judged_unless_nothing_ever_was_measured(humanoid):
    points, validity = joints_of(humanoid, swaying(humanoid, 60)), seen(60)
    validity[25:31] = 1
    assert np.flatnonzero(solve(humanoid, points, validity).bridged).tolist() == list(range(25, 31))
    assert not solve(humanoid, points, np.ones_like(validity)).bridged.any()


def test_few_steps_a_frame_give_what_the_converged_solver_gives(humanoid):
    points = joints_of(humanoid, swaying(humanoid, 90)) + np.random.default_rng(0).normal(0, 0.003, (90, 21, 3))
    usual, converged = (solve(humanoid, points, seen(90), n, tolerance=e) for n, e in ((20, 1e-4), (200, 1e-12)))
    assert np.abs(tangent_between(humanoid, usual.qpos, converged.qpos)).max() < 1e-3


def ipad_grade(points, seed=0):
    """White noise of 5 mm and slow noise of 2 cm on every joint, 5 % of them lost."""
    rng = np.random.default_rng(seed)
    slow = gaussian_filter1d(rng.normal(0, 1, points.shape), 10, axis=0, mode="nearest")
    noisy = points + rng.normal(0, 0.005, points.shape) + 0.02 * slow / slow.std()
    validity = np.full(points.shape[:2], 2, dtype=np.uint8)
    lost = rng.random(validity.shape) < 0.05
    lost[:, [INDEX["pelvis"], INDEX["l_hip"], INDEX["r_hip"]]] = False
    noisy[lost], validity[lost] = 0.0, 0
    return noisy, validity


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_noise_of_a_tablet_at_30_hz_leaves_no_jump_and_no_wild_angle(humanoid, seed):
    qpos = swaying(humanoid, 240)[::2]
    points, validity = ipad_grade(joints_of(humanoid, qpos), seed)
    found = solve(humanoid, points, validity)
    step = np.abs(tangent_between(humanoid, found.qpos[:-1], found.qpos[1:]))
    off = np.abs(tangent_between(humanoid, qpos, found.qpos))
    bends = [
        6 + i for i, n in enumerate(humanoid.dof_names) if n.endswith(("hip_flexion", "knee_flexion", "ankle_flexion"))
    ]
    assert np.degrees(np.sqrt(np.mean(off[:, bends] ** 2))) < 8  # 2 cm on a heel alone is 8 degrees of the ankle
    assert np.degrees(step[:, bends].max()) < 50
    assert np.degrees(step[:, 3:].max()) < 60
    assert found.residual[validity > 0].mean() < 0.025


def test_noise_is_told_from_movement(humanoid):
    points = joints_of(humanoid, swaying(humanoid, 120))
    known = np.ones(120, dtype=bool)
    assert _noise(to_mujoco(points), known) < 1e-4
    noisy = points + np.random.default_rng(0).normal(0, 0.005, points.shape)
    assert _noise(to_mujoco(noisy), known) == pytest.approx(0.005, rel=0.1)
    assert _noise(to_mujoco(noisy), np.arange(120) % 3 > 0) == 0.0


def test_a_lost_foot_is_bridged_and_a_lost_arm_does_not_unjudge_the_frame(humanoid):
    points, validity = joints_of(humanoid, swaying(humanoid, 60)), seen(60)
    validity[20:26, [INDEX["l_heel"], INDEX["l_toe"]]] = 0
    validity[40:45, INDEX["r_elbow"]] = 0
    points[validity == 0] = 0.0
    found = solve(humanoid, points, validity)
    assert np.flatnonzero(found.bridged).tolist() == list(range(20, 26))
    assert (~found.seen["r_forearm"]).sum() == 5
    off = np.degrees(np.abs(tangent_between(humanoid, found.qpos, swaying(humanoid, 60))))
    bends = [6 + i for i, n in enumerate(humanoid.dof_names) if n.endswith("_flexion")]
    assert off[:, bends].max() < 4


def test_a_trunk_lost_for_a_moment_stays_where_it_was(humanoid):
    qpos = swaying(humanoid, 60)
    points, validity = joints_of(humanoid, qpos), seen(60)
    trunk = [INDEX[n] for n in ("spine", "thorax", "neck", "head", "l_shoulder", "r_shoulder")]
    validity[20:30, trunk], points[20:30, trunk] = 0, 0.0
    found = solve(humanoid, points, validity)
    lean = found.joint_positions[:, INDEX["thorax"]] - joints_of(humanoid, qpos)[:, INDEX["thorax"]]
    assert np.linalg.norm(lean, axis=1).max() < 0.03


def test_a_recording_without_hips_is_refused(humanoid):
    with pytest.raises(CaptureError, match="at least one frame with pelvis and both hips"):
        solve(humanoid, np.zeros((5, 21, 3)), np.zeros((5, 21), dtype=np.uint8))
