from __future__ import annotations

import pytest
import torch
from jaxtyping import TypeCheckError
from made_swaying import swaying

from kinetrace.models.corrector.evidence import FEATURES, GUESSES, LEAST, gather
from kinetrace.models.corrector.groups import JOINTS
from kinetrace.models.corrector.window_frame import window_frame
from kinetrace.motion.skeletons import INDEX

KNEE = INDEX["l_knee"]
COVARIANCE = torch.full((JOINTS, JOINTS), 0.5) + 0.5 * torch.eye(JOINTS)


def window() -> tuple[torch.Tensor, torch.Tensor]:
    world = torch.from_numpy(swaying(60))[None]
    seen = torch.ones(1, 60, JOINTS, dtype=torch.bool)
    return window_frame(world, seen).enter(world).float(), seen


def hide(seen: torch.Tensor, joint: int, first: int, last: int) -> torch.Tensor:
    visible = seen.clone()
    visible[:, first:last, joint] = False
    return visible


def test_a_smooth_joint_is_nearly_filled_before_any_learning_and_what_was_seen_stays() -> None:
    clean, seen = window()
    visible = hide(seen, KNEE, 20, 35)
    of = gather(clean, visible, ~visible, COVARIANCE)
    assert of.guesses.shape == (1, GUESSES, 60, JOINTS, 3) and of.features.shape == (1, 60, FEATURES)
    assert torch.equal(of.fill[visible], clean[visible])
    line = clean[:, 19, KNEE] + (clean[:, 35, KNEE] - clean[:, 19, KNEE]) * 0.5
    assert float((of.fill - clean)[0, 27, KNEE].norm()) < 0.1 * float((line - clean[:, 27, KNEE]).norm())
    assert float(of.prior.exp().sum()) == pytest.approx(1.0, abs=1e-5)


def test_what_is_hidden_cannot_be_seen_in_anything_that_comes_out() -> None:
    clean, seen = window()
    visible = hide(seen, KNEE, 20, 35)
    spoilt = torch.where(visible[..., None], clean, torch.full_like(clean, 1e4))
    for a, b in zip(
        gather(clean, visible, ~visible, COVARIANCE), gather(spoilt, visible, ~visible, COVARIANCE), strict=True
    ):
        assert torch.equal(a, b)


def test_only_joints_that_are_seen_somewhere_are_wanted() -> None:
    clean, seen = window()
    visible = hide(hide(seen, KNEE, 20, 35), INDEX["head"], 0, 60)
    of = gather(clean, visible, ~visible, COVARIANCE)
    assert int(of.wanted.sum()) == 15 and int(of.hidden.sum()) == 15
    assert not bool(of.wanted[..., INDEX["head"]].any())


def test_corrections_vanish_towards_the_ends_of_a_gap() -> None:
    clean, seen = window()
    visible = hide(seen, KNEE, 20, 35)
    scale = gather(clean, visible, ~visible, COVARIANCE).scale[0, :, KNEE]
    assert float(scale[20]) < 0.5 * float(scale[27]) and float(scale[34]) < 0.5 * float(scale[27])
    assert float(scale[:20].max()) == pytest.approx(LEAST)


def test_noisy_samples_that_are_wanted_are_smoothed() -> None:
    clean, seen = window()
    noisy = clean + 0.01 * torch.randn(clean.shape, generator=torch.Generator().manual_seed(0))
    of = gather(noisy, seen, seen, COVARIANCE)
    assert not bool(of.hidden.any())
    assert float((of.fill - clean).norm(dim=-1).mean()) < 0.8 * float((noisy - clean).norm(dim=-1).mean())


def test_a_window_of_other_joints_is_refused() -> None:
    clean, seen = window()
    with pytest.raises(TypeCheckError, match="visible"):
        gather(clean, seen[:, :, :7], seen, COVARIANCE)
