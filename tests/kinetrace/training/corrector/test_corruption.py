from __future__ import annotations

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from made_swaying import swaying

from kinetrace.models.corrector.groups import JOINTS, LIMBS
from kinetrace.models.corrector.network import WINDOW
from kinetrace.models.corrector.window_frame import window_frame
from kinetrace.training.corrector.corruption import axis_spread, corrupt, mirrored
from schemas.corrector import CorrectorParams

N = 200


def drawn(params: CorrectorParams, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    world = torch.from_numpy(np.stack([swaying(WINDOW, seed=k % 5) for k in range(N)]))
    present = torch.ones(N, WINDOW, JOINTS, dtype=torch.bool)
    frame = window_frame(world, present)
    clean = frame.enter(world).float()
    shown = corrupt(clean, present, frame.stature.float(), params, np.random.default_rng(seed))
    return clean, shown.positions, shown.visible, shown.wanted


def test_by_default_gaps_of_one_joint_of_limbs_and_of_all_joints_and_noise_are_all_there() -> None:
    clean, shown, visible, wanted = drawn(CorrectorParams())
    hidden = (wanted & ~visible).numpy()
    number = [int(h.any(axis=0).sum()) for h in hidden]
    assert (
        sum(n in {1, 2} for n in number) > 10
        and sum(n == 4 for n in number) > 5
        and sum(n == JOINTS for n in number) > 20
    )
    lengths = [int(h.any(axis=1).sum()) for h in hidden if h.any()]
    assert min(lengths) <= 3 and max(lengths) >= 35
    noisy = ((shown - clean).norm(dim=-1) * visible).flatten(1).amax(1) > 1e-3
    assert 0.2 < float(noisy.float().mean()) < 0.6


def test_wanted_is_what_was_hidden_or_shaken_and_hidden_samples_are_not_shown() -> None:
    _, shown, visible, wanted = drawn(CorrectorParams(noise_share=0.0, absent_share=0.0))
    assert torch.equal(wanted, ~visible)
    assert float(shown[~visible].abs().max()) == 0.0
    _, _, visible, wanted = drawn(CorrectorParams(noise_share=1.0, absent_share=0.0))
    assert bool((wanted | ~visible).all())


def test_gaps_leave_both_ends_of_a_window_and_a_limb_goes_whole() -> None:
    _, _, visible, _ = drawn(
        CorrectorParams(noise_share=0.0, absent_share=0.0, joint_drop=0.0, limb_drop=1.0, frame_drop=0.0)
    )
    assert bool(visible[:, :3].all()) and bool(visible[:, -3:].all())
    for hidden in (~visible).any(1).numpy():
        limbs = [set(c) for c in LIMBS.values() if hidden[list(c)].any()]
        assert limbs and set(np.flatnonzero(hidden)) == set().union(*limbs)


def test_every_draw_differs_and_equal_seeds_agree() -> None:
    one, other, again = (drawn(CorrectorParams(), seed)[2] for seed in (0, 1, 0))
    assert torch.equal(one, again) and not torch.equal(one, other)


def test_noise_has_the_mean_distance_that_it_is_named_by() -> None:
    noise = axis_spread(0.02) * np.random.default_rng(0).standard_normal((100_000, 3))
    assert np.linalg.norm(noise, axis=1).mean() == pytest.approx(0.02, rel=0.01)


def test_a_mirror_twice_is_none() -> None:
    clean, *_ = drawn(CorrectorParams())
    assert torch.equal(mirrored(mirrored(clean)), clean) and not torch.equal(mirrored(clean), clean)


def test_windows_of_another_shape_are_refused() -> None:
    clean, _, visible, _ = drawn(CorrectorParams())
    with pytest.raises(TypeCheckError, match="present"):
        corrupt(clean, visible[:, :, :3], torch.ones(N), CorrectorParams(), np.random.default_rng(0))
