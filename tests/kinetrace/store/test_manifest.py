from __future__ import annotations

import hashlib
import os
import platform
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_project import ADAPTER, ALIGNMENT, CODE, LABELS

from kinetrace.store.digest import digest_tree
from kinetrace.store.documents import encode, read_json
from kinetrace.store.execute import SOURCE
from kinetrace.store.manifest import (
    describe_code,
    describe_environment,
    describe_inputs,
    describe_params,
    own_digest,
    records,
    write_manifest,
)
from schemas.errors import ArtifactError, CaptureError
from schemas.manifest import Environment, Manifest
from schemas.params import Params

BLANK = Manifest(
    capture="toy", stage="s00_adapter", inputs={}, outputs=(), params={}, code="0" * 64,
    environment=Environment(python="3.11.7", lock="1" * 64), digest="0" * 64,
)  # fmt: skip


def test_the_own_digest_by_hand() -> None:
    text = (
        '{"capture":"toy","code":"' + "0" * 64 + '","digest":"","environment":{"device":"cpu","lock":"' + "1" * 64
        + '","python":"3.11.7"},"inputs":{},"outputs":[],"params":{},"schema":"kinetrace.manifest/1",'
        '"stage":"s00_adapter"}\n'
    )  # fmt: skip
    assert own_digest(BLANK) == hashlib.sha256(text.encode()).hexdigest()


@given(
    change=st.sampled_from(
        [{"capture": "toz"}, {"stage": "s01_alignment"}, {"inputs": {"a": "2" * 64}}, {"params": {"x": 1}},
         {"code": "3" * 64}, {"environment": Environment(python="3.11.8", lock="1" * 64)}]
    )
)  # fmt: skip
def test_whatever_changes_changes_the_own_digest_but_the_digest_itself(change: dict[str, Any]) -> None:
    assert own_digest(BLANK.model_copy(update=change)) != own_digest(BLANK)
    assert own_digest(BLANK.model_copy(update={"digest": "4" * 64})) == own_digest(BLANK)


def test_a_written_manifest_carries_its_own_digest(tmp_path: Path) -> None:
    write_manifest(tmp_path, BLANK)
    again = read_json(tmp_path / "manifest.json", Manifest)
    assert again.digest == own_digest(again)
    assert (tmp_path / "manifest.json").read_bytes() == encode(again)


def test_stage_0_is_described_by_its_raw_files(fresh: Any) -> None:
    found = describe_inputs(fresh.workspace, "toy", ADAPTER)
    assert found["body.jsonl"] == hashlib.sha256(b"one two three\n").hexdigest()
    assert sorted(found) == ["body.jsonl", "capture.json"]


def test_a_later_stage_is_described_by_its_parents_manifests(toy: Any) -> None:
    found = describe_inputs(toy.workspace, "toy", LABELS)
    assert list(found) == ["s00_adapter", "s01_alignment"]
    for stage, digest in found.items():
        assert digest == hashlib.sha256((toy.artifacts / stage / "manifest.json").read_bytes()).hexdigest()


def test_a_parent_that_has_not_run_is_refused(fresh: Any) -> None:
    with pytest.raises(
        ArtifactError, match=r"expected the output of s00_adapter, found none. Run it first: kinetrace run"
    ):
        describe_inputs(fresh.workspace, "toy", ALIGNMENT)


def test_a_parent_whose_file_was_changed_is_refused(toy: Any) -> None:
    (toy.artifacts / "s00_adapter" / "words.json").write_text("{}")
    with pytest.raises(ArtifactError, match=r"artifacts/toy/s00_adapter/words.json: content: expected sha256"):
        describe_inputs(toy.workspace, "toy", ALIGNMENT)


def test_a_parent_whose_manifest_was_changed_is_refused(toy: Any) -> None:
    path = toy.artifacts / "s00_adapter" / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"python":"3', b'"python":"4'))
    with pytest.raises(ArtifactError, match=r"artifacts/toy/s00_adapter/manifest.json: digest"):
        describe_inputs(toy.workspace, "toy", ALIGNMENT)


def test_a_raw_capture_with_a_link_or_a_pipe_is_refused(fresh: Any) -> None:
    folder = fresh.workspace.capture("toy")
    (folder / "extra.json").symlink_to("/etc/hostname")
    with pytest.raises(CaptureError, match=r"captures/toy/extra.json: file: expected a plain file"):
        describe_inputs(fresh.workspace, "toy", ADAPTER)
    (folder / "extra.json").unlink()
    os.mkfifo(folder / "pipe")
    with pytest.raises(CaptureError, match=r"captures/toy/pipe"):
        describe_inputs(fresh.workspace, "toy", ADAPTER)


def test_a_raw_file_whose_name_is_not_text_is_refused(fresh: Any) -> None:
    (fresh.workspace.capture("toy") / os.fsdecode(b"\xff\x1b[2J")).write_text("x")
    with pytest.raises(CaptureError) as refusal:
        describe_inputs(fresh.workspace, "toy", ADAPTER)
    assert refusal.value.where == r"captures/toy/\udcff\x1b[2J"


def test_params_are_the_whole_section_as_json() -> None:
    found = describe_params(Params(capture="toy"), ALIGNMENT)
    assert found["max_tilt_deg"] == 10.0
    assert found["stature_range_m"] == [0.6, 2.4]
    assert set(found) == set(type(Params(capture="toy").alignment).model_fields)


def test_the_environment_is_python_the_lock_file_and_the_device(fresh: Any) -> None:
    found = describe_environment(fresh.workspace, "cuda:H100")
    assert found.python == platform.python_version()
    assert found.lock == hashlib.sha256(b"numpy==2.0.0\n").hexdigest()
    assert found.device == "cuda:H100"


def test_a_missing_lock_file_is_refused(fresh: Any) -> None:
    (fresh.root / "requirements.lock").unlink()
    with pytest.raises(ArtifactError, match=r"requirements.lock: file: .*Restore it: git checkout requirements.lock"):
        describe_environment(fresh.workspace)


def test_the_code_is_the_digest_of_the_declared_sources() -> None:
    assert describe_code(ADAPTER, SOURCE) == digest_tree(SOURCE, CODE)


def test_records_are_in_name_order_with_both_digests(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text("b")
    (tmp_path / "a.h5").write_text("a")
    found = records(tmp_path, ("b.json", "a.h5"))
    assert [r.path for r in found] == ["a.h5", "b.json"]
    assert found[0].sha256 == hashlib.sha256(b"a").hexdigest()
    assert found[0].bytes == 1


@pytest.mark.parametrize(("declared", "found"), [(("a", "b"), "found a"), ((), "found a"), (("b",), "found a")])
def test_a_stage_that_writes_other_files_than_declared_is_refused(
    tmp_path: Path, declared: tuple[str, ...], found: str
) -> None:
    (tmp_path / "a").write_text("a")
    with pytest.raises(ArtifactError, match=f"{found}. The stage and stages/registry.py disagree"):
        records(tmp_path, declared)


@pytest.mark.parametrize("name", ["wålk.trc", "walk\u0430.trc", "walka\u0308.trc", "a\nb"])
def test_a_name_that_could_be_taken_for_another_is_refused(fresh: Any, name: str) -> None:
    (fresh.workspace.capture("toy") / name).write_text("x")
    with pytest.raises(CaptureError, match="a plain file with a plain name in ASCII") as refusal:
        describe_inputs(fresh.workspace, "toy", ADAPTER)
    assert refusal.value.where.isascii()


def test_an_empty_folder_in_a_recording_is_refused(fresh: Any) -> None:
    folder = fresh.workspace.capture("toy") / "rgb"
    folder.mkdir()
    with pytest.raises(CaptureError, match=r"found an empty folder\. Remove it"):
        describe_inputs(fresh.workspace, "toy", ADAPTER)
    (folder / "0001.jpg").write_text("x")
    assert "rgb/0001.jpg" in describe_inputs(fresh.workspace, "toy", ADAPTER)
