from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kinetrace.store.dvc_state import aside, cache, lock_file, rwlock, workers
from kinetrace.store.lock import command
from kinetrace.store.workspace import Workspace

A, B = "a" * 32, "0123456789" * 3 + "12"
LOCK = f"""schema: '2.0'
stages:
  s00_adapter:
    cmd: kinetrace stage adapter
    deps:
    - path: captures/toy
      hash: md5
      md5: {A}.dir
      size: 3
      nfiles: 1
    outs:
    - path: artifacts/toy/s00_adapter
      hash: md5
      md5: '{B}'
      size: 5
  s01_alignment:
    cmd: kinetrace stage alignment
    outs:
    - path: artifacts/toy/s01_alignment
      hash: md5
      md5: {A}
      size: 5
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / ".dvc" / "tmp").mkdir(parents=True)
    (tmp_path / "dvc.lock").write_text(LOCK)
    return Workspace(tmp_path)


def store(workspace: Workspace, data: bytes, suffix: str = "") -> str:
    """Put an object into DVC's cache, and give its name."""
    name = hashlib.md5(data).hexdigest() + suffix
    path = workspace.root / ".dvc" / "cache" / "files" / "md5" / name[:2] / name[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return name


def dead() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_whole_lock_file_is_left_alone(workspace: Workspace) -> None:
    assert lock_file(workspace) == []
    assert (workspace.root / "dvc.lock").read_text() == LOCK
    (workspace.root / "dvc.lock").unlink()
    assert lock_file(workspace) == []
    assert not (workspace.root / "dvc.lock").exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "nothing"),
        (b"\0" * 512, "512 empty bytes"),
        (LOCK.encode()[:100], "s00_adapter: an entry without command or outputs"),
        (LOCK.replace(A, A[:9]).encode(), "a path without its whole digest"),
        (b"<<<<<<< HEAD\n" + LOCK.encode(), "no YAML of DVC's lock schema"),
        (b"\xff\xfe", "no YAML of DVC's lock schema"),
        (b"[1, 2]", "no YAML of DVC's lock schema"),
    ],
)
def test_a_torn_lock_file_is_moved_aside(workspace: Workspace, data: bytes, words: str) -> None:
    (workspace.root / "dvc.lock").write_bytes(data)
    (found,) = lock_file(workspace)
    assert (found.code, found.state) == ("dvc.lock.torn", "mended")
    assert words in found.found
    assert found.done == "moved aside to runs/_doctor/dvc.lock.1"
    assert not (workspace.root / "dvc.lock").exists()
    assert (workspace.root / "runs" / "_doctor" / "dvc.lock.1").read_bytes() == data
    assert lock_file(workspace) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, len(LOCK) - 1))
def test_a_lock_file_cut_anywhere_is_mended_or_reads_as_fewer_whole_stages(workspace: Workspace, cut: int) -> None:
    path = workspace.root / "dvc.lock"
    path.write_text(LOCK[:cut])
    if not lock_file(workspace):
        assert path.read_text().count("md5: ") == path.read_text().count("cmd: ") + LOCK[:cut].count("deps")


def test_the_committed_lock_file_comes_back_when_there_is_one(workspace: Workspace) -> None:
    for words in (
        ["init", "-q"],
        ["add", "dvc.lock"],
        ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "t"],
    ):
        subprocess.run(["git", *words], cwd=workspace.root, check=True)
    (workspace.root / "dvc.lock").write_text("")
    (found,) = lock_file(workspace)
    assert "the committed one put in its place" in found.done
    assert (workspace.root / "dvc.lock").read_text() == LOCK


def test_a_committed_lock_file_that_is_torn_too_does_not(workspace: Workspace) -> None:
    (workspace.root / "dvc.lock").write_text("")
    for words in (
        ["init", "-q"],
        ["add", "dvc.lock"],
        ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "t"],
    ):
        subprocess.run(["git", *words], cwd=workspace.root, check=True)
    assert len(lock_file(workspace)) == 1
    assert not (workspace.root / "dvc.lock").exists()


@pytest.mark.parametrize("data", ["", "{", '{"write": {"a": {}}}', '{"write": {"a": {"pid": "x", "cmd": ""}}}', "[]"])
def test_a_torn_table_of_locks_is_moved_aside(workspace: Workspace, data: str) -> None:
    path = workspace.root / ".dvc" / "tmp" / "rwlock"
    path.write_text(data)
    (found,) = rwlock(workspace)
    assert (found.code, found.found, found.state) == ("dvc.rwlock.stale", "a torn file", "mended")
    assert not path.exists()
    assert rwlock(workspace) == []


def test_locks_of_processes_that_have_ended_go_and_an_empty_table_stays(workspace: Workspace) -> None:
    path, pid = workspace.root / ".dvc" / "tmp" / "rwlock", dead()
    path.write_text('{"write": {}, "read": {}}')
    assert rwlock(workspace) == []
    owner = {"pid": pid, "cmd": "dvc repro"}
    path.write_text(json.dumps({"write": {"artifacts/toy": owner}, "read": {"captures/toy": [owner]}}))
    assert workers(workspace) == set()
    (found,) = rwlock(workspace)
    assert found.found == f"process {pid}, which has ended"


def test_a_dvc_at_work_is_named_and_a_number_given_to_another_program_is_not(workspace: Workspace) -> None:
    path = workspace.root / ".dvc" / "tmp" / "rwlock"
    with subprocess.Popen([sys.executable, "-c", "input()", "dvc"], stdin=subprocess.PIPE) as at_work:
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
            while not command(at_work.pid) or not command(other.pid):
                time.sleep(0.01)
            owners = {name: {"pid": p.pid, "cmd": "dvc repro"} for name, p in (("a", at_work), ("b", other))}
            path.write_text(json.dumps({"write": owners}))
            assert workers(workspace) == {at_work.pid}
            other.communicate(b"\n")
        at_work.communicate(b"\n")


def test_the_holder_of_dvcs_own_lock_is_named(workspace: Workspace) -> None:
    path = workspace.root / ".dvc" / "tmp" / "lock"
    script = (
        "import fcntl, os, sys\nf = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX)\n"
        "f.write(f' {os.getpid()}\\n'); f.flush(); print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert workers(workspace) == {process.pid}
        process.communicate("\n")
    assert workers(workspace) == set(), "what a process that has ended left is no lock"


def test_objects_of_the_cache_are_held_against_their_names(workspace: Workspace) -> None:
    (workspace.root / "dvc.lock").unlink()
    good, bad = store(workspace, b"good"), store(workspace, b"bad")
    path = workspace.root / ".dvc" / "cache" / "files" / "md5" / bad[:2] / bad[2:]
    path.write_bytes(b"torn")
    (path.parent / ".abc.tmp").write_bytes(b"half")
    (path.parent / "note.txt").write_text("somebody's")
    found = cache(workspace)
    assert sorted((a.code, a.state) for a in found) == [("cache.debris", "mended"), ("cache.object.changed", "mended")]
    assert not path.exists()
    assert sorted(p.name for p in path.parent.iterdir()) == ["note.txt"]
    assert (workspace.root / "runs" / "_doctor" / f"dvc_cache_files_md5_{bad[:2]}_{bad[2:]}.1").read_bytes() == b"torn"
    assert (workspace.root / ".dvc" / "cache" / "files" / "md5" / good[:2] / good[2:]).exists()
    assert cache(workspace) == []


def test_entries_of_the_run_cache_are_whole_or_go(workspace: Workspace) -> None:
    (workspace.root / "dvc.lock").unlink()
    folder = workspace.root / ".dvc" / "cache" / "runs" / "ab" / ("ab" * 32)
    folder.mkdir(parents=True)
    entry = f"cmd: kinetrace stage adapter\nouts:\n- path: a\n  md5: {A}\n"
    (folder / ("1" * 64)).write_text(entry)
    (folder / ("2" * 64)).write_text("cmd: kinetrace stage adapter\ndeps:\n")
    (folder / ".xyz.tmp").write_text(entry)
    found = cache(workspace)
    assert sorted(a.code for a in found) == ["cache.debris", "cache.run.torn"]
    assert [p.name for p in folder.iterdir()] == ["1" * 64]
    assert cache(workspace) == []


def test_what_the_cache_lacks_is_named_by_stage_and_nothing_is_done(workspace: Workspace) -> None:
    first = store(workspace, b"one")
    listing = store(workspace, json.dumps([{"md5": first, "relpath": "a"}]).encode(), ".dir")
    text = LOCK.replace(f"md5: '{B}'", f"md5: {listing}")
    (workspace.root / "dvc.lock").write_text(text)
    (found,) = cache(workspace)
    assert (found.code, found.found, found.state) == ("cache.missing", "not those of s01_alignment", "noted")
    (workspace.root / ".dvc" / "cache" / "files" / "md5" / first[:2] / first[2:]).unlink()
    (found,) = cache(workspace)
    assert found.found == "not those of s00_adapter, s01_alignment"
    assert (workspace.root / "dvc.lock").read_text() == text


@pytest.mark.parametrize("data", [b"{", b"[1]", b'[{"relpath": "a"}]'])
def test_a_listing_that_is_none_counts_as_missing(workspace: Workspace, data: bytes) -> None:
    listing = store(workspace, data, ".dir")
    (workspace.root / "dvc.lock").write_text(LOCK.replace(f"md5: '{B}'", f"md5: {listing}"))
    assert cache(workspace)[0].found == "not those of s00_adapter, s01_alignment"


def test_things_moved_aside_never_cover_each_other(workspace: Workspace) -> None:
    for number in (1, 2, 3):
        (workspace.root / "thing").write_text(str(number))
        assert aside(workspace, workspace.root / "thing") == f"runs/_doctor/thing.{number}"
    assert [p.read_text() for p in sorted((workspace.root / "runs" / "_doctor").iterdir())] == ["1", "2", "3"]
    assert not os.path.lexists(workspace.root / "thing")
