"""Slow errors of joints, seen in lengths that cannot change."""

from __future__ import annotations

import numpy as np
import pytest

from kinetrace.motion.drift import position_drift
from kinetrace.motion.skeletons import INDEX


def test_a_body_that_keeps_its_lengths_does_not_wander_whatever_it_does(make_walk):
    walk = make_walk()
    walk.positions[:] += np.sin(np.arange(len(walk.positions)))[:, None, None]
    standing = [INDEX[f"{s}_{j}"] for s in "lr" for j in ("ankle", "heel", "toe")]
    seen = np.zeros_like(walk.validity)
    seen[:, standing] = 2
    assert position_drift(walk.positions, seen) == pytest.approx(0.0, abs=1e-12)


def test_independent_wandering_is_found_to_a_fifth(standing):
    chance = np.random.default_rng(1)
    positions = np.tile(standing.positions[:1], (4000, 1, 1)) + 0.02 * chance.normal(size=(4000, 21, 3))
    assert position_drift(positions, np.full((4000, 21), 2, dtype=np.uint8)) == pytest.approx(0.02, rel=0.2)


def test_without_legs_nothing_is_known(standing):
    assert position_drift(standing.positions, np.zeros_like(standing.validity)) == 0.0
