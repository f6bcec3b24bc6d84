"""Stages 0 and 1 at their edges, run on a bundle in a plain folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinetrace.simulation.bundle import simulate_capture
from kinetrace.store.arrays import read_h5
from kinetrace.store.documents import read_json
from kinetrace.store.stage_run import StageRun
from kinetrace.store.workspace import Workspace
from schemas.adapter import AdapterParams, AdapterResult
from schemas.alignment import Alignment, AlignmentParams
from schemas.errors import CaptureError
from schemas.motion import AdapterArrays, MotionArrays
from stages.registry import STAGES
from stages.s00_adapter import stage as adapter_stage
from stages.s01_alignment import stage as alignment_stage


def _run(root: Path, name: str) -> StageRun:
    workspace = Workspace(root)
    draft = workspace.stage("made", name)
    draft.mkdir(parents=True)
    return StageRun(workspace, "made", next(plan for plan in STAGES if plan.name == name), draft)


def test_both_stages_write_what_their_schemas_say_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    simulate_capture("squat", 3.0, 0, tmp_path / "captures", "made")
    first = _run(tmp_path, "s00_adapter")
    adapter_stage.run(first, AdapterParams())
    second = _run(tmp_path, "s01_alignment")
    alignment_stage.run(second, AlignmentParams())
    assert sorted(p.name for p in first.draft.iterdir()) == ["adapter_result.json", "motion.h5"]
    assert sorted(p.name for p in second.draft.iterdir()) == ["alignment.json", "motion.h5"]
    raw = read_h5(first.draft / "motion.h5", AdapterArrays)
    aligned = read_h5(second.draft / "motion.h5", MotionArrays)
    np.testing.assert_array_equal(raw.validity, aligned.validity)
    assert read_json(first.draft / "adapter_result.json", AdapterResult).movement == "squat"
    assert read_json(second.draft / "alignment.json", Alignment).floor_source == "scan_plane"
    told = capsys.readouterr().err
    assert "180 frames at 60 Hz" in told and "floor: scan_plane" in told


def test_a_capture_without_a_table_of_contents_is_refused(tmp_path: Path) -> None:
    (tmp_path / "captures" / "made").mkdir(parents=True)
    (tmp_path / "captures" / "made" / "note.txt").touch()
    with pytest.raises(CaptureError, match=r"file: expected a file, found nothing"):
        adapter_stage.run(_run(tmp_path, "s00_adapter"), AdapterParams())
