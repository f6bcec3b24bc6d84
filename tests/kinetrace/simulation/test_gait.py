"""Walking: feet that do not skate, bones that do not stretch, angles as people have them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.motion.skeletons import BONES, INDEX
from kinetrace.simulation.gait import walk
from kinetrace.simulation.gait_curves import TOE_OFF, hip_flexion, knee_flexion
from kinetrace.simulation.person import make_person
from kinetrace.simulation.stride import REFERENCE_LEG, make_stride
from kinetrace.simulation.truth import sagittal_angles
from schemas.errors import UsageError

people = st.tuples(st.floats(0.9, 2.2), st.sampled_from(["f", "m", "unknown"]), st.floats(0.8, 1.4))


@settings(max_examples=15, deadline=None)
@given(people)
def test_a_foot_that_bears_turns_about_a_point_that_stays_within_a_tenth_of_a_millimetre(
    who: tuple[float, str, float],
) -> None:
    height, sex, pace = who
    person = make_person(height, 70.0, sex)  # type: ignore[arg-type]
    truth = walk(person, 3.0, 60.0, pace * float(np.sqrt(person.leg / REFERENCE_LEG)))
    for side, prefix in enumerate("lr"):
        heel, toe = (truth.positions[:, INDEX[f"{prefix}_{name}"]] for name in ("heel", "toe"))
        down = truth.contacts[:, side] > 0
        bears = down[1:] & down[:-1]
        step = np.minimum(*(np.linalg.norm(np.diff(p, axis=0), axis=1) for p in (heel, toe)))
        level = np.minimum(heel[:, 1], toe[:, 1])[down]
        assert 1000 * np.abs(level).max() < 0.1
        assert 1000 * step[bears].max() < 0.1


@settings(max_examples=15, deadline=None)
@given(people)
def test_bones_are_constant_and_nothing_is_below_the_floor(who: tuple[float, str, float]) -> None:
    height, sex, pace = who
    person = make_person(height, 70.0, sex)  # type: ignore[arg-type]
    truth = walk(person, 2.5, 60.0, pace * float(np.sqrt(person.leg / REFERENCE_LEG)))
    for a, b in BONES:
        length = np.linalg.norm(truth.positions[:, a] - truth.positions[:, b], axis=-1)
        assert float(np.ptp(length)) < 1e-9
    assert truth.positions[..., 1].min() > -1e-4


def test_an_ordinary_walk_has_normative_angles() -> None:
    truth = walk(make_person(1.75, 70.0, "m"), 4.0, 60.0)
    hip, knee, ankle = np.degrees(sagittal_angles(truth.positions)[:, :3]).T
    assert 55 < knee.max() < 70
    assert 0 <= knee.min() < 10
    assert 28 < hip.max() < 42
    assert -16 < hip.min() < -4
    assert 8 < ankle.max() < 25
    assert -30 < ankle.min() < -10


def test_the_knee_stays_near_its_normative_curve_over_the_whole_stride() -> None:
    person = make_person(1.75, 70.0, "m")
    stride = make_stride(person, None)
    truth = walk(person, 2 * stride.duration, 200.0)
    knee = np.degrees(sagittal_angles(truth.positions)[:, 4])
    norm = np.degrees(knee_flexion(np.mod(truth.time / stride.duration, 1.0)))
    assert np.sqrt(np.mean((knee - norm) ** 2)) < 8.0


def test_speed_step_and_cadence_agree_and_the_events_say_so() -> None:
    person = make_person(1.72, 70.0, "unknown")
    stride = make_stride(person, 1.2)
    truth = walk(person, 6.0, 60.0, 1.2)
    assert stride.length == pytest.approx(1.2 * stride.duration)
    strikes = [e.time_s for e in truth.events if e.kind == "heel_strike" and e.side == "left"]
    offs = [e.time_s for e in truth.events if e.kind == "toe_off" and e.side == "left"]
    np.testing.assert_allclose(np.diff(strikes), stride.duration)
    assert offs[0] - strikes[0] == pytest.approx(TOE_OFF * stride.duration)
    way = truth.positions[-1, 0, 0] - truth.positions[0, 0, 0]
    assert way == pytest.approx(1.2 * truth.time[-1], abs=0.01)


def test_walk_ratio_gives_the_cadence_by_hand() -> None:
    person = make_person(1.75, 70.0, "m")
    stride = make_stride(person, 1.2)
    ratio = 0.0062 * (person.leg / 0.83) ** 1.5
    assert 120 / stride.duration == pytest.approx(np.sqrt(60 * 1.2 / ratio))


def test_normative_curves_are_periodic_and_pass_their_own_table() -> None:
    u = np.array([0.0, 0.72])
    assert np.degrees(knee_flexion(u))[1] == pytest.approx(63.4, abs=2.0)
    np.testing.assert_allclose(hip_flexion(u), hip_flexion(u + 1.0), atol=1e-12)


def test_a_speed_that_these_curves_do_not_hold_for_is_refused() -> None:
    with pytest.raises(UsageError, match=r"speed: expected 0\.81 to 1\.42 m/s for this person, found 3 m/s"):
        walk(make_person(1.75, 70.0, "m"), 2.0, 60.0, 3.0)
