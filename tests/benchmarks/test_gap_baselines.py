from __future__ import annotations

import numpy as np
import pytest
from made_swaying import swaying

from benchmarks.gap_baselines import Kalman, copy_last, cubic_spline, filled, linear, rigid
from kinetrace.motion.skeletons import INDEX

T = 60
SEEN = np.ones(T, dtype=bool)
SEEN[25:35] = False
t = np.arange(T) / 60.0


@pytest.mark.parametrize("fill", [linear, cubic_spline, Kalman(1000.0, 60.0)])
def test_a_straight_line_is_filled_by_all_but_copying(fill: object) -> None:
    line = np.stack((3 * t, 1 - t), axis=1)
    made = fill(np.where(SEEN[:, None], line, 7.0), SEEN)  # type: ignore[operator]
    assert np.abs(made - line)[~SEEN].max() < 2e-3
    assert np.abs(copy_last(line, SEEN)[~SEEN] - line[24]).max() == 0.0


def test_a_parabola_needs_more_than_a_line_and_a_constant_acceleration_is_the_kalman_smoother_s_own() -> None:
    curve = (4 * t**2)[:, None]
    off = [np.abs(f(curve, SEEN) - curve)[~SEEN].max() for f in (linear, cubic_spline, Kalman(1e4, 60.0))]
    assert off[0] == pytest.approx(4 * (5.5 / 60) ** 2, rel=0.02)
    assert off[1] < 0.01 * off[0] and off[2] < 0.01 * off[0]


def test_only_wanted_samples_are_filled_and_what_is_hidden_has_no_say() -> None:
    clean = swaying(120)
    visible = np.ones((120, 21), dtype=bool)
    visible[40:60, 3:6] = False
    wanted = ~visible
    wanted[:, 5] = False
    spoilt = np.where(visible[..., None], clean, 1e3)
    out = filled(spoilt, visible, wanted, cubic_spline)
    np.testing.assert_array_equal(out[~wanted], spoilt[~wanted])
    assert np.linalg.norm(out - clean, axis=2)[wanted].max() < 0.05


def test_a_limb_that_rides_on_its_root_follows_a_stumble() -> None:
    clean = swaying(120)
    clean[45:55] += 0.1 * np.hanning(10)[:, None, None] * np.array([0.0, 1.0, 0.0])
    visible = np.ones((120, 21), dtype=bool)
    columns = [INDEX["l_elbow"], INDEX["l_wrist"]]
    visible[40:60, columns] = False
    wanted = ~visible
    alone, riding = (
        np.linalg.norm(m - clean, axis=2)[wanted].mean()
        for m in (filled(clean, visible, wanted, cubic_spline), rigid(clean, visible, wanted))
    )
    assert riding < 0.3 * alone


def test_a_spline_through_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        cubic_spline(np.zeros((5, 1)), np.zeros(5, dtype=bool))
