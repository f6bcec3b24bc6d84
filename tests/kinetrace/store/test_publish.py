from __future__ import annotations

import ctypes
import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

import kinetrace.store.publish as publish_module
from kinetrace.store.publish import disk_errors, draft_name, is_draft, publish, sweep, sync, write_atomic
from schemas.errors import StorageError


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_block_that_ends_well_becomes_the_target(tmp_path: Path) -> None:
    with publish(tmp_path / "deep" / "stage") as draft:
        (draft / "a.json").write_text("new")
        assert not (tmp_path / "deep" / "stage").exists()
    assert (tmp_path / "deep" / "stage" / "a.json").read_text() == "new"
    assert names(tmp_path / "deep") == ["stage"]


def test_the_old_artifact_stands_until_the_new_one_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "stage"
    with publish(target) as draft:
        (draft / "a.json").write_text("old")
    with publish(target) as draft:
        (draft / "b.json").write_text("new")
        assert (target / "a.json").read_text() == "old"
        assert not (target / "b.json").exists()
    assert names(target) == ["b.json"]
    assert names(tmp_path) == ["stage"]


@pytest.mark.parametrize("failure", [ValueError("bad"), KeyboardInterrupt(), SystemExit(3)])
def test_a_block_that_fails_leaves_the_target_and_no_debris(tmp_path: Path, failure: BaseException) -> None:
    target = tmp_path / "stage"
    with publish(target) as draft:
        (draft / "a.json").write_text("old")
    with pytest.raises(type(failure)), publish(target) as draft:
        (draft / "a.json").write_text("half")
        raise failure
    assert (target / "a.json").read_text() == "old"
    assert names(tmp_path) == ["stage"]


def test_a_first_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="bad"), publish(tmp_path / "stage") as draft:
        (draft / "a.json").write_text("half")
        raise ValueError("bad")
    assert names(tmp_path) == []


def _dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_debris_of_a_killed_run_is_swept_and_other_things_are_left(tmp_path: Path) -> None:
    for name in (f".stage.{_dead_pid()}.tmp", f".stage.{os.getpid()}.tmp", f".other.{_dead_pid()}.tmp", "kept"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half.h5").write_text("half")
    (tmp_path / f".stage.{_dead_pid()}1.tmp").symlink_to(tmp_path / "kept")
    with publish(tmp_path / "stage") as draft:
        (draft / "a.json").write_text("new")
    assert [n for n in names(tmp_path) if n.startswith(".stage")] == []
    assert (tmp_path / "kept" / "half.h5").exists()
    assert len([n for n in names(tmp_path) if n.startswith(".other")]) == 1


def test_the_draft_of_a_run_that_is_alive_is_left_to_it(tmp_path: Path) -> None:
    alive = tmp_path / f".stage.{os.getppid()}.tmp"
    alive.mkdir()
    with publish(tmp_path / "stage") as draft:
        (draft / "a.json").write_text("new")
    assert alive.is_dir()


def test_sweeping_takes_what_dead_processes_left_folders_files_and_links_alike(tmp_path: Path) -> None:
    pid = _dead_pid()
    (tmp_path / f".stage.{pid}.tmp").mkdir()
    (tmp_path / f".params.yaml.{pid}.tmp").write_text("half")
    (tmp_path / f".link.{pid}.tmp").symlink_to(tmp_path / "kept")
    kept = ["kept", f".stage.{os.getpid()}.tmp", f".stage.{pid}", f"stage.{pid}.tmp", f"..{pid}.tmp", ".git.x.tmp"]
    for name in kept:
        (tmp_path / name).mkdir()
    gone = sweep(tmp_path)
    assert [p.name for p in gone] == sorted([f".stage.{pid}.tmp", f".params.yaml.{pid}.tmp", f".link.{pid}.tmp"])
    assert names(tmp_path) == sorted(kept)
    assert sweep(tmp_path / "not there") == []


def test_an_artifact_that_was_made_read_only_is_replaced_without_debris(tmp_path: Path) -> None:
    target = tmp_path / "stage"
    with publish(target) as draft:
        (draft / "deep").mkdir()
        (draft / "deep" / "a.json").write_text("old")
    for path in (target / "deep" / "a.json", target / "deep", target):
        path.chmod(0o555 if path.is_dir() else 0o444)
    with publish(target) as draft:
        (draft / "a.json").write_text("new")
    assert names(target) == ["a.json"]
    assert names(tmp_path) == ["stage"]


def test_an_exchange_that_the_disk_refuses_is_the_disks_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Library:
        def renameat2(self, *words: object) -> int:
            ctypes.set_errno(errno.ENOSPC)
            return -1

    (tmp_path / "stage").mkdir()
    monkeypatch.setattr("kinetrace.store.publish.ctypes.CDLL", lambda *a, **k: Library())
    with pytest.raises(StorageError, match="found No space left on device"), publish(tmp_path / "stage"):
        pass
    assert names(tmp_path) == ["stage"]


@pytest.mark.parametrize("what", ["a file", "a link", "a link to nowhere"])
def test_what_stands_in_the_place_of_an_artifact_is_replaced_by_it(tmp_path: Path, what: str) -> None:
    target, elsewhere = tmp_path / "stage", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").write_text("mine")
    if what == "a file":
        target.write_text("stray")
    else:
        target.symlink_to(elsewhere if what == "a link" else tmp_path / "nowhere")
    with publish(target) as draft:
        (draft / "a.json").write_text("new")
    assert not target.is_symlink()
    assert names(target) == ["a.json"]
    assert names(tmp_path) == ["elsewhere", "stage"]
    assert names(elsewhere) == ["mine"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO])
def test_what_the_disk_refuses_becomes_our_error(tmp_path: Path, code: int) -> None:
    with pytest.raises(StorageError) as refusal, publish(tmp_path / "stage"):
        raise OSError(code, os.strerror(code))
    assert refusal.value.found == os.strerror(code)
    assert refusal.value.where == str(tmp_path / "stage")
    assert names(tmp_path) == []


def test_a_file_where_a_folder_should_be_is_our_error(tmp_path: Path) -> None:
    (tmp_path / "artifacts").write_text("a file")
    with pytest.raises(StorageError, match="Not a directory"), publish(tmp_path / "artifacts" / "toy" / "stage"):
        pass


def test_errors_that_are_not_the_disks_pass_through() -> None:
    with pytest.raises(FileNotFoundError), disk_errors(Path("x")):
        raise FileNotFoundError(errno.ENOENT, "gone")


def test_an_exchange_that_the_file_system_cannot_do_keeps_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "stage"
    with publish(target) as draft:
        (draft / "a.json").write_text("old")
    monkeypatch.setattr("kinetrace.store.publish._EXCHANGE", 1 << 20)
    with pytest.raises(StorageError, match="exchange two folders in one step, found Invalid argument"), publish(target):
        pass
    assert (target / "a.json").read_text() == "old"
    assert names(tmp_path) == ["stage"]


def test_one_file_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "params.yaml"
    write_atomic(path, b"old")
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    assert names(path.parent) == ["params.yaml"]


def test_one_file_in_the_place_of_a_folder_is_refused_without_debris(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").mkdir()
    with pytest.raises(StorageError, match="Is a directory"):
        write_atomic(tmp_path / "params.yaml", b"new")
    assert names(tmp_path) == ["params.yaml"]


def test_syncing_closes_what_it_opens(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    before = len(list(Path("/proc/self/fd").iterdir()))
    sync(tmp_path / "a")
    sync(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize(
    "name",
    ["stage", ".stage.tmp", ".stage.1.2.tmp", ".stage.x.tmp", ".stage.1.bak", "stage.1.tmp", ".stage.999999999.tmp"],
)
def test_what_only_looks_like_a_draft_is_none(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert not is_draft(tmp_path / name)
    (tmp_path / draft_name(tmp_path / name)).mkdir()
    assert is_draft(tmp_path / draft_name(tmp_path / "stage")) == (name == "stage")


def test_everything_is_on_the_disk_before_the_step_and_the_step_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    target = tmp_path / "stage"
    swap = publish_module._swap

    def noted_swap(draft: Path, target: Path) -> None:
        happened.append("swap")
        swap(draft, target)

    monkeypatch.setattr(publish_module, "sync", lambda path: happened.append(path.name))
    monkeypatch.setattr(publish_module, "_swap", noted_swap)
    with publish(target) as draft:
        (draft / "deep").mkdir()
        (draft / "deep" / "b.json").write_text("b")
        (draft / "manifest.json").write_text("m")
        (draft / "z.json").write_text("z")
    assert happened == ["b.json", "z.json", "manifest.json", "deep", draft_name(target), "swap", tmp_path.name]


@pytest.mark.parametrize("able", [True, False])
def test_thousands_of_files_are_flushed_at_once_where_the_system_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, able: bool
) -> None:
    one_by_one: list[Path] = []
    at_once: list[Path] = []
    real = publish_module._sync_file_system
    monkeypatch.setattr(publish_module, "_MANY", 3)
    monkeypatch.setattr(
        publish_module, "_sync_file_system", lambda folder: (at_once.append(folder), able and real(folder))[1]
    )
    monkeypatch.setattr(publish_module, "sync", one_by_one.append)
    with publish(tmp_path / "few") as draft:
        (draft / "a").write_text("x")
    assert not at_once and len(one_by_one) == 3  # the file, its folder, the folder around
    one_by_one.clear()
    with publish(tmp_path / "many") as draft:
        for number in range(5):
            (draft / f"{number}").write_text(str(number))
    assert len(at_once) == 1 and len(one_by_one) == (1 if able else 7)
    assert names(tmp_path / "many") == ["0", "1", "2", "3", "4"]
