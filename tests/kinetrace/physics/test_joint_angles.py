import numpy as np
import pytest
from made_people import joints_of, still, swaying
from scipy.spatial.transform import Rotation

from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.physics.inverse_kinematics import solve
from kinetrace.physics.joint_angles import angles_seen, joint_angles
from schemas.sim_replay import JOINT_ANGLES

COLUMN = {column.name: i for i, column in enumerate(JOINT_ANGLES)}


def frames_of(humanoid, qpos, body):
    """Orientation of a body in each frame."""
    import mujoco

    data, out = mujoco.MjData(humanoid.model), []
    for pose in qpos:
        data.qpos = pose
        mujoco.mj_kinematics(humanoid.model, data)
        out.append(data.xmat[humanoid.model.body(body).id].reshape(3, 3).copy())
    return np.stack(out)


def grood_suntay(proximal, distal, side):
    """Flexion, adduction and internal rotation from segment frames by the paper's own dot products (X forward, Y left, Z up)."""
    e1, e3 = proximal[:, :, 1], distal[:, :, 2]  # medio-lateral axis of the proximal, long axis of the distal segment
    e2 = np.cross(e3, e1)
    e2 /= np.linalg.norm(e2, axis=1, keepdims=True)  # floating axis, backwards
    dot = lambda a, b: (a * b).sum(axis=1)  # noqa: E731
    flexion = np.arctan2(-dot(e2, proximal[:, :, 2]), -dot(e2, proximal[:, :, 0]))
    beta = np.arccos(np.clip(dot(e1, e3), -1, 1)) - np.pi / 2
    rotation = np.arctan2(dot(e2, distal[:, :, 1]), -dot(e2, distal[:, :, 0]))
    sign = 1.0 if side == "r" else -1.0
    return flexion, sign * beta, sign * rotation


@pytest.mark.parametrize("side", ["r", "l"])
@pytest.mark.parametrize(
    ("proximal", "distal", "names"),
    [
        ("pelvis", "thigh", ("hip_flexion", "hip_adduction", "hip_rotation")),
        ("shank", "foot", ("ankle_flexion", "ankle_inversion", None)),
    ],
)
def test_hips_and_ankles_are_grood_and_suntays_angles_of_the_segment_frames(humanoid, side, proximal, distal, names):
    qpos = swaying(humanoid, 30)
    name = proximal if proximal == "pelvis" else f"{side}_{proximal}"
    expected = grood_suntay(frames_of(humanoid, qpos, name), frames_of(humanoid, qpos, f"{side}_{distal}"), side)
    found = joint_angles(humanoid, qpos)
    for angle, what in zip(expected, names, strict=True):
        shown = np.zeros(30) if what is None else found[:, COLUMN[f"{what}_{side}"]]
        assert np.abs(shown - angle).max() < 1e-6


def test_anatomical_stance_is_zero_in_every_angle(humanoid):
    assert np.abs(joint_angles(humanoid, humanoid.standing[None])).max() < 1e-12


@pytest.mark.parametrize(
    ("joint", "column", "value"),
    [("r_knee_flexion", "knee_flexion_r", 1.0), ("l_hip_adduction", "hip_adduction_l", -0.3),
     ("r_ankle_flexion", "ankle_flexion_r", 0.2), ("lumbar_flexion", "trunk_flexion", 0.5),
     ("lumbar_bending", "trunk_bending", 0.2), ("lumbar_rotation", "trunk_rotation", -0.4)],
)  # fmt: skip
def test_each_angle_is_its_own_joints(humanoid, joint, column, value):
    pose = humanoid.standing.copy()
    pose[humanoid.model.joint(joint).qposadr[0]] = value
    found = joint_angles(humanoid, pose[None])[0]
    assert found[COLUMN[column]] == pytest.approx(value)
    assert np.abs(np.delete(found, COLUMN[column])).max() < 1e-9


def test_the_pelvis_by_hand(humanoid):
    """30 degrees to the left, then the left side 10 up, then 20 forward."""
    pose = humanoid.standing.copy()
    turn = Rotation.from_euler("ZXY", [30, 10, 20], degrees=True)
    pose[3:7] = turn.as_quat(scalar_first=True)
    found = np.degrees(joint_angles(humanoid, pose[None])[0])
    assert [found[COLUMN[f"pelvis_{n}"]] for n in ("tilt", "obliquity", "rotation")] == pytest.approx([20, 10, 30])


def test_whole_turns_are_counted_and_no_angle_jumps_from_recorded_points(humanoid):
    frames = 120
    qpos = swaying(humanoid, frames)
    yaw = np.linspace(0, 4 * np.pi, frames)
    qpos[:, 3:7] = np.stack([np.cos(yaw / 2), 0 * yaw, 0 * yaw, np.sin(yaw / 2)], axis=1)
    found = solve(humanoid, joints_of(humanoid, qpos), np.full((frames, len(BODY21)), 2, dtype=np.uint8))
    angles = joint_angles(humanoid, found.qpos)
    turned = angles[-1, COLUMN["pelvis_rotation"]] - angles[0, COLUMN["pelvis_rotation"]]
    assert turned == pytest.approx(4 * np.pi, abs=0.05)
    assert np.abs(np.diff(angles, axis=0)).max() < np.radians(10)


def test_an_angle_whose_joints_were_lost_says_so(humanoid):
    points = joints_of(humanoid, still(humanoid, 20))
    validity = np.full((20, len(BODY21)), 2, dtype=np.uint8)
    validity[5:9, INDEX["r_ankle"]] = 0
    found = angles_seen(solve(humanoid, points, validity), validity)
    lost = {column.name for column, seen in zip(JOINT_ANGLES, found[6], strict=True) if not seen}
    assert lost == {"hip_rotation_r", "knee_flexion_r", "ankle_flexion_r", "ankle_inversion_r"}
    assert found[0].all()


def test_no_trunk_leaves_the_hips_held_against_the_upright(humanoid):
    validity = np.full((20, len(BODY21)), 2, dtype=np.uint8)
    upper = [INDEX[n] for n in ("spine", "thorax", "neck", "head", "l_shoulder", "r_shoulder")]
    validity[:, upper] = 0
    found = angles_seen(solve(humanoid, joints_of(humanoid, still(humanoid, 20)), validity), validity)
    seen = {column.name for column, there in zip(JOINT_ANGLES, found.all(axis=0), strict=True) if there}
    assert "hip_flexion_r" in seen
    assert not seen & {"pelvis_tilt", "trunk_flexion"}


@pytest.mark.parametrize(
    ("trial", "movement", "bounds"),
    [("walking1", "gait", (8, 6, 10)), ("squats1", "squat", (8, 6, 10)), ("STS1", "sit_to_stand", (12, 6, 11))],
)
def test_sagittal_angles_agree_with_opensim_inverse_kinematics_as_far_as_the_docs_say(
    recordings, trial, movement, bounds
):
    """Degrees RMSE of hip, knee and ankle flexion with the zeros of two models left in; found 10.6, 4.4, 9.6 at worst."""
    from adapters.formats.mot import read_mot
    from adapters.ingest import Declared, read
    from stages.in_memory import measured, replayed

    folder = recordings / "opencap_s4"
    declared = Declared(static=folder / "static1.trc", mass_kg=62.6, height_m=1.71, sex="f", movement=movement)
    found = replayed(measured(*read(folder / f"{trial}.trc", declared)))
    angles = joint_angles(found.humanoid, found.evidence.motion.qpos)
    table = read_mot(folder / f"{trial}_ik.mot")
    frames = min(len(angles), len(table.time))
    for side in "rl":
        for ours, theirs, bound in zip(
            ("hip_flexion", "knee_flexion", "ankle_flexion"), ("hip_flexion", "knee_angle", "ankle_angle"), bounds,
            strict=True,
        ):  # fmt: skip
            off = angles[:frames, COLUMN[f"{ours}_{side}"]] - table.column(f"{theirs}_{side}")[:frames]
            assert np.degrees(np.sqrt(np.mean(off**2))) <= bound
            assert np.degrees(np.std(off)) <= bound
