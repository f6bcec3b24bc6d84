from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_model import JOINTS, squat_states

from kinetrace.models.features import HeadingFeatures, WorldFeatures, feature_map
from kinetrace.models.heading import to_heading
from schemas.errors import ArtifactError


def turned(states: np.ndarray, yaw: float, shift: tuple[float, float]) -> np.ndarray:
    """The same motion in a room that lies differently."""
    c, s = np.cos(yaw), np.sin(yaw)
    turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    moved = (states.reshape(*states.shape[:2], 3, 3) @ turn.T).reshape(states.shape)
    moved[..., 0] += shift[0]
    moved[..., 2] += shift[1]
    return moved


@settings(deadline=None)
@given(yaw=st.floats(-3, 3), shift=st.tuples(st.floats(-3, 3), st.floats(-3, 3)))
def test_the_heading_view_does_not_see_where_the_room_lies(yaw: float, shift: tuple[float, float]) -> None:
    states = squat_states(20).astype(np.float64)
    view = HeadingFeatures(JOINTS)
    here, there = (view.extract(torch.from_numpy(s)) for s in (states, turned(states, yaw, shift)))
    assert torch.allclose(here, there, atol=1e-9)


@pytest.mark.parametrize("view", [WorldFeatures(JOINTS), HeadingFeatures(JOINTS)])
def test_no_travel_gives_the_anchor_back_exactly(view: WorldFeatures | HeadingFeatures) -> None:
    states = torch.from_numpy(turned(squat_states(20).astype(np.float64), 1.0, (2.0, -1.0)))
    placed = view.place(view.extract(states), torch.zeros(20, 3, dtype=torch.float64))
    back = view.to_world(placed, states[:, 0, :3], view.yaw(states))
    assert torch.allclose(back, states[..., :3], atol=1e-12)
    assert torch.allclose(placed, view.seen_from(states[..., :3], states[:, 0, :3], view.yaw(states)), atol=1e-12)


@settings(deadline=None)
@given(yaw=st.floats(-3, 3), turn=st.floats(-1, 1), away=st.tuples(st.floats(-2, 2), st.floats(-2, 2)))
def test_true_features_with_the_true_travel_are_the_true_place(
    yaw: float, turn: float, away: tuple[float, float]
) -> None:
    view = HeadingFeatures(JOINTS)
    base = squat_states(5).astype(np.float64)
    now = torch.from_numpy(turned(base[:1], yaw, (0.5, -0.2)))
    ahead = torch.from_numpy(turned(base[4:], yaw + turn, away))
    moved = to_heading(ahead[:, 0, :3] - now[:, 0, :3], view.yaw(now))
    travel = torch.stack((moved[:, 0], moved[:, 2], view.yaw(ahead) - view.yaw(now)), dim=1)
    placed = view.place(view.extract(ahead), travel)
    assert torch.allclose(view.to_world(placed, now[:, 0, :3], view.yaw(now)), ahead[..., :3], atol=1e-9)


def test_one_step_by_hand() -> None:
    view = HeadingFeatures(JOINTS)
    anchor = torch.from_numpy(squat_states(1).astype(np.float64))
    x = view.extract(anchor)
    x[:, 0] += 0.05
    placed = view.place(x, torch.tensor([[0.4, -0.1, 0.0]], dtype=torch.float64))
    moved = placed - view.seen_from(anchor[..., :3], anchor[:, 0, :3], view.yaw(anchor))
    assert torch.allclose(moved, torch.tensor([0.4, 0.05, -0.1], dtype=torch.float64).expand(1, 7, 3), atol=1e-12)


@pytest.mark.parametrize(("frame", "columns"), [("world", 7 * 9), ("heading", 8 + 6 * 9)])
def test_every_column_has_its_own_name(frame: str, columns: int) -> None:
    view = feature_map(frame, JOINTS)  # type: ignore[arg-type]
    assert len(set(view.names)) == len(view.names) == columns
    assert view.extract(torch.from_numpy(squat_states(3))).shape == (3, columns)


def test_names_and_columns_go_together() -> None:
    states = torch.from_numpy(squat_states(10))
    view = HeadingFeatures(JOINTS)
    x = view.extract(states)
    assert torch.equal(x[:, view.names.index("pelvis.height")], states[:, 0, 1])
    knee = states[:, JOINTS.index("l_knee"), 4] - states[:, 0, 4]
    assert torch.allclose(x[:, view.names.index("l_knee.velocity.up")], knee)


def test_without_hips_there_is_no_heading() -> None:
    with pytest.raises(ArtifactError, match=r"no r_hip, l_hip.*recipe: seed"):
        HeadingFeatures(("pelvis", "l_knee"))


def test_an_action_speaks_of_relative_positions_alone() -> None:
    names = HeadingFeatures(JOINTS).names[HeadingFeatures(JOINTS).posed]
    assert len(names) == 18
    assert all(".position." in name for name in names)
    assert WorldFeatures(JOINTS).names[WorldFeatures(JOINTS).posed] == ()
