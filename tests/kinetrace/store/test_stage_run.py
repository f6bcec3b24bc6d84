from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_project import ADAPTER, LABELS, Numbers, Words

from kinetrace.store.stage_run import StageRun
from kinetrace.store.workspace import Workspace
from schemas.errors import ArtifactError


@pytest.fixture
def run(toy: Any, tmp_path: Path) -> StageRun:
    draft = tmp_path / "draft"
    draft.mkdir()
    return StageRun(toy.workspace, "toy", LABELS, draft)


@given(items=st.lists(st.integers(), max_size=5))
def test_progress_gives_every_item_once_and_in_order(items: list[int]) -> None:
    run = StageRun(Workspace(Path("/p")), "toy", ADAPTER, Path("/p/draft"))
    assert list(run.progress(items, "counting")) == items


def test_parents_are_read_through_their_schemas(run: StageRun) -> None:
    assert run.read_json("s00_adapter", "words.json", Words) == Words(text="one two three\n", count=3)
    assert run.read_arrays("s01_alignment", "numbers.h5", Numbers).values.tolist() == [0.0, 10.0, 20.0]
    assert run.path("s00_adapter", "words.json").is_file()
    assert [r.path for r in run.outputs("s01_alignment")] == ["numbers.h5"]


@pytest.mark.parametrize("name", ["numbers.h5", "numbers.npz"])
def test_the_suffix_decides_the_format(run: StageRun, name: str) -> None:
    run.write_arrays(name, Numbers(values=np.arange(3.0)))
    magic = {"numbers.h5": b"\x89HDF", "numbers.npz": b"PK\x03\x04"}[name]
    assert (run.draft / name).read_bytes()[:4] == magic


def test_documents_and_bytes_go_into_the_draft(run: StageRun) -> None:
    run.write_json("words.json", Words(text="a", count=1))
    run.write_bytes("humanoid.xml", b"<mujoco/>")
    assert sorted(p.name for p in run.draft.iterdir()) == ["humanoid.xml", "words.json"]


def test_a_note_is_for_the_person_not_for_the_output(run: StageRun, capsys: pytest.CaptureFixture[str]) -> None:
    run.note("three words")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "  three words\n")


def test_a_stage_that_is_no_parent_cannot_be_read(run: StageRun) -> None:
    with pytest.raises(ArtifactError, match="expected only s00_adapter, s01_alignment, found a read of s05_dataset"):
        run.read_json("s05_dataset", "dataset.json", Words)


def test_only_stage_0_may_look_at_the_raw_capture(run: StageRun, toy: Any) -> None:
    with pytest.raises(ArtifactError, match="found a read of the raw capture"):
        _ = run.capture_dir
    first = StageRun(toy.workspace, "toy", ADAPTER, run.draft)
    assert first.capture_dir == toy.root / "captures" / "toy"
    with pytest.raises(ArtifactError, match="expected only the raw capture, found a read of s01_alignment"):
        first.path("s01_alignment", "numbers.h5")


def test_a_parents_file_of_another_kind_is_refused(run: StageRun) -> None:
    with pytest.raises(ArtifactError, match=r"missing \['values'\]|expected"):
        run.read_arrays("s00_adapter", "words.json", Numbers)


def test_the_digest_of_a_parents_file_is_what_its_manifest_says(run: StageRun) -> None:
    from kinetrace.store.digest import digest_file

    assert run.sha256("s01_alignment", "numbers.h5") == digest_file(run.path("s01_alignment", "numbers.h5")).sha256
    with pytest.raises(ArtifactError, match=r"expected other\.h5, found no such output"):
        run.sha256("s01_alignment", "other.h5")


def test_a_parents_text_is_read_within_bounds(run: StageRun) -> None:
    assert '"count":3' in run.read_text("s00_adapter", "words.json")
    with pytest.raises(ArtifactError, match="expected UTF-8 text"):
        run.read_text("s01_alignment", "numbers.h5")
    with pytest.raises(ArtifactError, match="found nothing"):
        run.read_text("s00_adapter", "humanoid.xml")
