import mujoco
import numpy as np
import pytest
from made_people import HEIGHT, MASS, average, joints_of, still

from kinetrace.motion.skeletons import INDEX
from kinetrace.physics.anthropometry import segments
from kinetrace.physics.body_tree import Seat
from kinetrace.physics.humanoid import Humanoid, build
from kinetrace.physics.joint_limits import LIMITS
from kinetrace.physics.kinematics import poses
from schemas.errors import ArtifactError, CaptureError


def test_masses_are_de_levas_and_sum_to_the_subjects(humanoid):
    table, masses = segments("f"), humanoid.body_masses
    assert humanoid.mass == pytest.approx(MASS, abs=1e-3)
    assert masses["r_thigh"] == pytest.approx(table["thigh"].mass * MASS, abs=1e-3)
    assert masses["l_forearm"] == pytest.approx((table["forearm"].mass + table["hand"].mass) * MASS, abs=1e-3)
    assert masses["pelvis"] + masses["torso"] == pytest.approx(table["trunk"].mass * MASS, abs=1e-3)


def test_the_standing_centre_of_mass_is_where_peoples_is(humanoid):
    com = poses(humanoid, still(humanoid, 1)).com[0]
    assert com[1] == pytest.approx(0.0, abs=1e-6)
    assert 0.53 < com[2] / HEIGHT < 0.60  # Hay 1993: 55 % of stature in women, 57 % in men


def test_the_standing_centre_of_mass_is_the_segments_own(humanoid):
    """The whole body by hand: de Leva's fractions along the drawn bones."""
    table, p = segments("f"), joints_of(humanoid, still(humanoid, 1))[0]
    at = lambda name: p[INDEX[name]]  # noqa: E731
    c7 = 1.5 * at("neck") - 0.5 * at("head")
    com = table["head"].mass * (at("head") + table["head"].com * (c7 - at("head")))
    com = com + table["trunk"].mass * (at("thorax") + table["trunk"].com * (at("pelvis") - at("thorax")))
    for s in "lr":
        for name, a, b in (("upper_arm", "shoulder", "elbow"), ("forearm", "elbow", "wrist"), ("thigh", "hip", "knee"),
                           ("shank", "knee", "ankle")):  # fmt: skip
            com = com + table[name].mass * (at(f"{s}_{a}") + table[name].com * (at(f"{s}_{b}") - at(f"{s}_{a}")))
    hands_and_feet = 2 * (table["hand"].mass + table["foot"].mass)
    found = poses(humanoid, still(humanoid, 1)).com[0, 2]
    assert found == pytest.approx(com[1] / (1 - hands_and_feet), abs=hands_and_feet * HEIGHT)


def test_the_text_gives_the_same_humanoid_back_and_is_the_same_every_time(humanoid):
    again = Humanoid.from_xml(humanoid.xml)
    assert np.array_equal(again.model.body_inertia, humanoid.model.body_inertia)
    assert build(average(HEIGHT, "f"), MASS, "f").xml == humanoid.xml
    assert again.stature == pytest.approx(HEIGHT)


def test_torque_limits_grow_with_mass(humanoid):
    child = build(average(1.0, "f"), 15.0, "f")
    knee = humanoid.dof_names.index("r_knee_flexion")
    assert humanoid.torque_limits[knee] == pytest.approx(LIMITS["knee_flexion"].torque * MASS)
    assert child.torque_limits[knee] == pytest.approx(LIMITS["knee_flexion"].torque * 15.0)


def test_every_degree_of_freedom_but_the_root_has_a_motor_in_the_order_of_qvel(humanoid):
    model = humanoid.model
    assert len(humanoid.dof_names) == model.nv - 6
    data = mujoco.MjData(model)
    for k in range(model.nu):
        data.ctrl[:] = 0
        data.ctrl[k] = 1.0
        mujoco.mj_forward(model, data)
        expected = np.zeros(model.nv)
        expected[6 + k] = 1.0
        assert np.allclose(data.qfrc_actuator, expected, atol=1e-9)


@pytest.mark.parametrize(
    ("dof", "moved", "axis", "sign"),
    [
        ("r_hip_flexion", "r_knee", 0, 1), ("l_hip_flexion", "l_knee", 0, 1), ("r_knee_flexion", "r_ankle", 0, -1),
        ("r_ankle_flexion", "r_toe", 1, 1), ("l_elbow_flexion", "l_wrist", 0, 1), ("lumbar_flexion", "thorax", 0, 1),
        ("r_hip_adduction", "r_knee", 2, -1), ("l_hip_adduction", "l_knee", 2, 1), ("r_hip_rotation", "r_toe", 2, -1),
        ("l_hip_rotation", "l_toe", 2, 1),
    ],
)  # fmt: skip
def test_positive_angles_are_flexion_adduction_and_internal_rotation(humanoid, dof, moved, axis, sign):
    pose = np.tile(humanoid.standing, (2, 1))
    pose[1, humanoid.model.joint(dof).qposadr[0]] = 0.3
    a, b = joints_of(humanoid, pose)[:, INDEX[moved]]
    assert sign * (b - a)[axis] > 0.01


def test_a_seat_and_the_floor_meet_the_body_but_the_body_not_itself():
    humanoid = build(average(), MASS, "f", seat=Seat((0.0, 0.0, 0.45), 0.45, 0.45))
    data = mujoco.MjData(humanoid.model)
    data.qpos = humanoid.standing
    mujoco.mj_forward(humanoid.model, data)
    pairs = [{humanoid.model.geom(int(g)).name for g in pair} for pair in data.contact.geom]
    assert pairs
    assert all(pair & {"seat", "floor"} for pair in pairs)


@pytest.mark.parametrize("mass", [0.0, -60.0, 6e4, float("nan")])
def test_a_mass_that_is_no_persons_is_refused(mass):
    with pytest.raises(CaptureError, match="mass_kg: expected between 1 and 400 kg"):
        build(average(), mass, "f")


@pytest.mark.parametrize("text", ["", "<mujoco/>", "not xml"])
def test_text_that_is_no_humanoid_is_refused(text):
    with pytest.raises(ArtifactError, match=r"humanoid\.xml"):
        Humanoid.from_xml(text)
