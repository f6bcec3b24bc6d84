from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_people import FPS, evidence_of, still

from kinetrace.physics.contact_scores import balance, foot_float, foot_slip, ground_penetration, outside_hull

ALL = (foot_slip, ground_penetration, foot_float, balance)


def test_standing_still_is_wholly_feasible(humanoid):
    evidence = evidence_of(humanoid, still(humanoid))
    for sub_score in ALL:
        assert sub_score(evidence).scores.min() == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(("height", "sub_score"), [(0.10, foot_float), (-0.10, ground_penetration)])
def test_ten_centimetres_over_or_under_the_floor_score_nothing(humanoid, height, sub_score):
    qpos = still(humanoid)
    qpos[:, 2] += height
    found = sub_score(evidence_of(humanoid, qpos))
    assert found.scores.max() == 0.0
    assert found.measure == pytest.approx(abs(height), abs=1e-6)


def test_in_free_fall_feet_may_be_anywhere(humanoid):
    qpos = still(humanoid, 90)
    qpos[:, 2] += 20 - 0.5 * 9.81 * (np.arange(90) / FPS) ** 2
    assert foot_float(evidence_of(humanoid, qpos, contacts=0)).scores[20:-20].min() > 0.4


def test_sliding_while_standing_is_measured_in_metres_a_second(humanoid):
    qpos = still(humanoid)
    qpos[:, 0] += 0.5 * np.arange(60) / FPS
    found = foot_slip(evidence_of(humanoid, qpos))
    assert found.measure[10:-10] == pytest.approx(0.5, abs=1e-3)
    assert found.scores.max() == 0.0


def test_on_a_belt_the_same_slide_is_no_slide(humanoid):
    qpos = still(humanoid)
    qpos[:, 0] -= 0.5 * np.arange(60) / FPS
    assert foot_slip(evidence_of(humanoid, qpos, belt_speed=0.5)).scores[10:-10].min() > 0.99


def test_a_lean_of_twenty_degrees_is_out_of_balance(humanoid):
    qpos = still(humanoid)
    lean = np.radians(20)
    qpos[:, 3:7] = [np.cos(lean / 2), 0, np.sin(lean / 2), 0]
    qpos[:, :3] = [np.sin(lean) * qpos[0, 2], 0, np.cos(lean) * qpos[0, 2]]
    assert balance(evidence_of(humanoid, qpos)).scores.max() < 0.7


def test_falling_onto_the_next_foothold_is_walking(humanoid):
    """The same body ahead of its feet is caught if a foot comes down there soon."""
    qpos = still(humanoid, 60)
    qpos[:, 0] += 0.8 * np.arange(60) / FPS
    flags = np.ones((60, 2), dtype=np.uint8)
    flags[:, 1] = 0
    caught = flags.copy()
    caught[40:, 1] = 1
    moved = evidence_of(humanoid, qpos, flags=flags), evidence_of(humanoid, qpos, flags=caught)
    alone, walking = (balance(e).measure[25:38].mean() for e in moved)
    assert walking <= alone


def test_a_foothold_that_nobody_saw_is_not_one_that_is_missing(humanoid):
    """One foot lifts and nobody sees whether it comes down: balance is judged up to a step's time before that."""
    qpos = still(humanoid, 120)
    qpos[:, 0] += 0.8 * np.arange(120) / FPS
    flags = np.ones((120, 2), dtype=np.uint8)
    flags[10:, 1] = 0
    lost = flags.copy()
    lost[80:] = 2
    seen, unseen = (balance(evidence_of(humanoid, qpos, flags=f)).measure for f in (flags, lost))
    assert seen[20:70].max() > 0.0
    assert np.array_equal(unseen[:31], seen[:31])  # 0.8 s are 48 frames
    assert unseen[32:80].max() == 0.0


def test_reasons_speak_of_the_frames_that_count(humanoid):
    qpos = still(humanoid, 90)
    qpos[30:60, 2] -= 0.10
    evidence = evidence_of(humanoid, qpos, cutoff=25.0)
    lost = np.zeros(90, dtype=bool)
    lost[20:70] = True
    assert " 0.0 cm under" not in ground_penetration(evidence).explanation
    assert " 0.0 cm under" in ground_penetration(replace(evidence, bridged=lost)).explanation


def test_a_square_by_hand():
    corners = np.array([[[0.0, 0], [1, 0], [1, 1], [0, 1]]])
    use = np.ones((1, 4), dtype=bool)
    inside, beside = (outside_hull(np.array([p]), corners, use)[0] for p in ([0.5, 0.5], [1.3, 0.5]))
    assert (inside, beside) == pytest.approx((0.0, 0.3))
    assert outside_hull(np.array([[9.0, 9.0]]), corners, ~use)[0] == 0.0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_any_mixture_of_corners_is_inside(seed):
    rng = np.random.default_rng(seed)
    corners, share = rng.normal(0, 1, (1, 6, 2)), rng.dirichlet(np.ones(6))
    assert outside_hull((share @ corners[0])[None], corners, np.ones((1, 6), dtype=bool))[0] < 1e-9
