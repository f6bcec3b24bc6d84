from __future__ import annotations

from typing import Any

import pytest
import torch
from jaxtyping import TypeCheckError
from made_swaying import swaying

from kinetrace.models.corrector.groups import JOINTS
from kinetrace.models.corrector.network import WINDOW, Corrector
from kinetrace.models.corrector.window_frame import window_frame
from kinetrace.motion.skeletons import INDEX
from schemas.corrector import CorrectorParams


def made(**changed: Any) -> Corrector:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Corrector(CorrectorParams(**({"width": 8, "layers": 2, "inner": 12} | changed))).eval()


def window() -> tuple[torch.Tensor, torch.Tensor]:
    world = torch.from_numpy(swaying(WINDOW))[None]
    visible = torch.ones(1, WINDOW, JOINTS, dtype=torch.bool)
    clean = window_frame(world, visible).enter(world).float()
    visible[:, 20:35, [INDEX["l_knee"], INDEX["l_ankle"]]] = False
    return clean, visible


def test_untrained_it_gives_the_guesses_with_bones_restored_and_leaves_what_was_seen() -> None:
    clean, visible = window()
    with torch.no_grad():
        said = made()(clean, visible, ~visible)
    assert torch.equal(said.positions[visible], clean[visible])
    off = (said.positions - clean).norm(dim=-1)[~visible]
    guessed = (said.evidence.fill - clean).norm(dim=-1)[~visible]
    assert float(off.mean()) <= 1.05 * float(guessed.mean())
    assert float(said.expected[visible].max()) == 0.0 and float(said.expected[~visible].min()) > 0.0


@pytest.mark.parametrize("merge", ["sum", "concat"])
@pytest.mark.parametrize("layers", [1, 3])
def test_both_merges_and_any_depth_look_both_ways_in_time(merge: str, layers: int) -> None:
    network = made(merge=merge, layers=layers)
    torch.nn.init.normal_(network.leave.weight, std=0.5, generator=torch.Generator().manual_seed(1))
    clean, visible = window()
    with torch.no_grad():
        before = network(clean, visible, ~visible).positions[0, 27]
        for frame in (0, WINDOW - 1):
            moved = clean.clone()
            moved[:, frame, INDEX["r_wrist"]] += 1.0
            after = network(moved, visible, ~visible).positions[0, 27]
            assert float((after - before)[INDEX["l_knee"]].abs().max()) > 0.0


def test_full_size_by_hand() -> None:
    network = Corrector(CorrectorParams())
    lstm = sum(w.numel() for layer in network.layers for w in layer.parameters())
    first, later = 2 * (4 * 256 * (256 + 256) + 8 * 256), 2 * (4 * 256 * (512 + 256) + 8 * 256)
    assert lstm == first + 2 * later


def test_noise_is_lowered_without_any_learning() -> None:
    clean, _ = window()
    seen = torch.ones(clean.shape[:3], dtype=torch.bool)
    noisy = clean + 0.007 * torch.randn(clean.shape, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        said = made()(noisy, seen, seen)
    assert float((said.positions - clean).norm(dim=-1).mean()) < 0.7 * float((noisy - clean).norm(dim=-1).mean())


def test_positions_without_a_third_axis_are_refused() -> None:
    clean, visible = window()
    with pytest.raises(TypeCheckError, match="positions"):
        made()(clean[..., :2], visible, ~visible)
