from __future__ import annotations

import numpy as np
import pytest
import torch
from made_pinn import made_recording, tiny_loaded

from kinetrace.models.pinn.reconstruct import reconstruct
from kinetrace.models.pinn.weights import LoadedPinn
from schemas.errors import ComputeError


def silent() -> LoadedPinn:
    loaded = tiny_loaded()
    torch.nn.init.zeros_(loaded.network.head.linear.weight)
    return loaded


@pytest.mark.parametrize("frames", [2, 3, 15, 16, 17, 24, 41])
def test_an_encoder_that_says_nothing_gives_any_length_back(frames: int) -> None:
    recording = made_recording(frames)
    made = reconstruct(silent(), recording.positions, recording.present, 30.0)
    assert np.allclose(made.positions, recording.positions, atol=1e-5)
    assert made.tokens.shape == (frames, 17, 16)


def test_hidden_samples_are_filled() -> None:
    recording = made_recording(30)
    visible, shown = recording.present.copy(), recording.positions.copy()
    visible[10:14, 5] = False
    shown[10:14, 5] = 99.0
    made = reconstruct(silent(), shown, visible, 30.0)
    line = np.linspace(recording.positions[9, 5], recording.positions[14, 5], 6)[1:-1]
    assert np.allclose(made.positions[10:14, 5], line, atol=1e-5)


def test_inside_of_one_window_it_is_the_encoder_itself() -> None:
    loaded, recording = tiny_loaded(), made_recording(16)
    made = reconstruct(loaded, recording.positions, recording.present, 30.0)
    p, seen, fps = (
        torch.from_numpy(recording.positions)[None],
        torch.ones(1, 16, 17, dtype=torch.bool),
        torch.tensor([30.0]),
    )
    state, frame = loaded.network.look(p, seen, fps)
    with torch.no_grad():
        want = frame.leave(loaded.network(state, seen, fps).s_hat[..., :3])[0].numpy()
    assert np.allclose(made.positions, want, atol=1e-6)


def test_a_single_frame_is_refused() -> None:
    recording = made_recording(1)
    with pytest.raises(ComputeError, match="frames: expected at least 2, found 1"):
        reconstruct(silent(), recording.positions, recording.present, 30.0)
