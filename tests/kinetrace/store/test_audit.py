from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from toy_project import PLANS, Project

from kinetrace.store.audit import audit
from kinetrace.store.execute import SOURCE, execute
from kinetrace.store.ledger import git_commit, read_ledger, record, remember
from kinetrace.store.lock import stage_lock
from kinetrace.store.merkle import leaf, root
from kinetrace.store.params_file import read_params
from kinetrace.store.plan import StagePlan
from schemas.errors import ArtifactError, UncheckableError


def only(project: Project) -> Any:
    """The one finding that there must be."""
    report = project.audit()
    assert [f.code for f in report.findings[1:]] == []
    return report.findings[0]


def test_a_clean_capture_holds(toy: Project) -> None:
    report = toy.audit()
    assert report.ok
    assert report.findings == ()
    summary = report.summary
    assert summary.exit_code == 0
    assert summary.files == 7
    outputs = [p for p in toy.artifacts.rglob("*") if p.is_file() and p.name != "manifest.json"]
    assert summary.bytes == sum(p.stat().st_size for p in outputs)
    assert {k: v for k, v in summary.promises.items() if v != "not asked"} == dict.fromkeys(
        ("INTACT", "COMPLETE", "LINKED", "CURRENT", "LEDGER"), "holds"
    )
    assert all(s.intact and s.complete and s.linked and s.current for s in summary.stages)


def test_the_root_is_the_merkle_root_of_the_manifests(toy: Project) -> None:
    from kinetrace.store.digest import digest_file

    leaves = [leaf(p.name, digest_file(toy.artifacts / p.name / "manifest.json").sha256) for p in PLANS]
    assert toy.audit().summary.root == root(leaves)


def test_nothing_to_check_is_not_the_same_as_wrong(fresh: Project) -> None:
    with pytest.raises(UncheckableError, match="Run it first: kinetrace run toy") as refusal:
        fresh.audit()
    assert refusal.value.exit_code == 4


def test_a_changed_output_is_one_finding_with_file_stage_and_cause(toy: Project) -> None:
    path = toy.artifacts / "s00_adapter" / "words.json"
    path.write_bytes(path.read_bytes().replace(b"two", b"tvo"))
    finding = only(toy)
    assert (finding.code, finding.where, finding.promise) == (
        "output.content.changed", "artifacts/toy/s00_adapter/words.json", "INTACT",
    )  # fmt: skip
    assert finding.fix == "kinetrace run toy"
    report = toy.audit()
    assert report.summary.exit_code == 1
    assert not report.ok
    assert [s.intact for s in report.summary.stages] == [False, True, True]
    assert report.summary.promises["INTACT"] == "broken"
    assert report.summary.promises["LINKED"] == "holds"


def test_a_longer_output_is_found_by_its_size(toy: Project) -> None:
    with (toy.artifacts / "s01_alignment" / "numbers.h5").open("ab") as stream:
        stream.write(b"x")
    finding = only(toy)
    assert finding.code == "output.size.changed"
    assert int(finding.found.split()[0]) == int(finding.expected.split()[0]) + 1


def test_a_missing_output_and_a_link_in_its_place_are_found(toy: Project) -> None:
    path = toy.artifacts / "s03_labels" / "words.json"
    moved = path.rename(toy.root / "words.json")
    assert (only(toy).code, only(toy).where) == ("output.missing", "artifacts/toy/s03_labels/words.json")
    path.symlink_to(moved)
    assert (only(toy).code, only(toy).found) == ("output.kind.changed", "a link")


@pytest.mark.parametrize("kind", ["file", "folder", "deep folder", "link", "hidden"])
def test_whatever_does_not_belong_is_one_finding(toy: Project, kind: str) -> None:
    folder = toy.artifacts / "s01_alignment"
    name = ".hidden" if kind == "hidden" else "extra"
    if kind in {"file", "hidden"}:
        (folder / name).write_text("x")
    elif kind == "link":
        (folder / name).symlink_to("/etc/hostname")
    else:
        (folder / name / "deeper").mkdir(parents=True)
        (folder / name / "deeper" / "file").write_text("x" * (kind == "deep folder"))
    finding = only(toy)
    assert (finding.code, finding.where) == ("output.extra", f"artifacts/toy/s01_alignment/{name}")
    assert finding.fix == f"Remove it: rm -r artifacts/toy/s01_alignment/{name}"
    assert toy.audit().summary.exit_code == 1


def test_a_stranger_among_the_stages_is_found(toy: Project) -> None:
    (toy.artifacts / "s99_mine").mkdir()
    assert (only(toy).code, only(toy).where) == ("stage.extra", "artifacts/toy/s99_mine")
    assert toy.audit().summary.promises["COMPLETE"] == "broken"


def test_a_missing_stage_is_found_once_and_leaves_no_root(toy: Project) -> None:
    shutil.rmtree(toy.artifacts / "s00_adapter")
    assert (only(toy).code, only(toy).where) == ("stage.missing", "artifacts/toy/s00_adapter")
    assert toy.audit().summary.root is None


def test_a_stage_folder_that_is_a_link_is_no_stage(toy: Project) -> None:
    moved = (toy.artifacts / "s00_adapter").rename(toy.root / "elsewhere")
    (toy.artifacts / "s00_adapter").symlink_to(moved)
    assert only(toy).code == "stage.missing"


def test_a_missing_a_broken_and_a_linked_manifest_are_told_apart(toy: Project) -> None:
    path = toy.artifacts / "s01_alignment" / "manifest.json"
    data = path.read_bytes()
    path.unlink()
    assert (only(toy).code, only(toy).promise) == ("manifest.missing", "COMPLETE")
    path.write_bytes(data[:-10])
    assert (only(toy).code, only(toy).promise) == ("manifest.malformed", "INTACT")
    path.write_bytes(data.replace(b'"capture":"toy"', b'"capture": "toy"'))
    assert only(toy).code == "manifest.not.canonical"
    path.write_bytes(data)
    path.symlink_to(path.rename(toy.root / "manifest.json"))
    assert only(toy).code == "manifest.malformed"


def test_swapped_stage_folders_are_found(toy: Project) -> None:
    one, two = toy.artifacts / "s00_adapter", toy.artifacts / "s01_alignment"
    one.rename(toy.artifacts / "spare")
    two.rename(one)
    (toy.artifacts / "spare").rename(two)
    report = toy.audit()
    assert [f.code for f in report.findings] == ["manifest.of.another"] * 2
    assert report.findings[0].expected == "toy/s00_adapter"
    assert report.findings[0].found == "toy/s01_alignment"


def test_the_artifacts_of_another_capture_are_found(toy: Project) -> None:
    shutil.copytree(toy.artifacts, toy.root / "artifacts" / "other")
    report = audit(toy.workspace, "other", PLANS, read_params(toy.workspace.params), SOURCE)
    assert {f.code for f in report.findings} == {"manifest.of.another"}


def test_a_parent_that_was_made_again_with_another_result_breaks_the_link(toy: Project) -> None:
    (toy.workspace.capture("toy") / "body.jsonl").write_text("one two three four\n")
    toy.run(PLANS[0])
    report = toy.audit()
    assert {f.code for f in report.findings} == {"link.parent.changed"}
    assert {f.where for f in report.findings} == {
        "artifacts/toy/s01_alignment/manifest.json", "artifacts/toy/s03_labels/manifest.json",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda c: (c / "body.jsonl").write_text("one two thrEe\n"), "capture.file.changed"),
        (lambda c: (c / "body.jsonl").unlink(), "capture.file.missing"),
        (lambda c: (c / "more.json").write_text("{}"), "capture.file.extra"),
        (lambda c: (c / "more.json").symlink_to("/etc/hostname"), "capture.file.extra"),
        (lambda c: (c / "body.jsonl").rename(c.parent / "b") and (c / "body.jsonl").symlink_to(c.parent / "b"),
         "capture.file.changed"),
        (shutil.rmtree, "capture.missing"),
    ],
)  # fmt: skip
def test_a_raw_capture_that_is_not_as_it_was_is_found(toy: Project, change: Any, code: str) -> None:
    change(toy.workspace.capture("toy"))
    report = toy.audit()
    assert [f.code for f in report.findings] == [code]
    assert report.findings[0].where.startswith("captures/toy")
    assert report.summary.exit_code == 1
    assert [s.linked for s in report.summary.stages] == [False, True, True]


def test_changed_params_are_stale_not_tampered(toy: Project) -> None:
    (toy.root / "params.yaml").write_text("capture: toy\nalignment: {max_tilt_deg: 11.0}\n")
    finding = only(toy)
    assert (finding.code, finding.where, finding.promise) == ("stale.params", "artifacts/toy/s01_alignment", "CURRENT")
    report = toy.audit()
    assert report.summary.exit_code == 3
    assert report.summary.promises["CURRENT"] == "stale"
    assert [s.current for s in report.summary.stages] == [True, False, True]


def test_changed_code_and_a_changed_lock_file_are_stale(toy: Project, tmp_path: Path) -> None:
    (tmp_path / "source" / "schemas").mkdir(parents=True)
    (tmp_path / "source" / "schemas" / "__init__.py").write_text("other = 1\n")
    report = toy.audit(source=tmp_path / "source")
    assert [f.code for f in report.findings] == ["stale.code"] * 3
    assert report.summary.exit_code == 3
    (toy.root / "requirements.lock").write_text("numpy==2.1.0\n")
    assert toy.codes() == ["stale.environment"] * 3


def test_tampering_outweighs_staleness(toy: Project) -> None:
    (toy.root / "params.yaml").write_text("capture: toy\nalignment: {max_tilt_deg: 11.0}\n")
    (toy.artifacts / "s00_adapter" / "words.json").write_text("{}")
    assert toy.audit().summary.exit_code == 1


def test_what_cannot_be_read_could_not_be_checked(toy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("kinetrace.store.inspection.digest_file", refuse)
    with pytest.raises(UncheckableError, match="found Permission denied"):
        toy.audit()


def test_a_broken_ledger_is_found_and_not_written_to(toy: Project) -> None:
    report = toy.audit()
    remember(toy.workspace, report)
    remember(toy.workspace, report)
    ledger = toy.workspace.ledger
    ledger.write_bytes(ledger.read_bytes().replace(b'"seq":0', b'"seq":7'))
    finding = only(toy)
    assert (finding.code, finding.where, finding.promise) == (
        "ledger.chain.broken",
        "artifacts/ledger.jsonl:1",
        "LEDGER",
    )
    report = toy.audit()
    assert report.summary.exit_code == 1
    before = ledger.read_bytes()
    remember(toy.workspace, report)
    assert ledger.read_bytes() == before
    assert toy.audit(ledger=False).ok
    assert toy.audit(ledger=False).summary.promises["LEDGER"] == "not asked"


def test_an_audit_is_remembered_with_its_root_and_verdict(toy: Project) -> None:
    report = toy.audit()
    remember(toy.workspace, report)
    (entry,) = read_ledger(toy.workspace.ledger)
    assert (entry.capture, entry.root, entry.ok, entry.action) == ("toy", report.summary.root, True, "audit")
    assert toy.audit().ok


def test_an_audit_without_a_root_is_not_remembered(toy: Project) -> None:
    shutil.rmtree(toy.artifacts / "s00_adapter")
    remember(toy.workspace, toy.audit())
    assert not toy.workspace.ledger.exists()


def test_the_report_is_the_same_json_for_the_same_artifacts(toy: Project) -> None:
    assert toy.audit().model_dump_json(by_alias=True) == toy.audit().model_dump_json(by_alias=True)
    assert json.loads(toy.audit().model_dump_json(by_alias=True))["schema"] == "kinetrace.audit/1"


def test_the_commit_carries_a_plus_when_files_differ(tmp_path: Path) -> None:
    env = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    assert git_commit(tmp_path / "absent") is None

    def git(*args: str) -> None:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        subprocess.run(["git", *identity, *args], cwd=tmp_path, check=True, capture_output=True, env=env)

    git("init")
    git("commit", "--allow-empty", "-m", "one")
    clean = git_commit(tmp_path)
    assert clean is not None
    assert len(clean) == 40
    (tmp_path / "new").write_text("x")
    assert git_commit(tmp_path) == clean + "+"


def test_the_draft_of_a_run_that_is_alive_is_no_stranger_but_debris_is(toy: Project) -> None:
    draft = toy.artifacts / f".s03_labels.{os.getpid()}.tmp"
    draft.mkdir()
    with stage_lock(toy.workspace, "toy"):
        assert toy.audit().ok
    assert only(toy).code == "stage.extra", "nothing runs: it is only named like a draft"
    draft.rmdir()
    (toy.artifacts / ".s03_labels.999999999.tmp").mkdir()
    assert (only(toy).code, only(toy).where) == ("stage.extra", "artifacts/toy/.s03_labels.999999999.tmp")


def test_somebody_without_a_name_is_remembered_by_number(toy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr("getpass.getuser", nameless)
    remember(toy.workspace, toy.audit())
    assert read_ledger(toy.workspace.ledger)[0].actor == f"uid {os.getuid()}"


def test_a_folder_of_outputs_inside_of_a_stage_is_looked_into(toy: Project) -> None:
    plan = StagePlan("s03_labels", "labels", ("s00_adapter",), ("deep/words.json",), PLANS[0].code)

    def deep(run: Any, params: Any) -> None:
        (run.draft / "deep").mkdir()
        run.write_bytes("deep/words.json", b"{}")

    execute(toy.workspace, plan, deep)
    plans = (*PLANS[:2], plan)

    def codes() -> list[tuple[str, str]]:
        report = audit(toy.workspace, "toy", plans, read_params(toy.workspace.params), SOURCE)
        return [(f.code, f.where.removeprefix("artifacts/toy/s03_labels/")) for f in report.findings]

    folder = toy.artifacts / "s03_labels" / "deep"
    assert codes() == []
    folder.chmod(0o777)
    assert codes() == [("file.world.writable", "deep")]
    folder.chmod(0o755)
    (folder / "more").mkdir()
    assert codes() == [("output.extra", "deep/more")]
    shutil.rmtree(folder)
    folder.touch()
    assert codes() == [("output.missing", "deep/words.json")]


def test_the_folder_of_a_capture_must_be_itself(toy: Project) -> None:
    moved = toy.artifacts.rename(toy.root / "elsewhere")
    (toy.root / "artifacts" / "toy").symlink_to(moved)
    assert (only(toy).code, only(toy).where) == ("output.kind.changed", "artifacts/toy")


@pytest.mark.parametrize("kind", ["a link", "a fifo", "a folder"])
def test_a_ledger_that_is_no_file_is_found_and_not_written_to(toy: Project, kind: str) -> None:
    path = toy.workspace.ledger
    if kind == "a link":
        path.symlink_to(toy.root / "elsewhere")
    elif kind == "a fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
    assert (only(toy).code, only(toy).found) == ("ledger.chain.broken", kind)
    remember(toy.workspace, toy.audit())
    with pytest.raises(ArtifactError, match=f"expected a plain file, found {kind}"):
        record(toy.workspace, "audit", "toy", "0" * 64, True)
    assert not (toy.root / "elsewhere").exists()


def test_fast_finds_what_strong_finds_but_for_a_forged_xxh3(toy: Project) -> None:
    assert toy.audit(fast=True).ok
    path = toy.artifacts / "s00_adapter" / "words.json"
    path.write_bytes(path.read_bytes().replace(b"two", b"tvo"))
    (finding,) = toy.audit(fast=True).findings
    assert (finding.code, finding.expected[:5]) == ("output.content.changed", "xxh3 ")
    assert (toy.audit(fast=True).summary.digests, toy.audit().summary.digests) == ("fast", "strong")
