from __future__ import annotations

import pytest
import torch
from made_pinn import made_recording, tiny_params

from kinetrace.models.pinn.joints import JOINTS
from kinetrace.models.pinn.losses import Losses, bone_loss, jerk_loss, losses
from kinetrace.models.pinn.stencils import differentiate, noise_scale

FPS = torch.tensor([30.0, 100.0])
CLEAN = torch.from_numpy(made_recording(40).positions)[None].expand(2, -1, -1, -1)
PRESENT = torch.ones(2, 40, 17, dtype=torch.bool)
LIMIT = torch.full((2,), 1e9)
SIGMA = 0.01


def of(p_hat: torch.Tensor, present: torch.Tensor = PRESENT, limit: torch.Tensor = LIMIT) -> Losses:
    return losses(differentiate(p_hat, FPS), differentiate(CLEAN, FPS), present, FPS, limit, SIGMA)


def test_the_clean_clip_costs_nothing() -> None:
    found = of(CLEAN)
    assert not found.channels.any()
    assert float(found.jerk) == 0.0


def test_untouched_noise_costs_about_one_in_every_channel_at_every_rate() -> None:
    noise = SIGMA * torch.randn(CLEAN.shape, generator=torch.Generator().manual_seed(0))
    for value in of(CLEAN + noise).channels.tolist():
        assert 0.6 < value < 1.0  # linear beyond one spread, so a little below 1


def test_a_constant_offset_costs_in_position_alone() -> None:
    p, v, a, j = of(CLEAN + SIGMA / 2).channels.tolist()
    assert p == pytest.approx(0.25, rel=1e-3)
    assert max(v, a, j) < 1e-6


def test_velocity_is_held_against_the_measured_one_not_against_itself() -> None:
    shaken = CLEAN + SIGMA * torch.tensor([1.0, -1.0] * 20)[None, :, None, None]
    said = differentiate(shaken, FPS)
    assert torch.equal(said, differentiate(said[..., :3], FPS)), "against itself it costs nothing, however it shakes"
    assert float(of(shaken).channels[2]) > 1.0


def test_a_joint_that_was_not_recorded_and_its_neighbours_in_time_do_not_count() -> None:
    present = PRESENT.clone()
    present[:, 20, 5] = False
    p_hat = CLEAN.clone()
    p_hat[:, 20, 5] += 1.0
    assert not of(p_hat, present).channels.any()
    assert of(p_hat).channels.all()


def test_boundary_frames_do_not_count_in_derivatives() -> None:
    present = PRESENT[:, :4]
    p_hat = CLEAN[:, :4].clone()
    one = losses(differentiate(p_hat, FPS), differentiate(CLEAN[:, :4], FPS) + 9.0, present, FPS, LIMIT, SIGMA)
    assert float(one.channels[3]) == pytest.approx(
        float((2 * 9 / noise_scale(FPS, SIGMA)[:, 3]).pow(2).mean() / 4), rel=0.1
    )


def test_a_bone_that_breathes_by_a_centimetre_costs_its_square() -> None:
    p_hat = CLEAN[:1].clone()
    knee = JOINTS.index("r_knee")
    still = CLEAN[:1, :1].expand(1, 40, -1, -1)
    assert float(bone_loss(still, still, PRESENT[:1], SIGMA)) == pytest.approx(0.0, abs=1e-8)
    p_hat = still.clone()
    p_hat[..., knee + 1, :] += 0.01 * torch.nn.functional.normalize(
        p_hat[..., knee + 1, :] - p_hat[..., knee, :], dim=-1
    )
    assert float(bone_loss(p_hat, still, PRESENT[:1], SIGMA)) == pytest.approx(0.1, rel=1e-3)  # one bone in ten


def test_the_one_length_is_the_recordings_mean_not_the_frames_own() -> None:
    breathing = CLEAN[:1, :1].expand(1, 40, -1, -1).clone()
    breathing[:, ::2] *= 1.02
    assert float(bone_loss(breathing, breathing, PRESENT[:1], SIGMA)) > 0.01


def test_jerk_below_the_limit_is_free_and_above_it_linear() -> None:
    jerk = torch.zeros(1, 5, 17, 3)
    jerk[0, 2, 3, 0] = 30.0
    counted = torch.ones(1, 5, 17, dtype=torch.bool)
    scale = torch.tensor([10.0])
    assert float(jerk_loss(jerk, counted, torch.tensor([40.0]), scale)) == 0.0
    assert float(jerk_loss(jerk, counted, torch.tensor([10.0]), scale)) == pytest.approx(2.0 / 85, rel=1e-5)


def test_the_total_weighs_as_the_parameters_say() -> None:
    parts = Losses(torch.tensor([1.0, 10.0, 100.0, 1000.0]), torch.tensor(5.0), torch.tensor(7.0))
    params = tiny_params(channel_weights=(1.0, 0.5, 0.25, 0.1), bone_weight=2.0, jerk_weight=3.0)
    assert float(parts.total(params)) == pytest.approx(1 + 5 + 25 + 100 + 10 + 21)
