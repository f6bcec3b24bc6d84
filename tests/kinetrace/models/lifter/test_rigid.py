from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_lifter import STANDING, made_positions

from kinetrace.models.lifter.rigid import LINKS, with_rigid_bones
from kinetrace.motion.skeletons import INDEX


def bone(positions: np.ndarray, parent: str, child: str) -> np.ndarray:
    return np.asarray(np.linalg.norm(positions[:, INDEX[child]] - positions[:, INDEX[parent]], axis=1))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**31), frames=st.integers(1, 30))
def test_every_bone_keeps_its_length_and_direction_and_sides_are_alike(seed: int, frames: int) -> None:
    given_ = made_positions(frames, seed=seed)
    given_ = given_ - given_[:, :1]
    found = with_rigid_bones(given_)
    for parent, child in LINKS:
        before, after = given_[:, child] - given_[:, parent], found[:, child] - found[:, parent]
        assert np.linalg.norm(after, axis=1).std() < 1e-9
        assert (np.cross(before, after) ** 2).sum() < 1e-12
    np.testing.assert_allclose(bone(found, "l_hip", "l_knee"), bone(found, "r_hip", "r_knee"))


def test_a_rigid_even_body_stays_as_it_is() -> None:
    body = np.repeat((STANDING - STANDING[0])[None], 3, axis=0)
    body[:, INDEX["spine"]] = body[:, INDEX["thorax"]] / 2
    np.testing.assert_allclose(with_rigid_bones(body), body, atol=1e-12)


def test_the_length_is_the_median_by_hand() -> None:
    body = np.repeat((STANDING - STANDING[0])[None], 11, axis=0)
    for side in "lr":
        knee = body[:, INDEX[f"{side}_hip"]] - (np.linspace(0.2, 0.4, 11) ** 2)[:, None] * [0.0, 1.0, 0.0]
        body[:, INDEX[f"{side}_knee"]] = knee
    assert bone(with_rigid_bones(body), "l_hip", "l_knee")[0] == pytest.approx(0.3**2)
