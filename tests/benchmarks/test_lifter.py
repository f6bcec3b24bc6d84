from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_lifter import TINY, corpus_arrays, everybody, made_take, tiny_lifter, write_lifter

from benchmarks import lifter as bench
from benchmarks.lifter import Row, row, rows
from kinetrace.store.corpus import document
from kinetrace.training.lifter.trials import Trial, trials
from schemas.errors import ArtifactError


def trial() -> Trial:
    return next(iter(trials([made_take(frames=30)], {"ui_prmd_s01": 1.75}, 30.0, 0.0)))


def test_the_truth_itself_is_nowhere_off() -> None:
    one = trial()
    found = row(one, one.truth, None)
    assert found.joint_mm == 0.0 and found.aligned_mm < 1e-3 and found.stated_mm is None


def test_a_tenth_of_a_stature_by_hand() -> None:
    one = trial()
    off = one.truth.copy()
    off[:, 1:, 1] += 0.1
    found = row(one, off, np.full(one.truth.shape[:2], 0.2))
    assert found.joint_mm == pytest.approx(175.0, rel=1e-4) and found.stated_mm == pytest.approx(350.0)
    assert found.step_mm < 1e-3  # off, but as far in every frame
    assert found.errors_mm.shape == found.spreads_mm.shape


def test_frames_in_which_little_was_seen_are_not_measured() -> None:
    one = trial()
    one.whole[5:] = False
    off = one.truth.copy()
    off[5:] += 1.0
    assert row(one, off, None).joint_mm == 0.0


def made_row(who: str, view: str, error: float, stated: float) -> Row:
    return Row(who, view, error, error / 2, 0.02, 3.0, stated, np.array([error]), np.array([stated]))


def test_figures_by_view_and_person_stand_beside_the_other_ways() -> None:
    ours = [made_row("a", "front", 100.0, 80.0), made_row("b", "side", 50.0, 60.0), made_row("b", "back", 60.0, 60.0)]
    found = bench._figures("true.30hz", {"": ours, "ridge": [made_row(r.who, r.view, 120.0, 0.0) for r in ours]})
    assert found["true.30hz.all.joint_mm"].value == pytest.approx(70.0)
    assert found["true.30hz.front.joint_mm"].value == 100.0 and found["true.30hz.b.joint_mm"].value == 55.0
    assert found["true.30hz.all.joint_mm"].peer == "ridge 120"
    assert found["true.30hz.step_mm"].value == pytest.approx(3.0)
    assert found["true.30hz.bones_pct"].value == pytest.approx(2.0)


def test_stated_errors_are_held_against_true_ones() -> None:
    found = bench._calibration(
        [made_row("a", "front", e, s) for e, s in zip(range(10, 60, 5), range(20, 70, 5), strict=True)]
    )
    assert found["stated_over_true"].value == pytest.approx(np.mean(range(20, 70, 5)) / np.mean(range(10, 60, 5)))
    assert found["stated_rank"].value == pytest.approx(1.0)
    assert found["true_over_stated.worst_fifth"].value == pytest.approx((10 + 15) / (20 + 25))


def test_every_way_answers_every_trial() -> None:
    one = tiny_lifter()
    cases = list(trials([made_take(frames=30)], {"ui_prmd_s01": 1.75}, 60.0, 1.0))
    ways = {"": bench._network(one), "other": bench._network(tiny_lifter(seed=1))}
    found = rows(ways, cases, len(cases), "test")
    for name in ways:
        assert [r.view for r in found[name]] == ["front", "side", "back"]
        assert all(np.isfinite(r.joint_mm) for r in found[name])


def test_the_network_of_one_frame_stands_beside_where_its_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KINETRACE_LIFTER_ONE_FRAME", raising=False)
    assert bench._one_frame() == {}
    write_lifter(tmp_path, tiny_lifter(params=TINY.model_copy(update={"dilations": ()})))
    monkeypatch.setenv("KINETRACE_LIFTER_ONE_FRAME", str(tmp_path))
    assert list(bench._one_frame()) == ["one_frame"]


def test_weights_that_saw_the_judged_people_are_refused() -> None:
    arrays = corpus_arrays(everybody())
    from kinetrace.training.lifter.division import divide

    with pytest.raises(
        ArtifactError, match="subjects: expected cmu_walking, ui_prmd_s01, ui_prmd_s02, found ui_prmd_s01"
    ):
        bench._same_people(tiny_lifter(), divide(arrays, document(arrays, "made")).training)
