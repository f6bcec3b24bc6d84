"""Feet on the floor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from made_sight import STATURE, made_clip

from adapters.videopose3d.feet import FLOOR_NOISE_M, floor_terms, stillness
from adapters.videopose3d.points import POINT, POINTS


def test_a_sole_in_the_floor_is_pulled_out_and_one_high_above_is_left_alone() -> None:
    made = made_clip(0.4, still=True)
    body = made.points.copy()
    body[:, POINT["r_heel"], 1], body[:, POINT["l_heel"], 1] = -0.05, 0.3
    terms = floor_terms(made.sight, body)
    np.testing.assert_allclose(terms.weights[0, :, 3], FLOOR_NOISE_M**-2)
    assert terms.weights[2, :, 3].max() < 0.001 * FLOOR_NOISE_M**-2


def test_without_a_floor_nothing_is_said_of_heights() -> None:
    made = made_clip(0.4)
    assert not floor_terms(replace(made.sight, floor=float("nan")), made.points).weights.any()


def test_feet_that_stand_are_held_and_nothing_else_is() -> None:
    made = made_clip(0.4, still=True)
    weights = stillness(made.sight, made.points, STATURE, 0.3)
    held = {name for name in POINTS if weights[:, POINT[name]].min() > 0.0}
    assert held == {f"{side}_{part}" for side in "rl" for part in ("heel", "toe", "ankle")}


def test_a_foot_that_swings_is_let_go() -> None:
    made = made_clip(1.5)
    weights = stillness(made.sight, made.points, STATURE, 0.3)[:, POINT["r_ankle"]]
    speed = np.linalg.norm(np.diff(made.points[:, POINT["r_ankle"]], axis=0), axis=1) * 30.0
    assert weights[speed > 2.0].max() < 0.01 * weights.max()
