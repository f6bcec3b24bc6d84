"""A full disk, a kill at any moment, two runs at once: an artifact is the old one or the new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from toy_project import PLANS, Project, make_project

from kinetrace.store.ledger import append
from kinetrace.store.publish import publish, write_atomic
from schemas.errors import StorageError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB; root only."""
    folder = tmp_path / "small"
    folder.mkdir()
    asked = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(asked, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if mounted.returncode != 0:
        pytest.skip(f"mounting a small disk is not allowed here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_keeps_the_old_artifact_and_leaves_no_debris(small_disk: Path) -> None:
    target = small_disk / "stage"
    with publish(target) as draft:
        (draft / "a.bin").write_bytes(b"old")
    with pytest.raises(StorageError, match=r"found No space left on device. Free some space"), publish(target) as draft:
        (draft / "a.bin").write_bytes(b"x" * (1 << 20))
    assert (target / "a.bin").read_bytes() == b"old"
    assert [p.name for p in small_disk.iterdir()] == ["stage"]


def test_a_stage_on_a_full_disk_is_refused_and_runs_once_there_is_room(small_disk: Path) -> None:
    project = make_project(small_disk)
    project.run()
    before = {p: p.read_bytes() for p in project.artifacts.rglob("*") if p.is_file()}
    with (small_disk / "filler").open("wb") as stream, pytest.raises(OSError, match="No space"):
        while True:
            os.write(stream.fileno(), b"x" * 4096)
    with pytest.raises(StorageError, match="No space left on device"):
        project.run(PLANS[1])
    assert {p: p.read_bytes() for p in project.artifacts.rglob("*") if p.is_file()} == before
    (small_disk / "filler").unlink()
    project.run()
    assert project.audit().ok


def test_params_on_a_full_disk_keep_their_old_content(small_disk: Path) -> None:
    path = small_disk / "params.yaml"
    path.write_bytes(b"capture: toy\n")
    with pytest.raises(StorageError, match="No space"):
        write_atomic(path, b"x" * (1 << 20))
    assert path.read_bytes() == b"capture: toy\n"
    assert [p.name for p in small_disk.iterdir()] == ["params.yaml"]


def test_a_ledger_on_a_read_only_disk_is_refused(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StorageError, match="Read-only file system"):
        append(
            small_disk / "ledger.jsonl", time="t", actor="a", action="audit", capture="toy", root="0" * 64, ok=True,
            git=None,
        )  # fmt: skip


# A process that dies by SIGKILL at its nth call of the operating system's file functions, while publishing over an old
# artifact.
VICTIM = """
import os, signal, sys
from pathlib import Path
from kinetrace.store import publish as module
calls, last = 0, int(sys.argv[2])
def counted(function):
    def call(*args, **kwargs):
        global calls
        calls += 1
        if calls == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return call
for name in ("fsync", "open", "close", "rename", "rmdir", "unlink", "mkdir"):
    setattr(os, name, counted(getattr(os, name)))
module._swap = counted(module._swap)
with module.publish(Path(sys.argv[1])) as draft:
    (draft / "a.json").write_text("new")
    (draft / "b.json").write_text("new")
"""


def test_a_kill_at_any_moment_leaves_the_old_artifact_or_the_new_one(tmp_path: Path) -> None:
    seen: set[tuple[tuple[str, str], ...]] = set()
    for moment in range(1, 40):
        target = tmp_path / str(moment) / "stage"
        with publish(target) as draft:
            (draft / "a.json").write_text("old")
        ended = subprocess.run(
            [sys.executable, "-c", VICTIM, str(target), str(moment)], cwd=ROOT, check=False
        ).returncode
        content = tuple(sorted((p.name, p.read_text()) for p in target.iterdir()))
        assert content in {(("a.json", "old"),), (("a.json", "new"), ("b.json", "new"))}
        seen.add(content)
        with publish(target) as draft:
            (draft / "a.json").write_text("after")
        assert [p.name for p in target.parent.iterdir()] == ["stage"]
        if ended == 0:
            break
        assert ended == -signal.SIGKILL
    assert ended == 0, "the victim never came to its end"
    assert len(seen) == 2


def test_two_runs_of_one_stage_at_once_take_turns(toy: Project) -> None:
    # A second process wants to run the same stage while this one is still writing: it says so, and waits.
    script = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from pathlib import Path; from toy_project import *\n"
        f"Project(Workspace(Path({str(toy.root)!r}))).run(ADAPTER)\n"
    )
    second: list[subprocess.Popen[str]] = []

    def slow(run: Any, params: Any) -> None:
        from toy_project import FUNCTIONS

        process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        second.append(process)
        assert process.stderr is not None
        said = process.stderr.readline()
        assert said.startswith(f"  waiting for another stage of toy: process {os.getpid()} ("), said
        assert [p.name for p in toy.artifacts.glob(".*")] == [run.draft.name], "the second has begun nothing"
        FUNCTIONS["s00_adapter"](run, params)

    from kinetrace.store.execute import execute

    execute(toy.workspace, PLANS[0], slow)
    second[0].communicate()
    assert second[0].returncode == 0
    assert toy.audit().ok
