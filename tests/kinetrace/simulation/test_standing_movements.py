"""Squat, sit-to-stand and quiet standing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.motion.skeletons import BONES, INDEX
from kinetrace.simulation.balance import SWAY_AHEAD, stand
from kinetrace.simulation.minimum_jerk import minimum_jerk
from kinetrace.simulation.person import make_person
from kinetrace.simulation.room import SEAT_HEIGHT
from kinetrace.simulation.sit_to_stand import HIP_OVER_SEAT, rise_and_sit
from kinetrace.simulation.squat import KNEE_BOTTOM, squat
from kinetrace.simulation.standing import SHANKS, THIGHS, TRUNK_CENTRE, TRUNK_MASS, balancing_lean, hip_over_ankle
from kinetrace.simulation.truth import Truth, sagittal_angles
from schemas.errors import UsageError

PERSON = make_person(1.70, 65.0, "f")
FEET = [INDEX[f"{s}_{p}"] for s in "lr" for p in ("ankle", "heel", "toe")]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


@pytest.mark.parametrize(
    "truth", [squat(PERSON, 8.0, 60.0, 2), rise_and_sit(PERSON, 8.0, 60.0, 2), stand(PERSON, 5.0, 60.0, rng())],
    ids=["squat", "sit_to_stand", "balance"],
)  # fmt: skip
def test_feet_are_still_and_bones_are_constant(truth: Truth) -> None:
    assert np.ptp(truth.positions[:, FEET], axis=0).max() == 0.0
    for a, b in BONES:
        assert float(np.ptp(np.linalg.norm(truth.positions[:, a] - truth.positions[:, b], axis=-1))) < 1e-9


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 6))
def test_there_are_as_many_squats_as_asked(count: int) -> None:
    truth = squat(PERSON, 2 + 2.5 * count, 60.0, count)
    knee = np.degrees(sagittal_angles(truth.positions)[:, 1])
    deep = knee > 50
    assert len(truth.repetitions) == count
    assert int(np.sum(np.diff(deep.astype(int)) == 1)) == count
    assert knee.max() == pytest.approx(np.degrees(KNEE_BOTTOM), abs=1.0)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.05, 0.55), st.floats(0.1, 1.75))
def test_the_balancing_trunk_puts_the_masses_over_one_point(shank: float, knee: float) -> None:
    s, k = np.array([shank]), np.array([knee])
    lean = float(balancing_lean(PERSON, s, k)[0])
    hip, knee_x = float(hip_over_ankle(PERSON, s, k)[0, 0]), PERSON.shank * np.sin(shank)
    trunk = hip + TRUNK_CENTRE * PERSON.hip_to_shoulder * np.sin(lean)
    total = (
        TRUNK_MASS * trunk + THIGHS[0] * (knee_x + THIGHS[1] * (hip - knee_x)) + SHANKS[0] * SHANKS[1] * knee_x
    ) / (TRUNK_MASS + THIGHS[0] + SHANKS[0])
    if -0.2 < np.sin(lean) < 0.93:
        assert total == pytest.approx(0.35 * PERSON.toe_forward, abs=1e-9)


def test_sitting_hips_are_over_the_seat_and_standing_hips_above_four_fifths_of_it() -> None:
    truth = rise_and_sit(PERSON, 15.0, 60.0, 5)
    height = truth.positions[:, INDEX["pelvis"], 1]
    assert truth.seat_height_m == SEAT_HEIGHT
    assert height[0] == pytest.approx(SEAT_HEIGHT + HIP_OVER_SEAT * 1.70, abs=1e-6)
    assert height.max() > height[0] + 0.25
    for start, seat_off, end in truth.repetitions:
        assert start < seat_off < end <= 14.5 + 1e-9
        assert height[int(seat_off * 60)] == pytest.approx(height[0], abs=0.005)


def test_quiet_standing_sways_by_the_published_millimetres() -> None:
    truth = stand(PERSON, 40.0, 60.0, rng(3))
    hips = truth.positions[:, INDEX["pelvis"]]
    share = hips[:, 1].mean() / (0.55 * 1.70)
    assert 1000 * hips[:, 0].std() == pytest.approx(1000 * SWAY_AHEAD * share, rel=0.15)
    assert 1.0 < 1000 * hips[:, 2].std() < 6.0


def test_minimum_jerk_is_half_way_in_the_middle_and_fastest_there() -> None:
    time = np.linspace(0, 2, 201)
    path = minimum_jerk(time, 0.5, 1.5)
    assert path[0] == 0.0
    assert path[-1] == 1.0
    assert path[100] == pytest.approx(0.5)
    assert np.gradient(path, time).max() == pytest.approx(1.875, rel=1e-3)


def test_more_squats_than_fit_are_refused() -> None:
    with pytest.raises(UsageError, match=r"repetitions: expected 1 to 2 in 5 s, found 9"):
        squat(PERSON, 5.0, 60.0, 9)
