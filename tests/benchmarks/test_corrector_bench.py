from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from made_swaying import swaying

from benchmarks import corrector as bench
from benchmarks.corrector_gaps import LEARNED, errors, holed, tuned_kalman
from kinetrace.models.corrector.groups import hidden_with
from kinetrace.models.corrector.network import Corrector
from kinetrace.store.workspace import Workspace
from kinetrace.training.corrector.recordings import Recording
from schemas.corrector import CorrectorParams
from schemas.errors import UncheckableError

EVERY = np.ones(21, dtype=bool)


def made(seed: int = 0, fps: float = 60.0) -> Recording:
    return Recording(f"cmu_expmap/w/m/{seed}", "cmu_expmap", "l", swaying(int(4 * fps), fps, seed), EVERY, fps)


@pytest.fixture(scope="module")
def untrained() -> Corrector:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Corrector(CorrectorParams(width=4, layers=1, inner=4)).eval()


@pytest.mark.parametrize(("kind", "number"), [("joint", 1), ("limb", (2, 4)), ("all", 21)])
def test_gaps_are_of_the_asked_length_apart_and_inside(kind: str, number: int | tuple[int, int]) -> None:
    case = holed(made(), 15, kind, 3)
    assert case is not None
    frames = case.judged.any(axis=1)
    edges = np.flatnonzero(np.diff(frames.astype(int)))
    assert (
        (np.diff(edges)[::2] == 15).all() and (np.diff(edges)[1::2] >= 60).all() and edges[0] >= 14 and edges[-1] < 225
    )
    first = case.judged[edges[0] + 1]
    assert int(first.sum()) in (number if isinstance(number, tuple) else (number,))
    if kind == "joint":
        assert set(np.flatnonzero(~case.visible[edges[0] + 1])) == set(hidden_with(int(np.flatnonzero(first)[0])))


def test_a_recording_without_room_for_a_gap_has_none() -> None:
    short = Recording("a/b/c/d", "cmu_expmap", "l", swaying(50), EVERY, 60.0)
    assert holed(short, 30, "all", 0) is None


def test_every_way_is_judged_on_the_same_samples_and_nothing_measured_is_moved(untrained: Corrector) -> None:
    cases = [c for k in range(2) if (c := holed(made(k), 15, "limb", k)) is not None]
    kalman = tuned_kalman(cases, 60.0)
    found = list(errors(untrained, cases, kalman))
    assert [moved for _, moved in found] == [0, 0]
    for table, _ in found:
        assert set(table) == {"copy last", "linear", "cubic spline", "kalman", "rigid limb", LEARNED}
        assert table["copy last"].distance > table["linear"].distance > table[LEARNED].distance > 0
        assert table[LEARNED].expected > 0


def test_figures_name_the_best_baseline_and_hold_or_not() -> None:
    rows = {
        way: np.full((4, 4), value)
        for way, value in (("linear", 4.0), ("cubic spline", 2.0), ("kalman", 3.0), (LEARNED, 1.5))
    }
    figures = bench._gap_figures("gap15.joint", bench.Table(("cmu_expmap",) * 4, rows), 0.5, "kalman, jerk 1")
    assert figures["gap15.joint"].value == 1.5 and figures["gap15.joint"].holds is False
    assert (
        figures["best_baseline.gap15.joint"].value == 2.0
        and "0.75 (95 % 0.75–0.75 over 4" in figures["gap15.joint"].note
    )
    assert bench._gap_figures("gap5.joint", bench.Table(("cmu_expmap",) * 4, rows), 0.9, "")["gap5.joint"].holds is True


def test_noise_is_judged_at_30_hz_and_at_a_recording_s_own_rate(untrained: Corrector) -> None:
    fast = [made(k, 120.0) for k in range(2)]
    found = bench._noise_figures(untrained, fast, fast, 120.0)["denoise.120"]
    assert found.value is not None and 0 < found.value < 20 and "of 20 mm" in found.note
    assert bench._read_at(made(0, 100.0), 120.0) is None
    slow = bench._read_at(made(0, 100.0), 30.0)
    assert slow is not None and slow.fps == 30.0


def test_without_recordings_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINETRACE_DATA", str(tmp_path))
    with pytest.raises(UncheckableError, match="KINETRACE_DATA"):
        bench.measure(Workspace(tmp_path))
