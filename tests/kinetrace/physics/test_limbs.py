import numpy as np
import pytest

from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.physics.limbs import LEGS, LIMBS, columns, limbs_seen


def test_every_joint_of_the_humanoid_but_the_root_and_the_lumbar_spine_belongs_to_one_limb(humanoid):
    found = np.concatenate([columns(humanoid, name, of="qvel") for name in LIMBS])
    lumbar = [6 + i for i, name in enumerate(humanoid.dof_names) if name.startswith("lumbar")]
    assert sorted([*range(6), *lumbar, *found.tolist()]) == list(range(humanoid.model.nv))
    quaternion = columns(humanoid, "l_upper_arm")
    assert len(quaternion) == 4


def test_legs_are_six_parts():
    assert len(LEGS) == 6
    assert set(LIMBS) >= LEGS


@pytest.mark.parametrize(
    ("lost", "gone"),
    [
        (("r_knee",), {"r_thigh", "r_shank"}),
        (("r_ankle",), {"r_shank", "r_foot"}),
        (("r_toe",), set()),
        (("r_toe", "r_heel"), {"r_foot"}),
        (("l_elbow",), {"l_upper_arm", "l_forearm"}),
        (("head",), {"head"}),
    ],
)
def test_a_lost_joint_takes_the_limbs_that_need_it(lost, gone):
    validity = np.full((2, len(BODY21)), 1, dtype=np.uint8)
    validity[1, [INDEX[name] for name in lost]] = 0
    seen = limbs_seen(validity)
    assert all(there[0] for there in seen.values())
    assert {name for name, there in seen.items() if not there[1]} == gone


def test_a_limb_that_is_none_is_an_error(humanoid):
    with pytest.raises(KeyError, match="tail"):
        columns(humanoid, "tail")
