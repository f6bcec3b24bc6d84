from __future__ import annotations

import numpy as np
import pytest
import torch
from made_lifter import made_positions, tiny_lifter

from kinetrace.models.keypoints import KEYPOINTS
from kinetrace.models.lifter.lift import lift, lifted
from kinetrace.models.lifter.mirror import JOINT_PARTNER, POINT_PARTNER, mirrored_joints, mirrored_rays
from kinetrace.motion.skeletons import INDEX
from schemas.errors import ComputeError

POINTS = len(KEYPOINTS)


def filmed(frames: int = 45, fps: float = 30.0, yaw: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rays to somebody 3 m away who faces the camera's right, and the true skeleton in statures."""
    places = made_positions(frames, fps)
    head = places[:, INDEX["head"]]
    column = [places[:, INDEX[name]] if name in INDEX else head for name in KEYPOINTS]
    rays = np.stack(column, 1) - np.array([0.0, 1.3, -3.0])
    turn = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    truth = (places - places[:, :1]) / 1.75
    return rays @ turn.T / np.linalg.norm(rays, axis=2, keepdims=True), np.ones((frames, POINTS)), truth @ turn.T


def test_the_heading_of_the_frame_turns_the_answer_with_it() -> None:
    lifter = tiny_lifter()
    straight, turned = (lift(*filmed(yaw=yaw)[:2], 30.0, lifter) for yaw in (0.0, 2.1))
    turn = np.array([[np.cos(2.1), 0, np.sin(2.1)], [0, 1, 0], [-np.sin(2.1), 0, np.cos(2.1)]])
    np.testing.assert_allclose(turned.positions, straight.positions @ turn.T, atol=1e-4)
    np.testing.assert_allclose(turned.spread, straight.spread, atol=1e-4)


def test_a_mirror_image_is_lifted_to_the_mirror_image() -> None:
    network = tiny_lifter().network
    rays, sure = (torch.from_numpy(part.astype(np.float32))[None] for part in filmed()[:2])
    there, spread = lifted(network, rays, sure)
    other, others = lifted(network, mirrored_rays(rays), sure[..., list(POINT_PARTNER)])
    torch.testing.assert_close(mirrored_joints(other), there, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(others[..., list(JOINT_PARTNER)], spread, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(("frames", "fps"), [(1, 30.0), (2, 60.0), (5, 24.0), (31, 59.94), (40, 15.0), (100, 240.0)])
def test_any_length_at_any_rate_gives_one_finite_skeleton_a_frame(frames: int, fps: float) -> None:
    found = lift(*filmed(frames, fps)[:2], fps, tiny_lifter())
    assert found.positions.shape == (frames, 21, 3) and found.spread.shape == (frames, 21)
    assert np.isfinite(found.positions).all() and (found.spread >= 0).all()
    assert not found.positions[:, 0].any() and not found.spread[:, 0].any()


def test_a_film_in_which_nothing_was_seen_gives_a_guess() -> None:
    found = lift(np.zeros((6, POINTS, 3)), np.zeros((6, POINTS)), 30.0, tiny_lifter())
    assert np.isfinite(found.positions).all()


def test_the_cards_factor_widens_what_is_stated() -> None:
    rays, sure, _ = filmed()
    narrow, wide = (lift(rays, sure, 30.0, tiny_lifter(spread_factor=f)).spread for f in (1.0, 1.5))
    np.testing.assert_allclose(wide, 1.5 * narrow)


def test_the_same_clip_gives_the_same_bits_and_leaves_chance_alone() -> None:
    rays, sure, _ = filmed()
    torch.manual_seed(3)
    before = torch.get_rng_state()
    first = lift(rays, sure, 60.0, tiny_lifter())
    assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(first.positions, lift(rays, sure, 60.0, tiny_lifter()).positions)


def test_the_shipped_lifter_knows_a_standing_body() -> None:
    rays, sure, truth = filmed(90)
    found = lift(rays, sure, 30.0)
    error = np.linalg.norm(found.positions - truth, axis=2)[:, 1:]
    assert error.mean() < 0.08  # statures; made geometry, its head points all at the vertex
    assert (found.positions[:, INDEX["head"], 1] > 0.3).all() and (found.positions[:, INDEX["l_ankle"], 1] < -0.3).all()


def test_input_that_is_none_is_refused() -> None:
    rays, sure, _ = filmed(4)
    with pytest.raises(ComputeError, match=r"shape: expected .frames, 19, 3."):
        lift(rays[:, :18], sure, 30.0, tiny_lifter())
    with pytest.raises(ComputeError, match="one frame or more"):
        lift(rays[:0], sure[:0], 30.0, tiny_lifter())
    with pytest.raises(ComputeError, match="fps: expected 1 to 10 000 Hz, found nan"):
        lift(rays, sure, float("nan"), tiny_lifter())
    rays[1, 2] = np.nan
    with pytest.raises(ComputeError, match="a missing point is 0 with confidence 0"):
        lift(rays, sure, 30.0, tiny_lifter())
