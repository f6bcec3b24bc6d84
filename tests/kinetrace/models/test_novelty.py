"""The distance of latents from those of training, and how unusual it is."""

from __future__ import annotations

import numpy as np
import pytest

from kinetrace.models.novelty import fit_cloud, fit_novelty
from schemas.errors import ComputeError


def test_a_round_cloud_gives_the_distance_over_the_root_of_the_dimension() -> None:
    z = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])  # variance 2/3 along either axis
    cloud = fit_cloud(z)
    assert cloud.distance(np.array([[0.0, 0.0], [1.0, 1.0]])) == pytest.approx([0.0, np.sqrt(1.5)])


def test_the_distance_does_not_depend_on_how_latents_are_turned_and_stretched() -> None:
    rng = np.random.default_rng(0)
    z, mix = rng.normal(size=(300, 6)), rng.normal(size=(6, 6))
    asked = rng.normal(size=(20, 6))
    one, other = fit_cloud(z), fit_cloud(z @ mix + 3.0)
    assert other.distance(asked @ mix + 3.0) == pytest.approx(one.distance(asked), rel=1e-6)


def test_training_latents_have_a_root_mean_square_distance_of_one() -> None:
    z = np.random.default_rng(1).normal(size=(500, 8)) * np.arange(1, 9)
    assert np.sqrt((fit_cloud(z).distance(z) ** 2).mean()) == pytest.approx(1.0, abs=2e-3)


def test_a_direction_that_never_varied_is_not_infinitely_novel() -> None:
    z = np.random.default_rng(2).normal(size=(100, 3))
    z[:, 2] = 0.0
    found = fit_cloud(z).distance(np.array([[0.0, 0.0, 1e-3]]))
    assert np.isfinite(found).all()
    assert found[0] < 1.0


def test_what_lies_outside_is_unusual_and_the_same_kind_is_not() -> None:
    rng = np.random.default_rng(3)
    train, other, new = (rng.normal(size=(n, 4)) for n in (400, 200, 200))
    found = fit_novelty(fit_cloud(train), other, np.arange(200))
    assert (found.p_value(new) <= 0.1).mean() == pytest.approx(0.1, abs=0.06)
    assert (found.p_value(new + 8.0) == pytest.approx(1 / 201)) is True


def test_too_little_to_measure_is_refused() -> None:
    with pytest.raises(ComputeError, match="more than 5"):
        fit_cloud(np.zeros((5, 5)))
    with pytest.raises(ComputeError, match="latents that vary"):
        fit_cloud(np.ones((9, 5)))
    with pytest.raises(ComputeError, match="one calibration recording or more"):
        fit_novelty(fit_cloud(np.random.default_rng(0).normal(size=(9, 2))), np.zeros((0, 2)), np.zeros(0, dtype=int))
