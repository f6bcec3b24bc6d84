import numpy as np
import pytest

from kinetrace.physics.tracking import Execution
from schemas.sim_execution import Correction, SimExecutionParams
from stages.s08_sim_execution.execution import Executed
from stages.s08_sim_execution.verdict import corrected, first_fall, judge

PARAMS = SimExecutionParams()


def executed(force=0.0, moment=0.0, slip=0.0, error=0.01, height=None, rows=101):
    qpos = np.zeros((rows, 7))
    qpos[:, 2] = 0.9 if height is None else height
    simulation = Execution(
        qpos=qpos,
        root_force=np.full(rows, force),
        root_moment=np.full(rows, moment),
        saturated=np.full(rows, 0.25),
        slip_speed=np.tile([slip / (rows * 0.002), 0.0], (rows, 1)),
        load=np.full((rows, 2), 0.5),
        timestep_s=0.002,
    )
    pelvis = np.tile([0.0, 0.9, 0.0], (7, 1))
    return Executed(simulation, np.arange(7) * 16, np.full(7, error), pelvis, pelvis)


def verdict(done):
    return judge(done, 3, "balance", 0.002, PARAMS)


def test_a_motion_within_every_bound_succeeds_with_a_label_for_each():
    found = verdict(executed())
    assert found.success
    assert found.reasons == ()
    assert found.labels == (
        "no_fall", "root_force_within", "root_moment_within", "tracking_within", "slip_within", "stays",
    )  # fmt: skip
    assert found.torque_saturation_fraction == 0.25
    assert found.variant == 3


@pytest.mark.parametrize(
    ("what", "label", "words"),
    [
        ({"force": 0.31}, "root_force_exceeded", "root force 0.310 BW above 0.3 BW"),
        ({"moment": 0.11}, "root_moment_exceeded", "root moment 0.110 BW height above 0.1 BW height"),
        ({"slip": 0.12}, "slip_exceeded", "foot slip 0.120 m above 0.1 m"),
        ({"error": 0.2}, "tracking_exceeded", "tracking error 0.200 m above 0.15 m"),
    ],
)
def test_one_bound_too_many_fails_and_says_which(what, label, words):
    found = verdict(executed(**what))
    assert not found.success
    assert label in found.labels
    assert found.reasons == (words,)


def test_a_bound_that_is_just_met_is_met():
    assert verdict(executed(force=0.3, error=0.15)).success


def test_a_fall_is_found_at_its_moment():
    height = np.full(101, 0.9)
    height[60:] = 0.5  # 0.54 is 60 % of 0.9
    done = executed(height=height)
    assert first_fall(done, 0.6) == 60
    found = verdict(done)
    assert found.fell
    assert found.fall_time_s == pytest.approx(0.12)
    assert "fell" in found.labels


def test_the_correction_is_added_and_nothing_else_changes():
    found = verdict(executed(force=1.0))
    with_it = corrected(found, Correction(fraction=0.5, joint_change_mm=3.0, latent_change=0.1))
    assert with_it.correction.fraction == 0.5
    assert with_it.model_copy(update={"correction": None}) == found
