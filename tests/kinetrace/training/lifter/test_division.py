from __future__ import annotations

import numpy as np
import pytest
from made_lifter import corpus_arrays, everybody, made_take

from kinetrace.store.corpus import document
from kinetrace.training.lifter.division import LifterDivision, divide
from schemas.errors import UsageError


def divided(takes: list, held_out: tuple[str, ...] = ("ui_prmd_s05", "ui_prmd_s06")) -> LifterDivision:  # type: ignore[type-arg]
    arrays = corpus_arrays(takes)
    return divide(arrays, document(arrays, "made"), held_out)


def test_who_is_held_out_is_nowhere_in_training() -> None:
    found = divided(everybody())
    names = {one.name for one in found.training}
    assert {one.subject for one in found.training} == {"ui_prmd_s01", "ui_prmd_s02", "cmu_walking"}
    assert not any("/test_" in name or name.startswith("opencap") for name in names)
    assert {one.subject for one in found.held_out} == {"ui_prmd_s05", "ui_prmd_s06", "cmu_walking", "opencap_s4"}
    assert all("test_" in one.name for one in found.held_out if one.subject == "cmu_walking")


def test_licences_that_do_not_let_weights_be_given_away_are_not_trained_on() -> None:
    assert {one.source for one in divided(everybody()).training} == {"ui_prmd_vicon", "cmu_expmap", "ui_prmd_kinect"}


def test_of_kinect_only_arms_are_trained_on_and_nobody_is_judged() -> None:
    found = divided(everybody())
    kinect = [one for one in found.training if one.source == "ui_prmd_kinect"]
    assert [one.movement for one in kinect] == ["standing_shoulder_abduction"]
    assert not [one for one in found.held_out if one.source == "ui_prmd_kinect"]
    raw = next(one for one in everybody() if one.name == kinect[0].name).positions
    np.testing.assert_allclose(kinect[0].positions[10], raw[8:13].mean(axis=0), atol=1e-4)


def test_a_take_with_a_gap_is_cut_to_its_longest_whole_stretch() -> None:
    takes = [made_take(frames=60), made_take(subject="ui_prmd_s05", seed=1)]
    arrays = corpus_arrays(takes)
    arrays.validity[20, 4] = 0
    found = divide(arrays, document(arrays, "made"), ("ui_prmd_s05",))
    assert len(found.training[0].positions) == 39
    np.testing.assert_allclose(found.training[0].positions, takes[0].positions[21:], atol=1e-6)
    arrays.validity[::10, 4] = 0
    with pytest.raises(UsageError, match="none to train on"):
        divide(arrays, document(arrays, "made"), ("ui_prmd_s05",))


def test_a_corpus_without_the_held_out_subject_is_refused() -> None:
    with pytest.raises(UsageError, match=r"--held-out: expected some of .*ui_prmd_s01.*, found ui_prmd_s06"):
        divided([made_take(), made_take(subject="ui_prmd_s05", seed=1)])
    with pytest.raises(UsageError, match="found nobody"):
        divided([made_take()], ())
    with pytest.raises(UsageError, match="none to train on"):
        divided([made_take()], ("ui_prmd_s01",))
