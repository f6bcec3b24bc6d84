from __future__ import annotations

from kinetrace.models.corrector.groups import BONDS, CARRIED, JOINTS, LIMBS, PARTNER, SINGLE, hidden_with
from kinetrace.motion.skeletons import BODY21, INDEX


def test_whatever_stage_0_derives_goes_with_its_joint() -> None:
    assert {BODY21[j] for j in hidden_with(INDEX["l_ankle"])} == {"l_ankle", "l_heel"}
    assert {BODY21[j] for j in hidden_with(INDEX["r_hip"])} == {"r_hip", "pelvis", "spine"}
    assert hidden_with(INDEX["r_wrist"]) == (INDEX["r_wrist"],)
    for joint in SINGLE:
        assert hidden_with(joint)[0] == joint


def test_the_other_side_of_the_other_side_is_this_side() -> None:
    assert [PARTNER[p] for p in PARTNER] == list(range(JOINTS))
    assert PARTNER[INDEX["l_toe"]] == INDEX["r_toe"] and PARTNER[INDEX["head"]] == INDEX["head"]
    assert {frozenset(PARTNER[e] for e in bond) for bond in BONDS} == {frozenset(bond) for bond in BONDS}


def test_limbs_do_not_share_joints_and_no_derived_joint_stands_alone() -> None:
    columns = [c for limb in LIMBS.values() for c in limb]
    assert len(columns) == len(set(columns)) == 12
    made = {name for names in CARRIED.values() for name in names} - {"heel"}
    assert not made & {BODY21[j] for j in SINGLE}
