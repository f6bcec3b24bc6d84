from __future__ import annotations

import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pinn import STANDING, made_recording

from kinetrace.models.heading import from_heading
from kinetrace.models.pinn.window_frame import bridge, window_frame

SEEN = torch.ones(1, 12, 17, dtype=torch.bool)


def clip() -> torch.Tensor:
    return torch.from_numpy(made_recording(12).positions)[None]


@settings(max_examples=25, deadline=None)
@given(yaw=st.floats(-3.1, 3.1), x=st.floats(-50, 50), z=st.floats(-50, 50))
def test_neither_the_place_nor_the_direction_in_the_room_is_seen(yaw: float, x: float, z: float) -> None:
    p = clip()
    moved = from_heading(p, torch.full(p.shape[:-1], yaw)) + torch.tensor((x, 0.3, z))
    here, there = window_frame(p, SEEN).enter(p), window_frame(moved, SEEN).enter(moved)
    assert torch.allclose(here, there, atol=5e-5)


def test_leaving_undoes_entering() -> None:
    p = clip() + torch.tensor((3.0, 0.0, -2.0))
    frame = window_frame(p, SEEN)
    assert torch.allclose(frame.leave(frame.enter(p)), p, atol=1e-6)


def test_someone_who_faces_right_is_turned_to_face_forward() -> None:
    standing = torch.from_numpy(STANDING).float()
    turned = from_heading(standing, torch.full((17,), -math.pi / 2)).expand(1, 12, 17, 3)
    local = window_frame(turned, SEEN).enter(turned)
    assert torch.allclose(local[0, 0], standing - standing[0], atol=1e-6)


def test_without_hips_and_pelvis_the_world_itself_is_the_frame() -> None:
    hidden = torch.zeros_like(SEEN)
    frame = window_frame(clip(), hidden)
    assert torch.equal(frame.origin, torch.zeros(1, 3))
    assert float(frame.yaw[0]) == 0.0


def test_hidden_samples_do_not_move_the_frame() -> None:
    p, seen = clip(), SEEN.clone()
    seen[0, 5, :5] = False
    wild = p.clone()
    wild[0, 5, :5] += 7.0
    a, b = window_frame(p, seen), window_frame(wild, seen)
    assert torch.equal(a.origin, b.origin) and torch.equal(a.yaw, b.yaw)


def test_a_gap_is_a_straight_line_and_an_end_holds() -> None:
    p = torch.zeros(1, 12, 17, 3)
    p[0, :, 3, 0] = torch.arange(12.0) ** 2
    seen = SEEN.clone()
    seen[0, [0, 1, 4, 5, 6, 11], 3] = False
    filled = bridge(p, seen, torch.zeros(17, 3))[0, :, 3, 0].tolist()
    assert filled[:2] == [4.0, 4.0]
    assert filled[3:8] == [9.0, 19.0, 29.0, 39.0, 49.0]
    assert filled[11] == 100.0


def test_a_joint_that_is_never_seen_stands_where_it_is_told() -> None:
    seen = SEEN.clone()
    seen[0, :, 16] = False
    never = torch.full((17, 3), 0.25)
    filled = bridge(clip(), seen, never)
    assert (filled[0, :, 16] == 0.25).all()
    assert torch.equal(filled[0, :, :16], clip()[0, :, :16])
