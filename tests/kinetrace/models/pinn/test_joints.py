from __future__ import annotations

from kinetrace.models.pinn.joints import CHANNELS, JOINTS, LEFT_HIP, PELVIS, RIGHT_HIP, RIGID, TREE


def test_the_joints_are_the_seventeen_without_heels_and_toes() -> None:
    assert len(JOINTS) == 17
    assert not any("heel" in j or "toe" in j for j in JOINTS)
    assert (JOINTS[PELVIS], JOINTS[RIGHT_HIP], JOINTS[LEFT_HIP]) == ("pelvis", "r_hip", "l_hip")


def test_the_bones_are_a_tree_over_all_joints() -> None:
    assert len(TREE) == 16
    reached = {PELVIS}
    for _ in TREE:
        reached |= {b for a, b in TREE if a in reached}
    assert reached == set(range(17))


def test_ten_bones_have_one_length() -> None:
    assert len(RIGID) == 10
    names = {frozenset((JOINTS[a], JOINTS[b])) for a, b in RIGID}
    assert frozenset(("l_hip", "l_knee")) in names
    assert not any("spine" in pair or "thorax" in pair for pair in names)


def test_a_state_has_twelve_channels() -> None:
    assert len(CHANNELS) == 12
    assert CHANNELS[0] == "p.forward" and CHANNELS[-1] == "j.right"
