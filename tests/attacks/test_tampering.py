"""Every way to change what lies on disk is found, once, with its file, its stage and its cause."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from toy_project import PLANS, Project

from kinetrace.store.documents import encode, read_json
from kinetrace.store.manifest import own_digest
from schemas.manifest import Manifest

STAGES = [p.name for p in PLANS]


def flip_and_audit(toy: Project, path: Path, place: int, bit: int) -> Any:
    whole = path.read_bytes()
    damaged = bytearray(whole)
    damaged[place] ^= 1 << bit
    path.write_bytes(damaged)
    try:
        return toy.audit()
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("stage", STAGES)
def test_a_flipped_bit_in_any_output_is_exactly_one_finding(toy: Project, stage: str) -> None:
    for path in sorted((toy.artifacts / stage).iterdir()):
        if path.name == "manifest.json":
            continue
        size = path.stat().st_size
        for place in sorted({0, size - 1, *range(0, size, max(1, size // 40))}):
            report = flip_and_audit(toy, path, place, place % 8)
            where = f"artifacts/toy/{stage}/{path.name}"
            assert [(f.code, f.where) for f in report.findings] == [("output.content.changed", where)], place
            assert report.summary.exit_code == 1
            assert [s.stage for s in report.summary.stages if not s.intact] == [stage]
    assert toy.audit().ok


@pytest.mark.parametrize("stage", STAGES)
def test_a_flipped_bit_in_any_manifest_is_exactly_one_finding(toy: Project, stage: str) -> None:
    path = toy.artifacts / stage / "manifest.json"
    codes = set()
    for place in range(STAGES.index(stage), path.stat().st_size, 4):
        report = flip_and_audit(toy, path, place, place % 7)
        assert len(report.findings) == 1, place
        (finding,) = report.findings
        codes.add(finding.code)
        assert finding.where == f"artifacts/toy/{stage}/manifest.json"
        assert finding.promise == "INTACT"
        assert report.summary.exit_code == 1
    assert codes == {"manifest.malformed", "manifest.content.changed"}


def test_a_manifest_whose_number_became_infinite_is_refused_in_our_words(toy: Project) -> None:
    path = toy.artifacts / "s01_alignment" / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"max_tilt_deg":10.0', b'"max_tilt_deg":1e999'))
    (finding,) = toy.audit().findings
    assert (finding.code, "not finite" in finding.found) == ("manifest.malformed", True)


def reseal(folder: Path, **changes: Any) -> None:
    """Forge a manifest that agrees with itself."""
    manifest = read_json(folder / "manifest.json", Manifest).model_copy(update=changes)
    (folder / "manifest.json").write_bytes(encode(manifest.model_copy(update={"digest": own_digest(manifest)})))


def test_a_manifest_forged_to_fit_a_changed_output_breaks_the_chain_to_its_children(toy: Project) -> None:
    from kinetrace.store.manifest import records

    folder = toy.artifacts / "s00_adapter"
    words = json.loads((folder / "words.json").read_text())
    (folder / "words.json").write_text(json.dumps({**words, "count": 4}))
    reseal(folder, outputs=records_of(folder, records))
    report = toy.audit()
    assert {f.code for f in report.findings} == {"link.parent.changed"}
    assert report.summary.exit_code == 1


def records_of(folder: Path, records: Any) -> Any:
    draft = folder.parent / "forged"
    shutil.copytree(folder, draft, ignore=shutil.ignore_patterns("manifest.json"))
    found = records(draft, tuple(p.name for p in draft.iterdir()))
    shutil.rmtree(draft)
    return found


def test_a_manifest_forged_without_one_of_its_outputs_is_found(toy: Project) -> None:
    folder = toy.artifacts / "s03_labels"
    manifest = read_json(folder / "manifest.json", Manifest)
    (folder / "words.json").unlink()
    reseal(folder, outputs=tuple(r for r in manifest.outputs if r.path != "words.json"))
    (finding,) = toy.audit().findings
    assert (finding.code, finding.where) == ("output.undeclared", "artifacts/toy/s03_labels/words.json")


def test_a_manifest_forged_without_its_parents_is_found(toy: Project) -> None:
    folder = toy.artifacts / "s03_labels"
    inputs = read_json(folder / "manifest.json", Manifest).inputs
    reseal(folder, inputs={"s00_adapter": inputs["s00_adapter"]})
    assert toy.codes() == ["link.parents.differ"]


@pytest.mark.parametrize(
    "path", ["../../../../etc/hostname", "/etc/hostname", "a/../../b", "", "a//b", ".hidden", "a\n"]
)
def test_a_manifest_cannot_speak_of_files_outside_its_folder(toy: Project, path: str) -> None:
    manifest = toy.artifacts / "s00_adapter" / "manifest.json"
    value = json.loads(manifest.read_text())
    value["outputs"][0]["path"] = path
    manifest.write_text(json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n")
    (finding,) = toy.audit().findings
    assert finding.code == "manifest.malformed"


@pytest.mark.parametrize("name", [b"\xff\xfe", b"a\x1b[2Jb", b"a'; touch PWNED; '", b"a\nb", "é".encode()])
def test_a_file_name_cannot_break_the_report_or_reach_a_shell(
    toy: Project, name: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (toy.artifacts / "s00_adapter" / os.fsdecode(name)).write_text("x")
    (finding,) = toy.audit().findings
    assert finding.code == "output.extra"
    assert finding.where.isprintable()
    assert finding.fix.isprintable()
    toy.audit().model_dump_json().encode()
    if finding.fix.startswith("Remove it: rm -r"):
        monkeypatch.chdir(toy.root)
        assert os.system(finding.fix.removeprefix("Remove it: ")) == 0
        assert toy.audit().ok
        assert not list(toy.root.rglob("PWNED"))


def test_a_child_of_a_tampered_parent_is_not_made(toy: Project) -> None:
    """Otherwise tamper, run, put back: and the audit would find nothing."""
    from schemas.errors import ArtifactError

    path = toy.artifacts / "s00_adapter" / "words.json"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b":3", b":9"))
    with pytest.raises(ArtifactError, match=r"s00_adapter/words.json: content"):
        toy.run(PLANS[1])
    path.write_bytes(whole)
    assert toy.audit().ok


def test_an_old_artifact_put_back_is_found(toy: Project) -> None:
    old = toy.root / "old"
    shutil.copytree(toy.artifacts / "s00_adapter", old)
    (toy.workspace.capture("toy") / "body.jsonl").write_text("one two\n")
    toy.run()
    assert toy.audit().ok
    shutil.rmtree(toy.artifacts / "s00_adapter")
    old.rename(toy.artifacts / "s00_adapter")
    assert set(toy.codes()) == {"capture.file.changed", "link.parent.changed"}
