from __future__ import annotations

import pytest
import torch
from jaxtyping import TypeCheckError
from made_swaying import swaying

from kinetrace.models.corrector.bonds import lengths, one_length, restored
from kinetrace.models.corrector.groups import BONDS, JOINTS
from kinetrace.motion.skeletons import INDEX

KNEE = INDEX["l_knee"]
THIGH = BONDS.index((INDEX["l_hip"], KNEE))


def case() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    positions = torch.from_numpy(swaying(60)).float()[None]
    visible = torch.ones(1, 60, JOINTS, dtype=torch.bool)
    visible[:, 20:35, KNEE] = False
    return positions, visible, ~visible


def test_a_rigid_bone_s_length_is_known_through_the_gap_and_another_s_is_not_asked() -> None:
    positions, visible, hidden = case()
    of = lengths(torch.where(visible[..., None], positions, 0.0), visible, hidden)
    true = float((positions[0, 0, KNEE] - positions[0, 0, INDEX["l_hip"]]).norm())
    assert float((of.length[0, 20:35, THIGH] - true).abs().max()) < 1e-4
    assert bool(of.known[0, 25, THIGH]) and not bool(of.known[0, 5, THIGH])
    assert not bool(of.known[..., BONDS.index((INDEX["r_hip"], INDEX["r_knee"]))].any())


def test_a_hidden_knee_is_brought_to_both_bones_and_nothing_else_moves() -> None:
    positions, visible, hidden = case()
    of = lengths(positions, visible, hidden)
    off = positions + torch.where(hidden[..., None], torch.tensor((0.0, 0.03, 0.0)), 0.0)  # along the bones
    found = restored(off, hidden, torch.where(hidden, 0.05, 1e-6), of)
    assert torch.equal(found[~hidden], off[~hidden])
    for other in ("l_hip", "l_ankle"):
        true, before, after = (
            (p[0, 20:35, KNEE] - p[0, 20:35, INDEX[other]]).norm(dim=-1) for p in (positions, off, found)
        )
        assert float((after - true).abs().max()) < 0.1 * float((before - true).abs().min())


def test_where_all_is_right_nothing_moves() -> None:
    positions, visible, hidden = case()
    found = restored(positions, hidden, torch.where(hidden, 0.05, 1e-6), lengths(positions, visible, hidden))
    assert float((found - positions).abs().max()) < 1e-4


def test_a_length_that_is_doubted_more_than_the_place_hardly_pulls() -> None:
    positions, visible, hidden = case()
    of = lengths(positions, visible, hidden)
    doubted = of._replace(doubt=torch.full_like(of.doubt, 1.0))
    off = positions + torch.where(hidden[..., None], torch.tensor((0.05, 0.02, 0.0)), 0.0)
    assert float((restored(off, hidden, torch.where(hidden, 0.01, 1e-6), doubted) - off).abs().max()) < 1e-4


def test_noisy_bones_get_their_mean_length() -> None:
    positions, visible, _ = case()
    stretched = positions.clone()
    stretched[:, ::2] *= 1.1
    of = one_length(stretched, torch.ones_like(visible), torch.ones(len(BONDS)))
    true = float((positions[0, 0, KNEE] - positions[0, 0, INDEX["l_hip"]]).norm())
    assert abs(float(of.length[0, 0, THIGH]) - 1.05 * true) < 1e-3
    assert abs(float(of.doubt[0, 0, THIGH]) - 0.05 * true) < 1e-3


def test_a_mask_of_other_joints_is_refused() -> None:
    positions, visible, hidden = case()
    with pytest.raises(TypeCheckError, match="hidden"):
        lengths(positions, visible, hidden[:, :, :5])
