from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_model import FPS, JOINTS, squat_states

from kinetrace.models.features import HeadingFeatures, WorldFeatures, feature_map
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
def test_no_time_gives_the_anchor_back_exactly(view: WorldFeatures | HeadingFeatures) -> None:
    states = torch.from_numpy(turned(squat_states(20).astype(np.float64), 1.0, (2.0, -1.0)))
    back = view.world_path(view.extract(states)[:, None], states, torch.zeros(20, dtype=torch.float64))
    assert torch.allclose(back[:, 0], states[..., :3], atol=1e-12)


def test_a_true_path_of_features_puts_a_turning_walker_back_where_they_were() -> None:
    t = np.arange(31) / FPS
    base = np.zeros((31, 7, 9))
    base[..., :3] = squat_states(1)[0, :, :3]
    w, speed = 0.8, 1.2  # a circle, walked at a steady pace
    states = np.concatenate([turned(base[k : k + 1], w * t[k], (0.0, 0.0)) for k in range(31)])
    place = np.stack((speed / w * np.sin(w * t), np.zeros(31), speed / w * (np.cos(w * t) - 1)), axis=1)
    states[..., :3] += place[:, None]
    states[..., 3:6] = np.gradient(states[..., :3], 1 / FPS, axis=0, edge_order=2)
    view, every = HeadingFeatures(JOINTS), torch.from_numpy(states)
    path = view.extract(every)[None, 1:]
    back = view.world_path(path, every[:1], torch.tensor([1 / FPS], dtype=torch.float64))[0]
    assert float((back - every[1:, :, :3]).norm(dim=-1).max()) < 0.002  # 1.2 m walked in a second


def test_one_step_by_hand() -> None:
    states = squat_states(1).astype(np.float64)
    states[..., 3:] = 0.0
    states[..., 3] = 0.6
    view, anchor = HeadingFeatures(JOINTS), torch.from_numpy(states)
    ahead = view.extract(anchor)[:, None].clone()
    ahead[..., 0] += 0.05  # 5 cm higher
    ahead[..., 1] = 1.0  # from 0.6 to 1.0 m/s forward
    moved = view.world_path(ahead, anchor, torch.tensor([0.5], dtype=torch.float64))[:, 0] - anchor[..., :3]
    assert torch.allclose(moved, torch.tensor([0.4, 0.05, 0.0], dtype=torch.float64).expand(1, 7, 3), atol=1e-12)


@pytest.mark.parametrize(("recipe", "columns"), [("seed", 7 * 9), ("kinetrace", 5 + 6 * 6)])
def test_every_column_has_its_own_name(recipe: str, columns: int) -> None:
    view = feature_map(recipe, JOINTS)  # type: ignore[arg-type]
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
