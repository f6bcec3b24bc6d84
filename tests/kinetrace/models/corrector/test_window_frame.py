from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from made_swaying import swaying

from kinetrace.models.corrector.groups import JOINTS
from kinetrace.models.corrector.window_frame import USUAL_STATURE_M, window_frame
from kinetrace.models.heading import to_heading
from kinetrace.motion.skeletons import INDEX

SEEN = torch.ones(1, 60, JOINTS, dtype=torch.bool)


def person() -> torch.Tensor:
    return torch.from_numpy(swaying(60))[None]


@settings(max_examples=25, deadline=None)
@given(st.floats(-3, 3), st.floats(-50, 50), st.floats(-50, 50))
def test_neither_place_nor_heading_in_the_room_is_seen(turn: float, x: float, z: float) -> None:
    world = person()
    moved = to_heading(world, torch.full(world.shape[:-1], turn, dtype=world.dtype)) + torch.tensor((x, 0.0, z))
    one, other = (window_frame(p, SEEN).enter(p) for p in (world, moved))
    torch.testing.assert_close(one, other, atol=1e-6, rtol=0)


def test_leaving_undoes_entering() -> None:
    world = person()
    frame = window_frame(world, SEEN)
    torch.testing.assert_close(frame.leave(frame.enter(world)), world, atol=1e-9, rtol=0)


def test_the_origin_is_the_mean_pelvis_right_is_right_and_legs_say_how_tall() -> None:
    world = person()
    frame = window_frame(world, SEEN)
    torch.testing.assert_close(frame.origin[0], world[0, :, INDEX["pelvis"]].mean(0))
    inside = frame.enter(world)[0].mean(0)
    assert float(inside[INDEX["r_hip"], 2]) > 0.03 > -0.03 > float(inside[INDEX["l_hip"], 2])
    assert 1.5 < float(frame.stature) < 1.9


def test_without_pelvis_hips_and_legs_there_still_is_a_frame() -> None:
    seen = SEEN.clone()
    for name in ("pelvis", "r_hip", "l_hip", "r_knee", "l_knee"):
        seen[..., INDEX[name]] = False
    frame = window_frame(person(), seen)
    full = window_frame(person(), SEEN)
    assert abs(math.remainder(float(frame.yaw - full.yaw), math.tau)) < 0.1
    assert float(frame.stature) == USUAL_STATURE_M
    none = window_frame(person(), torch.zeros_like(SEEN))
    assert float(none.yaw) == 0.0 and float(none.origin.abs().max()) == 0.0


def test_frames_in_which_nothing_is_seen_take_no_part() -> None:
    world, seen = person(), SEEN.clone()
    seen[:, 20:40] = False
    broken = torch.where(seen[..., None], world, torch.full_like(world, 1e6))
    for a, b in zip(window_frame(world, seen), window_frame(broken, seen), strict=True):
        assert torch.equal(a, b)


def test_a_mask_of_another_length_is_refused() -> None:
    with pytest.raises(TypeCheckError, match="visible"):
        window_frame(person(), SEEN[:, :9])
