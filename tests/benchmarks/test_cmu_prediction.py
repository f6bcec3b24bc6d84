from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_prediction import made_places

from adapters.cmu_prediction import ProtocolFiles
from benchmarks import cmu_prediction
from benchmarks.cmu_prediction import choose_penalty, held_against, measure
from kinetrace.models.cmu_protocol import REPORTED
from kinetrace.store.workspace import Workspace
from schemas.errors import UncheckableError

FEW = (1e2, 1e6)


def made(scale: float = 70.0) -> ProtocolFiles:
    """Make two training files and one test file of two actions."""

    def some(seed: int, frames: int = 60) -> np.ndarray:
        return made_places(frames, seed) * scale / 70.0

    return ProtocolFiles(
        {"walking": (some(1), some(2, 70)), "running": (some(3), some(4, 50))},
        {"walking": (some(5),), "running": (some(6),)},
        {},
    )


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, object]:
    monkeypatch.setattr(cmu_prediction, "PENALTIES", FEW)
    monkeypatch.setattr(cmu_prediction, "data_folder", lambda: tmp_path)
    monkeypatch.setattr(
        cmu_prediction, "read_protocol", lambda path, scale=70.0: made(70.0 if scale is not None else 56.44)
    )
    return dict(measure(Workspace(tmp_path)))


def test_every_key_is_there_and_true_millimetres_are_the_published_ones_in_another_unit(figures: dict) -> None:
    assert set(figures) == {f"{k}.f{n}" for k in ("published", "physical") for n in REPORTED} | {
        "parameters",
        "ridge.penalty",
    }
    for frame in REPORTED:
        true, published = figures[f"physical.f{frame}"].value, figures[f"published.f{frame}"].value
        assert true == pytest.approx(published * 56.44 / 70, rel=1e-4)


@pytest.mark.parametrize(
    ("ours", "ridge", "holds"), [(10.6, 10.7, True), (10.6, 10.5, False), (10.7, 12.0, False), (5.0, 5.1, True)]
)
def test_a_goal_holds_only_below_ridge_and_near_the_peer(ours: float, ridge: float, holds: bool) -> None:
    def flat(value: float) -> dict[str, np.ndarray]:
        return {"walking": np.full(25, value - 1.0), "running": np.full(25, value + 1.0)}

    one = held_against("published", flat(ours), flat(ridge), flat(20.0), 1.0, "a note")["published.f2"]
    assert one.holds is holds and one.value == pytest.approx(ours)
    assert one.goal == f"< ridge {ridge} and ≤ 1.05 × MSR-GCN = 10.6"  # 1.05 × 10.1 = 10.605
    assert one.peer == f"MSR-GCN 10.1, ridge {ridge}, zero velocity 20.0"
    assert one.note == f"walking {ours - 1.0:.1f}, running {ours + 1.0:.1f}; a note"
    half = held_against("physical", flat(ours / 2), flat(ridge), flat(20.0), 0.5, "")["physical.f2"]
    assert half.holds is holds


def test_the_penalty_is_chosen_without_the_test_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cmu_prediction, "PENALTIES", FEW)
    files = made()
    other = ProtocolFiles(files.train, {"walking": (made_places(60, 99) * 5,)}, {})
    assert choose_penalty(files) == choose_penalty(other) in FEW


def test_without_recordings_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KINETRACE_DATA", str(tmp_path))
    with pytest.raises(UncheckableError, match="folder of recordings"):
        measure(Workspace(tmp_path))
