from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.robotics.body import Body
from adapters.robotics.quality import assess, bridge_gaps, root_excursions, root_jumps, single_sample_excursions
from kinetrace.motion.skeletons import INDEX
from schemas.adapter import AdapterParams
from schemas.motion import Reason, Validity


def _walk(frames: int = 100, fps: float = 60.0) -> Body:
    body = Body.empty(frames)
    body.positions[:] = np.arange(21)[None, :, None] * 0.05
    body.positions[:, :, 0] += (1.3 * np.arange(frames) / fps)[:, None]
    body.validity[:] = Validity.MEASURED
    return body


def _assess(body: Body) -> np.ndarray:
    return assess(body, 60.0, AdapterParams(repair="off"), np.zeros(len(body.positions), dtype=np.uint32))


def test_a_clean_walk_has_no_reason() -> None:
    body = _walk()
    before = body.positions.copy()
    assert not _assess(body).any()
    np.testing.assert_array_equal(body.positions, before)


def test_a_single_wild_sample_is_removed_bridged_and_marked() -> None:
    body, truth = _walk(), _walk().positions
    body.positions[40, INDEX["r_knee"]] += (0.0, 0.4, 0.0)
    reasons = _assess(body)
    np.testing.assert_array_equal(np.flatnonzero(reasons), [40])
    assert reasons[40] == Reason.OUTLIER | Reason.GAP_FILLED
    np.testing.assert_allclose(body.positions, truth, atol=1e-9)
    assert body.validity[40, INDEX["r_knee"]] == Validity.INFERRED


def test_a_real_jump_is_flagged_and_left() -> None:
    body = _walk()
    body.positions[50:, :, 2] += 0.3
    before = body.positions.copy()
    reasons = _assess(body)
    np.testing.assert_array_equal(np.flatnonzero(reasons), [50])
    assert reasons[50] == Reason.JUMP | Reason.ROOT_JUMP
    np.testing.assert_array_equal(body.positions, before)


@pytest.mark.parametrize(("length", "filled"), [(1, True), (7, True), (8, False)])
def test_a_gap_is_bridged_up_to_the_limit_and_no_further(length: int, filled: bool) -> None:
    body, truth, column = _walk(), _walk().positions, INDEX["l_ankle"]
    body.positions[30 : 30 + length, column] = np.nan
    body.validity[30 : 30 + length, column] = Validity.MISSING
    reasons = _assess(body)
    gap = slice(30, 30 + length)  # 0.12 s are 7.2 frames at 60 Hz
    if filled:
        np.testing.assert_allclose(body.positions[gap, column], truth[gap, column], atol=1e-9)
        assert (reasons[gap] == Reason.GAP_FILLED).all() and (body.validity[gap, column] == Validity.INFERRED).all()
    else:
        assert (reasons[gap] == Reason.JOINT_MISSING).all() and np.isnan(body.positions[gap, column]).all()


def test_a_joint_that_the_source_never_has_is_not_missing() -> None:
    body = _walk()
    body.positions[:, INDEX["head"]] = np.nan
    body.validity[:, INDEX["head"]] = Validity.MISSING
    assert not _assess(body).any()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 6))
def test_a_bridge_never_leaves_the_range_of_its_ends(seed: int, length: int) -> None:
    rng = np.random.default_rng(seed)
    points = np.cumsum(rng.normal(size=(20, 3)), axis=0)
    points[8 : 8 + length] = np.nan
    assert bridge_gaps(points, 6).sum() == length
    ends = np.sort(points[[7, 8 + length]], axis=0)
    inside = points[8 : 8 + length]
    assert (inside >= ends[0] - 1e-9).all() and (inside <= ends[1] + 1e-9).all()


def test_nothing_is_filled_before_the_first_or_after_the_last_sample() -> None:
    points = np.ones((10, 3))
    points[:2] = points[-2:] = np.nan
    assert not bridge_gaps(points, 6).any()


def test_a_fast_walk_at_ten_frames_a_second_is_no_leap_but_a_leap_is() -> None:
    root = np.zeros((20, 3))
    root[:, 0] = np.arange(20) * 0.2
    assert not root_jumps(root, 0.05).any()
    root[10:, 2] += 0.09
    np.testing.assert_array_equal(np.flatnonzero(root_jumps(root, 0.05)), [10])


def test_an_excursion_of_two_samples_is_not_a_single_sample() -> None:
    points = np.zeros((10, 3))
    points[4:6] = 1.0
    assert not single_sample_excursions(points, 60.0, 12.0).any()


def test_a_root_that_leaps_away_and_back_is_taken_out_bridged_and_marked() -> None:
    body, truth = _walk(), _walk().positions
    body.positions[50:56] += (0.02, 0.0, 0.09)
    reasons = _assess(body)
    np.testing.assert_allclose(body.positions, truth, atol=1e-9)
    away = np.zeros(len(truth), dtype=bool)
    away[50:56] = True
    assert (reasons[away] & (Reason.ROOT_JUMP | Reason.GAP_FILLED) == Reason.ROOT_JUMP | Reason.GAP_FILLED).all()
    assert (body.validity[away] == Validity.INFERRED).all()
    assert not reasons[~away].any()


def test_a_root_that_stays_away_is_flagged_and_left_as_it_is() -> None:
    body = _walk()
    body.positions[50:] += (0.0, 0.0, 0.09)
    before = body.positions.copy()
    reasons = _assess(body)
    np.testing.assert_array_equal(np.flatnonzero(reasons), [50])
    np.testing.assert_array_equal(body.positions, before)


@pytest.mark.parametrize(("away", "found"), [(1, True), (7, True), (8, False)])
def test_a_body_that_leaps_away_and_back_is_taken_out_while_it_is_away(away: int, found: bool) -> None:
    body, truth = _walk(), _walk().positions
    body.positions[40 : 40 + away, :, 2] += 0.09
    reasons = _assess(body)
    gone = slice(40, 40 + away)
    if found:
        assert ((reasons[gone] & int(Reason.ROOT_JUMP)) != 0).all()
        np.testing.assert_allclose(body.positions, truth, atol=1e-9)
        assert (
            (body.validity[gone] == Validity.INFERRED).all()
            and not reasons[:40].any()
            and not reasons[40 + away :].any()
        )
    else:
        np.testing.assert_array_equal(np.flatnonzero(reasons & int(Reason.ROOT_JUMP)), [40, 48])


def test_two_excursions_in_a_row_do_not_make_home_an_excursion() -> None:
    root = np.zeros((40, 3))
    root[10:14, 2] = root[18:22, 2] = 0.1
    away = root_excursions(root, 0.05, 7)
    np.testing.assert_array_equal(np.flatnonzero(away), [10, 11, 12, 13, 18, 19, 20, 21])


def test_a_leap_out_of_nowhere_is_judged_without_a_warning() -> None:
    root = np.zeros((40, 3))
    root[5:12] = np.nan
    root[13:15, 2] = 0.1
    np.testing.assert_array_equal(np.flatnonzero(root_excursions(root, 0.05, 7)), [13, 14])
