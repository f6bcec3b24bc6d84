"""One real walk through the whole comparison, and the laws of its figures."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.physics_plates import _summary
from benchmarks.plate_measures import compare_with_plates
from benchmarks.plate_noise import slowed, tablet
from benchmarks.plate_trials import TRIALS, compare, load, plates_masses


@pytest.fixture(scope="module")
def walk(recordings):
    trial = next(t for t in TRIALS if t.key == "opencap_s4.walking2")
    return trial, load(trial, recordings)


def test_a_walk_holds_what_is_asked_of_it_at_native_rate(walk):
    trial, read = walk
    compared = compare(trial, *read)
    mass = plates_masses([compared])["opencap_s4", True]
    found = compare_with_plates(compared, mass)
    assert mass == pytest.approx(63.3, abs=0.5)
    assert found.vertical < 4.5
    assert found.single < 6.0
    assert found.stance < 8.0
    assert found.fore_aft < 4.0
    assert found.peaks[0] == found.peaks[1] > 0
    assert found.f1 > 0.97
    assert np.median(found.cop) < 0.03
    assert max(abs(e) for errors in found.events.values() for e in errors) < 0.033


def test_thirty_frames_a_second_and_a_tablets_noise_still_show_the_steps(walk):
    trial, (result, motion, pushes) = walk
    slow = compare_with_plates(compare(trial, *slowed(result, motion), pushes), 63.3)
    noisy = compare_with_plates(compare(trial, *tablet(result, motion, 0), pushes), 63.3)
    assert slow.f1 > 0.95
    assert noisy.f1 > 0.90
    assert noisy.vertical < 9.0


def test_the_same_seed_gives_the_same_noise_and_another_does_not(walk):
    _, (result, motion, _) = walk
    first, again, other = (tablet(result, motion, seed)[1].positions for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_summary_holds_mean_and_worst_to_the_same_bound():
    figures = _summary("x", {"a.b": 1.0, "c.d": 5.0}, "%BW", 4.0)
    assert (figures["x"].value, figures["x"].holds) == (3.0, True)
    assert (figures["x.worst"].value, figures["x.worst"].holds, figures["x.worst"].note) == (5.0, False, "c.d")
    least = _summary("f", {"a.b": 0.99, "c.d": 0.90}, "", 0.95, least=True)
    assert (least["f"].holds, least["f.worst"].holds) == (False, False)


def test_without_a_trial_that_can_tell_there_is_no_figure():
    assert _summary("x", {}, "%BW", 4.0)["x"].value is None
