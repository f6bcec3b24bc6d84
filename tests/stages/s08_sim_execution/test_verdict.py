import numpy as np
import pytest

from kinetrace.physics.tracking import Execution
from schemas.sim_execution import SimExecutionParams
from stages.s08_sim_execution.execution import Executed, first_fall
from stages.s08_sim_execution.verdict import judge

PARAMS = SimExecutionParams()


def executed(force=0.0, moment=0.0, slip=0.0, error=0.01, height=None, rows=101, change=0.01, overlap=0.0, broke=None):
    qpos = np.zeros((rows, 7))
    qpos[:, 2] = 0.9 if height is None else height
    simulation = Execution(
        qpos=qpos,
        root_force=np.full(rows, force),
        root_moment=np.full(rows, moment),
        saturated=np.full(rows, 0.25),
        slip_speed=np.tile([slip, 0.0], (rows, 1)),
        load=np.full((rows, 2), 0.5),
        depth=np.zeros(rows),
        broke=broke,
        timestep_s=0.002,
    )
    pelvis = np.tile([0.0, 0.9, 0.0], (7, 1))
    errors = np.linspace(0.0, error, 7)
    return Executed(simulation, np.arange(7) * 16, errors, pelvis, pelvis, np.full(7, change), overlap, 1e5)


def verdict(done):
    return judge(done, 3, "balance", 0.002, PARAMS)


def test_a_motion_within_every_bound_succeeds_with_a_label_for_each():
    found = verdict(executed())
    assert found.success
    assert found.reasons == ()
    assert found.labels == (
        "no_fall", "root_force_within", "root_moment_within", "tracking_within", "slip_within", "body_apart", "plan_kept",
        "stays",
    )  # fmt: skip
    assert found.torque_saturation_fraction == 0.25
    assert found.variant == 3


@pytest.mark.parametrize(
    ("what", "label", "words"),
    [
        ({"force": 0.06}, "root_force_exceeded", "root force 0.060 BW above 0.05 BW"),
        ({"moment": 0.03}, "root_moment_exceeded", "root moment 0.030 BW height above 0.02 BW height"),
        ({"slip": 0.12}, "slip_exceeded", "foot slip 0.120 m/s above 0.1 m/s"),
        ({"error": 0.2}, "tracking_exceeded", "tracking error 0.200 m above 0.15 m"),
        ({"overlap": 0.06}, "body_overlaps", "body parts overlap by 0.060 m, above 0.05 m"),
        ({"change": 0.05}, "plan_changed", "feet put on the floor by 0.050 m, above 0.04 m"),
    ],
)
def test_one_bound_too_many_fails_and_says_which(what, label, words):
    found = verdict(executed(**what))
    assert not found.success
    assert label in found.labels
    assert found.reasons == (words,)


def test_a_bound_that_is_just_met_is_met():
    assert verdict(executed(error=0.15, overlap=0.05)).success


def test_a_fall_is_found_at_its_moment():
    height = np.full(101, 0.9)
    height[60:] = 0.5  # 0.54 is 60 % of 0.9
    done = executed(height=height)
    assert first_fall(done, 0.6) == 60
    found = verdict(done)
    assert found.fell
    assert found.fall_time_s == pytest.approx(0.12)
    assert "fell" in found.labels


def test_a_simulation_that_broke_counts_as_a_fall():
    done = executed(broke=70)
    assert first_fall(done, 0.6) == 70
    found = verdict(done)
    assert found.fell
    assert found.fall_time_s == pytest.approx(0.14)


def test_mean_and_worst_tracking_and_what_was_changed_beforehand_are_reported():
    found = verdict(executed(error=0.06, change=0.012))
    assert found.tracking_error_mean_m == pytest.approx(0.03)
    assert found.tracking_error_max_m == pytest.approx(0.06)
    assert found.reference_change_mm == pytest.approx(12.0)
    assert found.assistance_cost == 1e5
