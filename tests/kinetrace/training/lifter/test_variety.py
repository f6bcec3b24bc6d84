from __future__ import annotations

import torch

from kinetrace.models.lifter.rigid import LINKS
from kinetrace.motion.skeletons import INDEX
from kinetrace.training.lifter.variety import ARMS, OTHER_ARMS, varied


def link(name: str) -> int:
    return next(k for k, (_, child) in enumerate(LINKS) if child == INDEX[name])


def bones(clips: int = 200, frames: int = 5) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    found = torch.nn.functional.normalize(torch.randn(clips, frames, len(LINKS), 3, generator=generator), dim=-1)
    for joint in ("hip", "shoulder"):
        found[:, :, link(f"l_{joint}")] = -found[:, :, link(f"r_{joint}")]
    return found


def test_directions_stay_unit_and_pairs_stay_opposite() -> None:
    found = varied(bones(), torch.Generator().manual_seed(1))
    torch.testing.assert_close(found.norm(dim=-1), torch.ones(found.shape[:3]))
    for joint in ("hip", "shoulder"):
        torch.testing.assert_close(found[:, :, link(f"l_{joint}")], -found[:, :, link(f"r_{joint}")])


def test_nothing_changes_at_amount_zero() -> None:
    assert torch.equal(varied(bones(), torch.Generator().manual_seed(1), 0.0), bones())


def test_legs_turn_by_little_and_arms_by_much() -> None:
    given = bones()
    cosine = (varied(given, torch.Generator().manual_seed(1)) * given).sum(-1).clamp(-1, 1)
    angle = torch.rad2deg(torch.acos(cosine)).median(dim=0).values[0]
    assert float(angle[link("l_knee")]) < 4.0
    assert float(angle[link("l_elbow")]) > 8.0


def test_about_a_third_have_the_arms_of_the_clip_before_them() -> None:
    given = bones(500, 1)
    given[:, :, link("r_hip")] = torch.tensor([0.0, 0.0, 1.0])  # all face X: arms are taken over as they are
    given[:, :, link("l_hip")] = torch.tensor([0.0, 0.0, -1.0])
    found = varied(given, torch.Generator().manual_seed(1), 1e-9)
    arm = list(ARMS)
    others = (found[:, 0, arm] - given.roll(1, 0)[:, 0, arm]).abs().amax((1, 2)) < 1e-4
    own = (found[:, 0, arm] - given[:, 0, arm]).abs().amax((1, 2)) < 1e-4
    assert bool((others | own).all())
    assert abs(float(others.float().mean()) - OTHER_ARMS) < 0.07
