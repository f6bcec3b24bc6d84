"""One limb turned about one joint."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.models.features import HeadingFeatures
from kinetrace.models.pose_angles import pose_angles
from kinetrace.models.pose_edits import AXES, LIMBS, PoseEdits
from kinetrace.motion.skeletons import BODY21, BONES, INDEX

VIEW = HeadingFeatures(BODY21)
SCALE = torch.rand(len(VIEW.names), generator=torch.Generator().manual_seed(0)) + 0.05
STATES = torch.from_numpy(np.random.default_rng(1).normal(size=(6, 21, 9)).astype(np.float32))


def edits() -> PoseEdits:
    found = PoseEdits.of(VIEW, SCALE)
    assert found is not None
    return found


def edited(edit: int, angle: float) -> tuple[torch.Tensor, torch.Tensor]:
    x = VIEW.extract(STATES) / SCALE
    which, far = torch.full((6,), edit), torch.full((6,), angle)
    return edits().apply(x, STATES[..., :3], VIEW.yaw(STATES), which, far)


@settings(deadline=None, max_examples=25)
@given(edit=st.integers(0, AXES * len(LIMBS) - 1), angle=st.floats(-0.5, 0.5))
def test_bones_keep_their_length_and_features_are_those_of_the_edited_pose(edit: int, angle: float) -> None:
    x, positions = edited(edit, angle)
    for a, b in BONES:
        before, after = ((p[:, a] - p[:, b]).norm(dim=-1) for p in (STATES[..., :3], positions))
        if {BODY21[a], BODY21[b]} & {"spine", "thorax"} and edit // AXES == len(LIMBS) - 1:
            continue  # the trunk turns about the pelvis as one
        assert torch.allclose(before, after, atol=1e-4)
    states = STATES.clone()
    states[..., :3] = positions
    assert torch.allclose(x[:, VIEW.posed], (VIEW.extract(states) / SCALE)[:, VIEW.posed], atol=2e-4)


def test_no_turn_changes_nothing() -> None:
    x, positions = edited(3, 0.0)
    assert torch.allclose(positions, STATES[..., :3], atol=1e-6)
    assert torch.allclose(x, VIEW.extract(STATES) / SCALE, atol=1e-4)


def test_bending_a_knee_turns_the_shank_and_no_other_limb() -> None:
    edit = AXES * [pivot for pivot, _ in LIMBS].index("l_knee")
    _, positions = edited(edit, 0.2)
    moved = (positions - STATES[..., :3]).norm(dim=-1).amax(dim=0) > 1e-6
    assert {BODY21[i] for i in torch.nonzero(moved)[:, 0].tolist()} == {"l_ankle", "l_heel", "l_toe"}
    change = pose_angles(positions, BODY21) - pose_angles(STATES[..., :3], BODY21)
    others = [i for i in range(16) if i not in (4, 5)]
    assert change[:, others].abs().max() < 1e-5
    assert change[:, 4].abs().max() > 0.05
    assert not moved[INDEX["l_knee"]]


def test_limbs_that_never_move_are_not_turned() -> None:
    still = SCALE.clone()
    still[VIEW.posed] = 1e-6
    assert PoseEdits.of(VIEW, still) is None
