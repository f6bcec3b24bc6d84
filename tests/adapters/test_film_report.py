from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adapters.ingest import validate
from benchmarks.made_videos import write_film


def test_a_variable_rate_and_a_rotation_are_told(tmp_path: Path) -> None:
    write_film(tmp_path / "a.mp4", np.array([0.0, 0.03, 0.10, 0.13, 0.20, 0.24]))
    report = validate(tmp_path / "a.mp4").film
    assert report is not None and report.variable_rate and report.fps == pytest.approx(5 / 0.24)
    assert "Hz on average, variable" in "\n".join(report.lines())
    turned = report.model_copy(update={"quarter_turns": 3, "floor_planes": 1})
    assert "to be shown turned by 270°" in turned.lines()[0] and turned.lines()[-1].endswith("1 plane from the device")
