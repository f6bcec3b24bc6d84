from __future__ import annotations

import numpy as np
import pytest
from made_lifter import STANDING, made_take

from kinetrace.models.keypoints import KEYPOINTS
from kinetrace.motion.skeletons import INDEX
from kinetrace.training.lifter.trials import EVERY, VIEWS, chosen, statures, trials


def test_a_view_from_in_front_sees_the_left_side_on_its_right() -> None:
    for trial in trials([made_take(frames=30)], {"ui_prmd_s01": 1.75}, 30.0, 0.0):
        rays = trial.rays[trial.whole].mean(axis=0)
        left, right = (rays[KEYPOINTS.index(f"{s}_shoulder")] for s in "lr")
        # Positive where the right shoulder lies to the right of the left one as the camera sees it.
        turn = float(np.cross(left, right)[1])
        assert {"front": turn > 0, "back": turn < 0, "side": True}[trial.view]


def test_the_same_trials_every_time_and_others_in_another_round() -> None:
    take, tall = [made_take(frames=30)], {"ui_prmd_s01": 1.75}
    first, again, other = (next(iter(trials(take, tall, 30.0, 1.0, k))) for k in (0, 0, 1))
    assert np.array_equal(first.rays, again.rays) and not np.array_equal(first.rays, other.rays)


def test_the_truth_is_in_statures_about_the_pelvis() -> None:
    take = made_take(frames=30)
    found = list(trials([take], {"ui_prmd_s01": 2.0}, 30.0, 0.0))
    assert [t.view for t in found] == list(VIEWS)
    want = (take.positions - take.positions[:, :1]) / 2.0
    np.testing.assert_allclose(found[0].truth, want, atol=1e-5)
    assert len(next(iter(trials([take], {"ui_prmd_s01": 2.0}, 60.0, 0.0))).rays) == 59


def test_a_stature_is_the_vertex_or_for_cmu_the_leg_by_hand() -> None:
    still, cmu = made_take(), made_take(source="cmu_expmap", subject="cmu_walking", movement="walking")
    jump = made_take(movement="jump", take="j")
    for one in (still, cmu, jump):
        one.positions[:] = STANDING
    jump.positions[..., 1] += 0.4
    found = statures((still, cmu, jump))
    assert found["ui_prmd_s01"] == pytest.approx(STANDING[INDEX["head"], 1])
    assert found["cmu_walking"] == pytest.approx((0.42 + 0.43) / 0.491)


def test_of_ui_prmd_every_fifth_take_is_looked_at_and_of_others_all() -> None:
    prmd = [made_take(take=f"e{k}") for k in range(11)]
    rest = [made_take(source="opencap_s4", subject="opencap_s4", take=f"t{k}") for k in range(3)]
    assert [t.name for t in chosen((*prmd, *rest))] == [t.name for t in (*rest, *prmd[::EVERY])]


def test_of_cmu_only_legs_are_measured() -> None:
    cmu = made_take(source="cmu_expmap", subject="cmu_walking", movement="walking", take="test_walking_1")
    count = [len(next(iter(trials([t], {t.subject: 1.75}, 30.0, 0.0))).judged) for t in (cmu, made_take())]
    assert count == [10, 20]
