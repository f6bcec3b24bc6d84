from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.store.digest import (
    CHUNK,
    SourceTree,
    digest_bytes,
    digest_file,
    digest_file_fast,
    digest_tree,
    tree_files,
)


@given(data=st.binary(max_size=200))
def test_sha256_is_that_of_the_standard_library(data: bytes) -> None:
    found = digest_bytes(data)
    assert (found.bytes, found.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_digests_of_nothing_are_the_published_ones() -> None:
    found = digest_bytes(b"")
    assert found.sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert found.xxh3_128 == "99aa06d3014798d86001c324468d497f"


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_file_digests_as_its_bytes_whatever_the_chunks(tmp_path: Path, size: int) -> None:
    data = bytes(i % 251 for i in range(1000)) * (size // 1000 + 1)
    (tmp_path / "file").write_bytes(data[:size])
    whole = digest_bytes(data[:size])
    assert digest_file(tmp_path / "file") == whole
    fast = digest_file_fast(tmp_path / "file")
    assert (fast.bytes, fast.xxh3_128) == (whole.bytes, whole.xxh3_128)


@pytest.mark.parametrize("digest", [digest_file, digest_file_fast])
@pytest.mark.parametrize("kind", ["link", "fifo", "folder", "nothing"])
def test_only_a_plain_file_is_digested_and_nothing_is_waited_for(tmp_path: Path, digest: Any, kind: str) -> None:
    path = tmp_path / "it"
    if kind == "link":
        (tmp_path / "file").write_text("x")
        path.symlink_to(tmp_path / "file")
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    reason = {
        "link": "symbolic links",
        "fifo": "not a plain file",
        "folder": "not a plain file",
        "nothing": "No such file",
    }
    with pytest.raises(OSError, match=reason[kind]) as refusal:
        digest(path)
    assert str(refusal.value.filename) == str(path)


def _tree(root: Path) -> Path:
    (root / "room" / "inner").mkdir(parents=True)
    (root / "room" / "a.py").write_text("a = 1\n")
    (root / "room" / "inner" / "b.html").write_text("<p>\n")
    (root / "single.py").write_text("s = 1\n")
    return root


def test_a_tree_digests_the_same_wherever_it_lies_and_in_whatever_order_it_is_named(tmp_path: Path) -> None:
    here, there = _tree(tmp_path / "here"), _tree(tmp_path / "elsewhere" / "deep")
    assert digest_tree(here, ("room", "single.py")) == digest_tree(there, ("single.py", "room"))


def test_a_tree_digest_by_hand(tmp_path: Path) -> None:
    _tree(tmp_path)
    inner = hashlib.sha256(b"s = 1\n").hexdigest()
    assert digest_tree(tmp_path, ("single.py",)) == hashlib.sha256(f"single.py\0{inner}\n".encode()).hexdigest()


def test_byte_compiled_files_do_not_count_but_templates_do(tmp_path: Path) -> None:
    _tree(tmp_path)
    before = digest_tree(tmp_path, ("room",))
    (tmp_path / "room" / "__pycache__").mkdir()
    (tmp_path / "room" / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"x")
    (tmp_path / "room" / "stray.pyc").write_bytes(b"x")
    assert digest_tree(tmp_path, ("room",)) == before
    (tmp_path / "room" / "inner" / "b.html").write_text("<b>\n")
    assert digest_tree(tmp_path, ("room",)) != before


def test_renaming_a_file_changes_the_tree(tmp_path: Path) -> None:
    _tree(tmp_path)
    before = digest_tree(tmp_path, ("room",))
    shutil.move(tmp_path / "room" / "a.py", tmp_path / "room" / "c.py")
    assert digest_tree(tmp_path, ("room",)) != before


def test_a_member_named_twice_counts_once(tmp_path: Path) -> None:
    _tree(tmp_path)
    assert digest_tree(tmp_path, ("room", "room/a.py")) == digest_tree(tmp_path, ("room",))
    assert len(tree_files(tmp_path, ("room", "room/a.py"))) == 2


def test_a_member_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="absent"):
        digest_tree(tmp_path, ("absent",))


def test_a_source_tree_is_read_once_however_often_it_is_asked(tmp_path: Path) -> None:
    _tree(tmp_path)
    tree = SourceTree(tmp_path)
    before = tree.digest(("room",))
    (tmp_path / "room" / "a.py").write_text("a = 2\n")
    assert tree.digest(("room",)) == before
    assert tree.digest(("single.py", "room")) != digest_tree(tmp_path, ("single.py", "room"))
    assert SourceTree(tmp_path).digest(("room",)) == digest_tree(tmp_path, ("room",)) != before


def test_source_behind_a_link_counts_by_what_it_leads_to_and_a_broken_link_does_not_count(tmp_path: Path) -> None:
    _tree(tmp_path / "plain")
    _tree(tmp_path / "linked")
    (tmp_path / "linked" / "room" / "a.py").rename(tmp_path / "a.py")
    (tmp_path / "linked" / "room" / "a.py").symlink_to(tmp_path / "a.py")
    (tmp_path / "linked" / "room" / ".#a.py").symlink_to("nobody@nowhere")
    assert digest_tree(tmp_path / "linked", ("room",)) == digest_tree(tmp_path / "plain", ("room",))
