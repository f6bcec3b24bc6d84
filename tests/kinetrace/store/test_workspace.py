from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.store.workspace import Workspace, check_capture_id
from schemas.errors import CaptureError, UsageError

BAD_IDS = ["", "..", "../x", "x/../y", "/etc", "a b", "x;touch PWNED", "$(id)", "`id`", "a\n", "A", "Walk", "-x", "_x", ".x",
           "x.y", "a" * 64, "é", "x\0", "x|y", "x&y", "%2e%2e", "a\\b"]  # fmt: skip


@given(capture=st.from_regex(re.compile(r"[a-z0-9][a-z0-9_-]{0,62}"), fullmatch=True))
def test_good_ids_are_given_back_and_stay_one_folder(capture: str) -> None:
    assert check_capture_id(capture) == capture
    assert Workspace(Path("/p")).artifacts(capture).parent == Path("/p/artifacts")


@given(capture=st.text(max_size=70))
def test_any_id_that_passes_is_a_plain_folder_name(capture: str) -> None:
    try:
        check_capture_id(capture)
    except CaptureError:
        return
    assert capture == capture.lower()
    assert capture.isascii()
    assert Path(capture).name == capture


@pytest.mark.parametrize("capture", BAD_IDS)
def test_bad_ids_are_refused_by_every_folder_and_an_example_is_given(capture: str) -> None:
    workspace = Workspace(Path("/p"))
    for folder in (workspace.capture, workspace.artifacts, workspace.runs, lambda c: workspace.stage(c, "s00_adapter")):
        with pytest.raises(CaptureError, match=r"beginning with a letter or digit.*clinic_walk_01"):
            folder(capture)


def test_the_folders_by_hand(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    (tmp_path / "captures" / "walk").mkdir(parents=True)
    assert workspace.capture("walk") == tmp_path / "captures" / "walk"
    assert workspace.stage("walk", "s03_labels") == tmp_path / "artifacts" / "walk" / "s03_labels"
    assert workspace.runs("walk") == tmp_path / "runs" / "walk"
    assert workspace.ledger == tmp_path / "artifacts" / "ledger.jsonl"
    assert workspace.params == tmp_path / "params.yaml"


def test_the_project_is_found_from_inside(tmp_path: Path) -> None:
    (tmp_path / "dvc.yaml").touch()
    (tmp_path / "params.yaml").touch()
    (tmp_path / "artifacts" / "walk").mkdir(parents=True)
    assert Workspace.find(tmp_path / "artifacts" / "walk").root == tmp_path


def test_outside_a_project_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "dvc.yaml").touch()
    with pytest.raises(UsageError, match=r"expected a folder with dvc.yaml and params.yaml"):
        Workspace.find(tmp_path)


def test_a_capture_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    for name in ("walk", "squat"):
        (tmp_path / "captures" / name).mkdir(parents=True)
    with pytest.raises(CaptureError, match=r"Captures here: squat, walk. Bring a recording in with: kinetrace ingest"):
        Workspace(tmp_path).capture("run")
    with pytest.raises(CaptureError, match="Captures here: none"):
        Workspace(tmp_path / "elsewhere").capture("run")


def test_a_capture_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "captures").mkdir()
    (tmp_path / "captures" / "walk").symlink_to("/etc")
    with pytest.raises(CaptureError, match="expected a folder with a recording"):
        Workspace(tmp_path).capture("walk")
