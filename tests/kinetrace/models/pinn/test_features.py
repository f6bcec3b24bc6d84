from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pinn import made_recording, tiny_loaded

from kinetrace.models.pinn.features import (
    anchor_features,
    causal_frames,
    causal_windows,
    pinn_features,
    window_features,
)
from kinetrace.models.pinn.joints import JOINTS

RECORDING = made_recording(40)
VALIDITY = RECORDING.present.astype(np.uint8) * 2


@settings(max_examples=8, deadline=None)
@given(t=st.integers(0, 38), pool=st.sampled_from(("mean", "joints")))
def test_moving_everything_after_t_by_a_metre_changes_nothing_up_to_t(t: int, pool: str) -> None:
    loaded = tiny_loaded()
    later = RECORDING.positions.copy()
    later[t + 1 :] += 1.0
    gone = VALIDITY.copy()
    gone[t + 1 :] = 0
    want = pinn_features(loaded, RECORDING.positions, VALIDITY, 30.0, pool)  # type: ignore[arg-type]
    assert np.array_equal(want[: t + 1], pinn_features(loaded, later, gone, 30.0, pool)[: t + 1])  # type: ignore[arg-type]
    assert not np.allclose(want[t + 1], pinn_features(loaded, later, VALIDITY, 30.0, pool)[t + 1])  # type: ignore[arg-type]


def test_a_young_recording_is_extended_by_its_first_frame() -> None:
    p, present = torch.from_numpy(RECORDING.positions), torch.from_numpy(RECORDING.present)
    window, seen = causal_windows(p, present, torch.tensor([0, 2, 30]), torch.tensor([0, 0, 0]), 5)
    assert torch.equal(window[0], p[:1].expand(5, -1, -1))
    assert torch.equal(window[1], p[[0, 0, 0, 1, 2]])
    assert torch.equal(window[2], p[26:31])
    assert bool(seen.all())


def test_the_present_looks_back_on_eight_tenths_of_a_second() -> None:
    wide = tiny_loaded(window=48)
    assert [causal_frames(wide, fps) for fps in (1.0, 10.0, 30.0, 100.0)] == [2, 8, 24, 48]


def test_pools_have_the_promised_sizes_and_heels_are_not_looked_at() -> None:
    loaded = tiny_loaded()
    body21 = np.concatenate((RECORDING.positions, np.full((40, 4, 3), 9.0, np.float32)), axis=1)
    all_seen = np.full((40, 21), 2, dtype=np.uint8)
    mean = pinn_features(loaded, body21, all_seen, 30.0)
    assert mean.shape == (40, 16)
    assert np.array_equal(mean, pinn_features(loaded, RECORDING.positions, VALIDITY, 30.0))
    assert pinn_features(loaded, body21, all_seen, 30.0, "joints").shape == (40, 17 * 16)


def test_the_mean_is_over_joints_that_are_there() -> None:
    loaded = tiny_loaded()
    validity = VALIDITY.copy()
    validity[:, 11:] = 0
    mean = pinn_features(loaded, RECORDING.positions, validity, 30.0)
    every = pinn_features(loaded, RECORDING.positions, validity, 30.0, "joints").reshape(40, 17, 16)
    assert np.allclose(mean, every[:, :11].mean(axis=1), atol=1e-6)


def test_gradients_reach_every_weight_that_tokens_depend_on() -> None:
    network = tiny_loaded().network
    p, present = torch.from_numpy(RECORDING.positions), torch.from_numpy(RECORDING.present)
    window, seen = causal_windows(p, present, torch.tensor([20, 30]), torch.tensor([0, 0]), 16)
    features = window_features(network, window, seen, torch.tensor([30.0, 30.0]), "mean")
    torch.autograd.backward(features.pow(2).sum())
    without = {name for name, w in network.named_parameters() if w.grad is None}
    assert without == {"head.linear.weight", "head.linear.bias"}


def anchors(rows: slice = slice(0, 40)) -> dict[str, np.ndarray]:
    states = np.zeros((40, 17, 9), np.float32)
    states[..., :3] = RECORDING.positions
    return {"states": states[rows], "measured": VALIDITY[rows], "time": np.arange(40)[rows] / 30}


def test_anchors_of_a_dataset_are_described_as_the_same_frames_are() -> None:
    loaded = tiny_loaded()
    found = anchor_features(loaded, **anchors(), joints=JOINTS, fps=30.0)
    assert np.array_equal(found, pinn_features(loaded, RECORDING.positions, VALIDITY, 30.0))
    turned = {name: a[:, ::-1] if a.ndim > 1 else a for name, a in anchors().items()}
    assert np.array_equal(found, anchor_features(loaded, **turned, joints=JOINTS[::-1], fps=30.0))


def test_joints_that_a_dataset_does_not_have_are_hidden() -> None:
    loaded = tiny_loaded()
    legs = {name: a[:, :7] if a.ndim > 1 else a for name, a in anchors().items()}
    hidden = VALIDITY.copy()
    hidden[:, 7:] = 0
    want = pinn_features(loaded, RECORDING.positions, hidden, 30.0)
    assert np.array_equal(anchor_features(loaded, **legs, joints=JOINTS[:7], fps=30.0), want)


def test_a_missing_anchor_begins_a_new_stretch() -> None:
    loaded = tiny_loaded()
    broken = {name: np.delete(a, 20, axis=0) for name, a in anchors().items()}
    found = anchor_features(loaded, **broken, joints=JOINTS, fps=30.0)
    assert np.array_equal(found[:20], anchor_features(loaded, **anchors(slice(0, 20)), joints=JOINTS, fps=30.0))
    assert np.allclose(
        found[20:], anchor_features(loaded, **anchors(slice(21, 40)), joints=JOINTS, fps=30.0), atol=1e-5
    )


def test_later_anchors_do_not_change_earlier_descriptions() -> None:
    loaded, later = tiny_loaded(), anchors()
    later["states"][25:] += 1.0
    want, got = (anchor_features(loaded, **a, joints=JOINTS, fps=30.0) for a in (anchors(), later))
    assert np.array_equal(want[:25], got[:25])
    assert not np.allclose(want[25], got[25])
