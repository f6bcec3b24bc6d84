import numpy as np
import pytest
from made_people import FPS, evidence_of, still


def test_ends_and_bridged_frames_are_not_judged(humanoid):
    evidence = evidence_of(humanoid, still(humanoid))
    lost = np.zeros(60, dtype=bool)
    lost[30] = True
    evidence = type(evidence)(**{**vars(evidence), "bridged": lost})
    assert np.flatnonzero(~evidence.judged).tolist() == [0, 1, 30, 58, 59]


def test_a_standing_body_loads_the_floor_in_full_and_a_falling_one_not_at_all(humanoid):
    qpos = still(humanoid, 90)
    assert evidence_of(humanoid, qpos).load == pytest.approx(1.0)
    qpos[:, 2] += 20 - 0.5 * 9.81 * (np.arange(90) / FPS) ** 2
    assert evidence_of(humanoid, qpos, contacts=0).load[20:-20].max() < 0.1


def test_on_a_belt_of_one_metre_a_second_a_second_later_is_a_metre_on(humanoid):
    evidence = evidence_of(humanoid, still(humanoid, 61), belt_speed=1.0)
    assert evidence.com[60, 0] - evidence.com[0, 0] == pytest.approx(1.0)
    assert evidence.soles[60, 0, 0, 0] - evidence.soles[0, 0, 0, 0] == pytest.approx(1.0)


def test_a_peak_shorter_than_the_low_pass_spreads_a_force_is_levelled_and_a_longer_one_stays(humanoid):
    evidence = evidence_of(humanoid, still(humanoid, 60))
    short, long = np.zeros(60), np.zeros(60)
    short[20:24], long[20:26] = 1.0, 1.0  # 1/12 s is five frames at 60 Hz
    assert evidence.lasting(short).max() == 0.0
    assert np.array_equal(evidence.lasting(long), long)
    assert (evidence.lasting(short + long) <= short + long).all()
