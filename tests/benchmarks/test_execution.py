import numpy as np
import pytest

from benchmarks.execution import (
    REPORTED,
    _clip,
    _first_seconds,
    _needs_more,
    _share,
    _worst,
    carry_out,
    measure,
    prepare,
    trials,
)
from kinetrace.physics.corruptions import CORRUPTIONS, Clip, corrupt
from kinetrace.store.workspace import Workspace
from schemas.errors import UncheckableError
from schemas.sim_execution import Outcome


def outcome(force=0.0, moment=0.0, labels=("no_fall", "tracking_within", "stays")):
    return Outcome(
        variant=-1, success=True, labels=labels, reasons=(), root_force_rms_bw=force, root_moment_rms_bwh=moment,
        torque_saturation_fraction=0.0, tracking_error_mean_m=0.01, tracking_error_max_m=0.02, foot_slip_m=0.0,
        reference_change_mm=8.0, assistance_cost=1e5, fell=False,
    )  # fmt: skip


def test_a_clip_is_completed_when_it_neither_falls_nor_leaves_its_plan_and_does_its_task():
    assert _clip("a", outcome())["a.completed"].holds
    assert not _clip("a", outcome(labels=("fell", "tracking_within", "stays")))["a.completed"].holds
    assert not _clip("a", outcome(labels=("no_fall", "tracking_exceeded", "stays")))["a.completed"].holds
    assert not _clip("a", outcome(labels=("no_fall", "tracking_within", "stays_missed")))["a.completed"].holds


def test_assistance_is_held_against_the_goals_in_percent():
    figures = _clip("a", outcome(force=0.051, moment=0.019))
    assert (figures["a.assist_force"].value, figures["a.assist_force"].holds) == (5.1, False)
    assert (figures["a.assist_moment"].value, figures["a.assist_moment"].holds) == (1.9, True)
    assert figures["a.tracking_mm"].value == 10.0


def test_a_movement_is_as_good_as_its_worst_clip():
    figures = _worst("walk", [outcome(0.01, 0.001), outcome(0.002, 0.03)])
    assert (figures["walk.force"].value, figures["walk.moment"].value) == (1.0, 3.0)
    assert not figures["walk.moment"].holds


def test_needing_more_is_a_percent_of_force_or_half_a_percent_of_moment():
    assert not _needs_more(outcome(0.009, 0.004), outcome())
    assert _needs_more(outcome(0.011, 0.0), outcome())
    assert _needs_more(outcome(0.0, 0.006), outcome())


def test_only_what_is_impossible_has_a_goal():
    assert not _share("float", [True, False]).holds
    assert _share("float", [True, True]).holds
    assert _share("speed_double", [False]).holds is None
    assert REPORTED.keys() < CORRUPTIONS.keys()


def test_a_spoilt_clip_is_at_most_six_seconds_long():
    clip = Clip(np.zeros((1000, 21, 3)), np.full((1000, 21), 2, dtype=np.uint8), 100.0)
    assert len(_first_seconds(clip).positions) == 600


def test_a_recorded_walk_goes_unaided_and_the_same_walk_in_the_air_does_not(recordings, tmp_path):
    (trial,) = (trial for trial in trials(recordings, tmp_path) if trial.key == "walking1")
    prepared = prepare(trial)
    executed, found = carry_out(prepared, prepared.clip)
    assert found.success, found.reasons
    assert found.root_force_rms_bw < 0.01
    assert found.root_moment_rms_bwh < 0.01
    assert executed.simulation.depth[50:].max() < 0.02
    floating = carry_out(prepared, corrupt("float", prepared.clip, 0))[1]
    assert not floating.success
    assert floating.root_force_rms_bw > 0.1


def test_without_the_recordings_nothing_is_measured(monkeypatch, tmp_path):
    monkeypatch.setenv("KINETRACE_DATA", str(tmp_path))
    with pytest.raises(UncheckableError, match=r"MANIFEST\.md"):
        measure(Workspace(tmp_path))
