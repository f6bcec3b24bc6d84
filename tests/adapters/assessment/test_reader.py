from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.assessment.reader import read_assessment
from schemas.errors import CaptureError

GOOD: dict[str, Any] = {
    "assessment_type": "FMS deep squat",
    "scores": [{"name": "depth", "score": 2.0, "maximum": 3.0}],
    "metrics": {"reach_cm": 31.5},
    "intervals": [{"label": "knee valgus", "kind": "failure", "start_s": 1.0, "end_s": 2.0, "side": "left"}],
}


def _write(folder: Path, value: dict[str, Any]) -> Path:
    path = folder / "assessment.json"
    path.write_text(json.dumps(value))
    return path


def test_scores_metrics_and_intervals_are_read(tmp_path: Path) -> None:
    found = read_assessment(_write(tmp_path, GOOD))
    assert found.scores[0].score == 2.0 and found.metrics == {"reach_cm": 31.5}
    assert found.intervals[0].side == "left" and found.intervals[0].confidence == 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scores": [{"name": "depth", "score": 4.0, "maximum": 3.0}]}, "scores.depth: expected at most 3, found 4"),
        ({"intervals": [GOOD["intervals"][0] | {"end_s": 0.5}]}, "an end after 1 s, found 0.5 s"),
        ({"intervals": [GOOD["intervals"][0] | {"start_s": -1.0}]}, "intervals.0.start_s"),
        ({"assessment_type": None}, "assessment_type"),
    ],
)
def test_a_contradiction_is_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(CaptureError, match=message):
        read_assessment(_write(tmp_path, GOOD | change))
