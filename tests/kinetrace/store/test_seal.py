from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_project import PLANS, Project, make_key, trust

import kinetrace.store.seal as module
from kinetrace.store.documents import encode, parse, read_json
from kinetrace.store.execute import SOURCE
from kinetrace.store.ledger import read_ledger, remember
from kinetrace.store.params_file import read_params
from kinetrace.store.signature import sign
from schemas.errors import ArtifactError, KinetraceError, StorageError, UncheckableError, UsageError
from schemas.manifest import Seal


@pytest.fixture
def key(toy: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key that the toy project trusts."""
    made = make_key(tmp_path_factory.mktemp("key"))
    trust(toy, made)
    return made


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_seal_is_over_the_root_and_the_head_before_it(toy: Project, key: Path) -> None:
    sealed, line = toy.seal(key)
    audited, noted = read_ledger(toy.workspace.ledger)
    report = toy.audit()
    assert report.ok
    assert noted == line
    seal = read_json(toy.artifacts / "seals" / "0001" / "seal.json", Seal)
    assert (seal.root, seal.head, seal.seq) == (report.summary.root, audited.hash, 0)
    assert (line.action, line.seal, line.root) == ("seal", sealed.sha256, seal.root)
    assert report.summary.seal is not None
    assert (report.summary.seal.signer, report.summary.seal.number) == ("auditor@example.org", 1)
    assert (report.summary.promises["AUTHENTIC"], report.summary.promises["FRESH"]) == ("holds", "holds")
    assert report.summary.head == line.hash


def test_what_is_signed_holds_no_clock_no_name_and_no_path(toy: Project, key: Path) -> None:
    toy.seal(key)
    signed = json.loads((toy.artifacts / "seals" / "0001" / "seal.json").read_text())
    assert sorted(signed) == ["capture", "head", "number", "root", "schema", "seq"]


def test_sealing_again_adds_and_leaves_every_byte_of_the_older_seals(toy: Project, key: Path) -> None:
    toy.seal(key)
    before, ledger = files(toy.artifacts), toy.workspace.ledger.read_bytes()
    sealed, _ = toy.seal(key)
    after = files(toy.artifacts)
    assert sealed.seal.number == 2
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"seals/0002/seal.json", "seals/0002/seal.json.sig"}
    assert toy.workspace.ledger.read_bytes().startswith(ledger)
    assert toy.audit(require_seal=True).ok


def test_an_older_seal_is_watched_as_closely_as_the_newest(toy: Project, key: Path) -> None:
    toy.seal(key)
    toy.seal(key)
    for name in ("seal.json", "seal.json.sig"):
        path = toy.artifacts / "seals" / "0001" / name
        whole = path.read_bytes()
        for place in range(0, len(whole), 7):
            damaged = bytearray(whole)
            damaged[place] ^= 1
            path.write_bytes(damaged)
            assert len(toy.audit().findings) == 1, (name, place)
        path.write_bytes(whole)
    assert toy.audit().ok


def test_a_key_that_is_retired_leaves_its_old_seals_good_once_a_new_key_has_sealed(
    toy: Project, key: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    toy.seal(key)
    (toy.root / "allowed_signers").unlink()
    new = make_key(tmp_path_factory.mktemp("new"))
    trust(toy, new, "second@example.org")
    assert toy.codes() == ["seal.signer.unknown"]
    toy.seal(new)
    report = toy.audit()
    assert report.ok
    assert report.summary.seal is not None
    assert report.summary.seal.signer == "second@example.org"


def test_a_capture_that_was_made_again_can_be_sealed_again(toy: Project, key: Path) -> None:
    toy.seal(key)
    (toy.root / "params.yaml").write_text("capture: toy\nalignment: {max_tilt_deg: 11.0}\n")
    toy.run(*PLANS[1:])
    assert toy.codes() == ["seal.root.differs"]
    toy.seal(key)
    assert toy.audit().ok


def test_a_stale_capture_can_be_sealed_and_a_tampered_one_cannot(toy: Project, key: Path) -> None:
    (toy.root / "requirements.lock").write_text("numpy==2.1.0\n")
    toy.seal(key)
    path = toy.artifacts / "s00_adapter" / "words.json"
    path.write_bytes(path.read_bytes().replace(b"two", b"tvo"))
    before = files(toy.root)
    with pytest.raises(ArtifactError, match=r"words.json: output.content.changed"):
        toy.seal(key)
    assert files(toy.root) == before


def test_without_a_list_of_trusted_keys_nothing_is_signed_and_the_line_to_add_is_given(
    toy: Project, tmp_path: Path
) -> None:
    with pytest.raises(UncheckableError, match=r'namespaces=\\"kinetrace-seal\\" \$\(cat my_key.pub\)') as refusal:
        toy.seal(Path("my_key"))
    assert refusal.value.exit_code == 4
    assert not (toy.artifacts / "seals").exists()


def test_a_key_that_is_not_trusted_leaves_no_seal(toy: Project, key: Path, tmp_path: Path) -> None:
    with pytest.raises(UncheckableError, match="a list that holds the key you seal with, found SHA256:"):
        toy.seal(make_key(tmp_path, "stranger"))
    assert not (toy.artifacts / "seals").exists()
    assert toy.audit().ok


def test_the_trusted_keys_of_whoever_audits_come_before_the_projects(toy: Project, key: Path, tmp_path: Path) -> None:
    toy.seal(key)
    stranger = make_key(tmp_path, "stranger")
    mine = tmp_path / "mine"
    mine.write_text(f"me@example.org {Path(f'{stranger}.pub').read_text()}")
    report = toy.audit(signers=mine)
    assert [f.code for f in report.findings] == ["seal.signer.unknown"]
    assert report.findings[0].expected == "a key in mine"


@pytest.mark.parametrize("moment", ["before it is published", "before it is noted"])
def test_a_sealing_that_was_killed_is_completed_by_the_next(
    toy: Project, key: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "publish" if moment.endswith("published") else "record", killed)
        with pytest.raises(KeyboardInterrupt):
            toy.seal(key)
    (toy.artifacts / "seals").mkdir(exist_ok=True)
    (toy.artifacts / "seals" / ".0001.999999999.tmp").mkdir()
    sealed, _ = toy.seal(key)
    assert sealed.seal.number == 1
    assert toy.audit(require_seal=True).ok
    assert sorted(p.name for p in (toy.artifacts / "seals").iterdir()) == ["0001"]


def test_an_older_seal_that_the_ledger_does_not_know_is_not_passed_over(toy: Project, key: Path) -> None:
    for _ in range(2):
        toy.seal(key)
    ledger = toy.workspace.ledger
    ledger.write_bytes(ledger.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(ArtifactError, match=r"ledger\.rolled\.back"):
        toy.seal(key)


def test_a_full_disk_while_sealing_leaves_nothing(toy: Project, key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kinetrace.store.publish._swap", full)
    with pytest.raises(StorageError, match="No space left"):
        toy.seal(key)
    monkeypatch.undo()
    toy.seal(key)
    assert toy.audit().ok


def test_a_gap_in_the_numbers_and_a_seal_in_another_place_are_found(toy: Project, key: Path) -> None:
    for _ in range(3):
        toy.seal(key)
    seals = toy.artifacts / "seals"
    shutil.move(seals / "0002", toy.root / "spare")
    assert toy.codes() == ["seal.missing"]
    shutil.copytree(seals / "0001", seals / "0002")
    assert toy.codes() == ["seal.of.another"]


@pytest.mark.parametrize("kind", ["link", "fifo", "folder"])
@pytest.mark.parametrize("name", ["seal.json", "seal.json.sig"])
def test_what_is_no_plain_file_is_no_seal(toy: Project, key: Path, kind: str, name: str) -> None:
    toy.seal(key)
    path = toy.artifacts / "seals" / "0001" / name
    moved = path.rename(toy.root / name)
    if kind == "link":
        path.symlink_to(moved)
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
    (finding,) = toy.audit().findings
    assert (finding.code, finding.found, finding.promise) == ("output.kind.changed", f"a {kind}", "INTACT")
    assert toy.audit().summary.promises["AUTHENTIC"] == "unchecked"


def test_a_missing_half_and_a_stray_file_are_told_apart(toy: Project, key: Path) -> None:
    toy.seal(key)
    folder = toy.artifacts / "seals"
    (folder / "0001" / "seal.json.sig").rename(toy.root / "sig")
    assert toy.codes() == ["seal.missing"]
    (toy.root / "sig").rename(folder / "0001" / "seal.json.sig")
    (folder / "1").mkdir()
    assert toy.codes() == ["seal.extra"]
    shutil.rmtree(folder)
    folder.symlink_to(toy.root)
    assert toy.codes() == ["seal.extra"]


def test_whoever_may_write_to_a_seal_is_found(toy: Project, key: Path) -> None:
    toy.seal(key)
    for path in (toy.artifacts / "seals", *(toy.artifacts / "seals").rglob("*"), toy.workspace.ledger):
        mode = path.stat().st_mode & 0o777
        path.chmod(0o777)
        assert toy.codes() == ["file.world.writable"], path
        path.chmod(mode)


def test_with_a_broken_ledger_freshness_cannot_be_told(toy: Project, key: Path) -> None:
    _, line = toy.seal(key)
    path = toy.workspace.ledger
    path.write_bytes(path.read_bytes()[:-9])
    report = toy.audit(known_head=line.hash)
    assert [f.code for f in report.findings] == ["ledger.chain.broken"]
    assert (report.summary.promises["FRESH"], report.summary.promises["AUTHENTIC"]) == ("unchecked", "holds")


@pytest.mark.parametrize("head", ["", "abc", "A" * 64, "g" * 64, "0" * 65])
def test_a_head_that_is_no_hash_is_wrong_usage(toy: Project, head: str) -> None:
    with pytest.raises(UsageError, match="Keep what this prints: kinetrace audit --head"):
        toy.audit(known_head=head)


def test_an_old_state_put_back_is_told_by_the_known_head_and_going_back_on_purpose_is_not(toy: Project) -> None:
    old = shutil.copytree(toy.artifacts, toy.root / "old")
    params = (toy.root / "params.yaml").read_text()
    first = remember(toy.workspace, toy.audit())
    assert first is not None
    (toy.root / "params.yaml").write_text("capture: toy\nalignment: {max_tilt_deg: 11.0}\n")
    toy.run(*PLANS[1:])
    second = remember(toy.workspace, toy.audit())
    assert second is not None
    assert toy.audit(known_head=second.hash).ok
    assert toy.audit(known_head=first.hash).ok
    shutil.rmtree(toy.artifacts)
    shutil.copytree(old, toy.artifacts)
    (toy.root / "params.yaml").write_text(params)
    assert [f.code for f in toy.audit(known_head=second.hash).findings] == ["root.rolled.back"]
    assert toy.audit(known_head=first.hash).ok
    remember(toy.workspace, toy.audit())
    assert toy.audit(known_head=second.hash).ok


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_arbitrary_bytes_are_no_seal(data: bytes) -> None:
    try:
        seal = parse(data, Seal, where="seal")
    except KinetraceError:
        return
    assert parse(encode(seal), Seal, where="seal") == seal


def test_the_newest_seal_taken_away_is_missed_by_the_ledger(toy: Project, key: Path) -> None:
    for _ in range(2):
        toy.seal(key)
    shutil.rmtree(toy.artifacts / "seals" / "0002")
    (finding,) = toy.audit().findings
    assert (finding.code, finding.expected, finding.found) == ("seal.missing", "2 seals, by the ledger", "1 missing")


def test_two_seals_that_the_ledger_does_not_know_are_no_interrupted_sealing(toy: Project, key: Path) -> None:
    sealed, _ = toy.seal(key)
    ledger = toy.workspace.ledger
    ledger.write_bytes(ledger.read_bytes().splitlines(keepends=True)[0])
    second = toy.artifacts / "seals" / "0002"
    second.mkdir()
    data = encode(sealed.seal.model_copy(update={"number": 2}))
    (second / "seal.json").write_bytes(data)
    (second / "seal.json.sig").write_bytes(sign(data, key))
    assert toy.codes() == ["seal.unrecorded"] * 2
    with pytest.raises(ArtifactError, match=r"seal\.unrecorded"):
        toy.seal(key)


def test_a_folder_without_stages_has_no_root_to_sign(toy: Project, key: Path) -> None:
    shutil.rmtree(toy.artifacts)
    toy.artifacts.mkdir()
    with pytest.raises(UncheckableError, match="a Merkle root to sign"):
        module.seal(toy.workspace, "toy", (), read_params(toy.workspace.params), SOURCE, key)


@pytest.mark.parametrize("name", ["0000", "00001", "1000000", "9" * 200, "٠٠٠٢", "-001", "0x01"])
def test_a_folder_that_is_no_number_of_a_seal_is_found_at_once(toy: Project, key: Path, name: str) -> None:
    toy.seal(key)
    (toy.artifacts / "seals" / name).mkdir()
    assert toy.codes() == ["seal.extra"]


def test_a_far_number_is_a_gap_and_a_missing_seal(toy: Project, key: Path) -> None:
    toy.seal(key)
    shutil.copytree(toy.artifacts / "seals" / "0001", toy.artifacts / "seals" / "999999")
    assert sorted(toy.codes()) == ["seal.missing", "seal.of.another"]


def test_a_seal_written_otherwise_is_no_seal(toy: Project, key: Path) -> None:
    toy.seal(key)
    path = toy.artifacts / "seals" / "0001" / "seal.json"
    path.write_bytes(path.read_bytes().replace(b":", b": ", 1))
    (finding,) = toy.audit().findings
    assert (finding.code, finding.expected) == ("seal.malformed", "canonical bytes")
