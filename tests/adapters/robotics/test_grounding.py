from __future__ import annotations

import numpy as np
import pytest

from adapters.robotics.body import Body, Method
from adapters.robotics.grounding import grounded, held_in_place
from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.simulation.simulate import simulate
from schemas.base import Movement
from schemas.motion import Validity


def _relative(joints: np.ndarray) -> Body:
    """Take a body's place away."""
    positions = joints - joints[:, [INDEX["pelvis"]]]
    marks = np.full(positions.shape[:2], Validity.MEASURED, dtype=np.uint8)
    return Body(positions, marks, {name: Method("made") for name in BODY21})


@pytest.mark.parametrize(
    ("movement", "path_mm", "height_mm"), [("gait", 1.0, 1.0), ("squat", 1.0, 1.0), ("sit_to_stand", 1.0, 1.0)]
)
def test_the_standing_foot_gives_height_and_path_back(movement: Movement, path_mm: float, height_mm: float) -> None:
    truth = simulate(movement, 4.0, 2).truth.positions.astype(float)
    body = _relative(truth)
    assert held_in_place(body)
    found = grounded(body, 60.0)
    pelvis, true = found.get("pelvis"), truth[:, INDEX["pelvis"]]
    assert 1000.0 * np.abs(pelvis[:, 1] - true[:, 1]).max() < height_mm
    moved, should = pelvis[-1] - pelvis[0], true[-1] - true[0]
    assert 1000.0 * np.linalg.norm((moved - should)[[0, 2]]) < path_mm + 0.02 * 1000.0 * np.linalg.norm(should)
    np.testing.assert_allclose(
        found.positions - found.positions[:, [0]], body.positions - body.positions[:, [0]], atol=1e-9
    )


def test_every_joint_is_inferred_then_and_says_so() -> None:
    body = grounded(_relative(simulate("squat", 4.0, 1).truth.positions.astype(float)), 60.0)
    assert body.validity.max() == Validity.INFERRED
    assert body.methods["r_knee"].text == "made, placed by the standing foot"


def test_two_points_by_hand() -> None:
    """The right sole stands while the pelvis goes ahead by 0.1 m a frame; the left one is 0.3 m up."""
    frames = 30
    body = Body.empty(frames)
    for joint, z in (("r_hip", 0.1), ("l_hip", -0.1)):
        body.positions[:, INDEX[joint]] = (0.0, 0.0, z)
        body.validity[:, INDEX[joint]] = Validity.MEASURED
    for joint, y in (("r_heel", -0.9), ("r_toe", -0.9), ("l_heel", -0.6), ("l_toe", -0.6)):
        body.positions[:, INDEX[joint]] = np.stack(
            [-0.1 * np.arange(frames), np.full(frames, y), np.zeros(frames)], axis=1
        )
        body.validity[:, INDEX[joint]] = Validity.MEASURED
    body.positions[:, INDEX["pelvis"]] = 0.0
    body.validity[:, INDEX["pelvis"]] = Validity.MEASURED
    pelvis = grounded(body, 60.0).get("pelvis")
    np.testing.assert_allclose(pelvis[:, 0], 0.1 * np.arange(frames), atol=1e-6)
    np.testing.assert_allclose(pelvis[:, 1], 0.9)


def test_a_raised_foot_that_swings_back_does_not_carry_the_body() -> None:
    truth = simulate("balance", 2.0, 1).truth.positions.astype(float)
    body = _relative(truth)
    for joint in ("l_heel", "l_toe"):
        body.positions[:, INDEX[joint], 1] += 0.2
        body.positions[:, INDEX[joint], 0] -= np.linspace(0.0, 0.6, len(truth))
    found = grounded(body, 60.0).get("pelvis")
    assert np.abs((found - found[0]) - (truth[:, 0] - truth[0, 0])).max() < 2e-3


def test_a_gap_is_crossed_without_a_step() -> None:
    truth = simulate("squat", 4.0, 1).truth.positions.astype(float)
    body = _relative(truth)
    body.positions[20:30] = np.nan
    body.validity[20:30] = Validity.MISSING
    found = grounded(body, 60.0)
    seen = np.r_[0:20, 30 : len(truth)]
    np.testing.assert_allclose(found.get("pelvis")[seen, 1], truth[seen, INDEX["pelvis"], 1], atol=1e-3)
    assert np.isnan(found.positions[20:30]).all()


def test_a_person_who_moves_or_stands_still_is_not_held() -> None:
    walk = simulate("gait", 2.0, 1).truth.positions.astype(float)
    marks = np.full(walk.shape[:2], Validity.MEASURED, dtype=np.uint8)
    assert not held_in_place(Body(walk, marks))
    still = np.repeat(walk[:1], 40, axis=0)
    assert not held_in_place(Body(still, marks[:40])) and not held_in_place(Body.empty(5))
