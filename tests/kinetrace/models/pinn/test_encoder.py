from __future__ import annotations

import math

import pytest
import torch
from made_pinn import made_recording, tiny_config, tiny_loaded

from kinetrace.models.heading import from_heading
from kinetrace.models.pinn.encoder import PinnEncoder
from kinetrace.models.pinn.stencils import differentiate
from schemas.pinn import PinnParams

FPS = torch.tensor([30.0])
SEEN = torch.ones(1, 20, 17, dtype=torch.bool)


def clip(frames: int = 20) -> torch.Tensor:
    return torch.from_numpy(made_recording(frames).positions)[None]


@torch.no_grad()
def test_the_shapes_are_those_of_the_specification() -> None:
    network = tiny_loaded().network
    state, _ = network.look(clip(), SEEN, FPS)
    assert state.shape == (1, 20, 17, 12)
    encoded = network(state, SEEN, FPS)
    assert encoded.token_feat.shape == (1, 20, 17, 16)
    assert encoded.s_hat.shape == (1, 20, 17, 12)


@torch.no_grad()
def test_the_full_size_builds_and_runs() -> None:
    size = PinnParams()
    assert (size.width, size.layers, size.d_state) == (256, 6, 64)
    network = PinnEncoder(tiny_config(width=256, layers=6, d_state=64, graph_heads=4))
    state, _ = network.look(clip(4), SEEN[:, :4], FPS)
    encoded = network(state, SEEN[:, :4], FPS)
    assert encoded.token_feat.shape == (1, 4, 17, 256)
    assert torch.equal(encoded.s_hat, state), "an untrained encoder gives its input back"
    assert sum(w.numel() for w in network.parameters()) == 2_390_043


@torch.no_grad()
def test_moving_and_turning_the_room_moves_and_turns_the_result() -> None:
    network = tiny_loaded().network
    p = clip()
    moved = from_heading(p, torch.full(p.shape[:-1], 1.1)) + torch.tensor((4.0, 0.0, -3.0))
    (state, here), (other, there) = network.look(p, SEEN, FPS), network.look(moved, SEEN, FPS)
    a, b = network(state, SEEN, FPS), network(other, SEEN, FPS)
    assert torch.allclose(a.token_feat, b.token_feat, atol=2e-3)
    back = from_heading(here.leave(a.s_hat[..., :3]), torch.full(p.shape[:-1], 1.1)) + torch.tensor((4.0, 0.0, -3.0))
    assert torch.allclose(back, there.leave(b.s_hat[..., :3]), atol=1e-4)


@torch.no_grad()
def test_what_lies_under_a_hidden_sample_does_not_matter() -> None:
    network = tiny_loaded().network
    hidden = SEEN.clone()
    hidden[0, 5:9, 3] = hidden[0, :, 16] = False
    wild = clip()
    wild[0, 5:9, 3] = math.pi
    wild[0, :, 16] = -1000.0
    a, b = network.look(clip(), hidden, FPS)[0], network.look(wild, hidden, FPS)[0]
    assert torch.equal(network(a, hidden, FPS).token_feat, network(b, hidden, FPS).token_feat)


@torch.no_grad()
@pytest.mark.parametrize("frames", [1, 2, 3])
def test_the_shortest_clips_and_standing_still_are_finite(frames: int) -> None:
    network = tiny_loaded().network
    still = clip(frames)[:, :1].expand(-1, frames, -1, -1)
    state, _ = network.look(still, SEEN[:, :frames], FPS)
    encoded = network(state, SEEN[:, :frames], FPS)
    assert bool(encoded.token_feat.isfinite().all() and encoded.s_hat.isfinite().all())


@torch.no_grad()
def test_the_frame_rate_is_heard() -> None:
    network = tiny_loaded().network
    p = clip()
    slow, fast = network.look(p, SEEN, FPS)[0], network.look(p, SEEN, 2 * FPS)[0]
    assert torch.allclose(fast[..., 3:6], 2 * slow[..., 3:6], atol=1e-4)
    said = network(fast, SEEN, 2 * FPS)
    assert torch.equal(said.s_hat, differentiate(said.s_hat[..., :3], 2 * FPS))
    assert not torch.allclose(network(slow, SEEN, FPS).token_feat, said.token_feat, atol=1e-3)


def test_sizes_that_do_not_divide_are_refused() -> None:
    with pytest.raises(ValueError, match="d_state: expected an even number, found 7"):
        PinnParams(d_state=7)
    with pytest.raises(ValueError, match="graph_heads: expected a divisor of width 256, found 3"):
        PinnParams(graph_heads=3)
