from __future__ import annotations

from pathlib import Path

import pytest

from kinetrace.store.stage_run import StageRun
from kinetrace.store.workspace import Workspace
from schemas.alignment import AlignmentParams
from schemas.errors import ArtifactError
from stages.registry import STAGES
from stages.s01_alignment.stage import run


def test_without_the_adapters_motion_there_is_nothing_to_align(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    draft = workspace.stage("made", "s01_alignment")
    draft.mkdir(parents=True)
    plan = next(plan for plan in STAGES if plan.name == "s01_alignment")
    with pytest.raises(ArtifactError, match=r"motion.h5"):
        run(StageRun(workspace, "made", plan, draft), AlignmentParams())
    assert list(draft.iterdir()) == []
