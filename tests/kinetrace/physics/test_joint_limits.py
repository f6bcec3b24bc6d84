import pytest

from kinetrace.physics.joint_limits import LIMITS, limit_of


def test_both_sides_share_one_limit():
    assert limit_of("r_knee_flexion") is limit_of("l_knee_flexion") is LIMITS["knee_flexion"]


def test_every_range_holds_the_standing_pose_and_every_bound_is_positive():
    for limit in LIMITS.values():
        assert limit.low < 0 < limit.high
        assert min(limit.torque, limit.speed) > 0


def test_an_unknown_degree_of_freedom_is_an_error():
    with pytest.raises(KeyError, match="tail_wag"):
        limit_of("l_tail_wag")
