from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.plain_file import open_plain, read_plain


@given(data=st.binary(max_size=200))
def test_what_is_read_is_what_was_written(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "plain"
    path.write_bytes(data)
    assert read_plain(path, 200) == data


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (lambda p: None, "missing"),
        (lambda p: p.symlink_to("/etc/hostname"), "link"),
        (lambda p: p.symlink_to(p.parent / "nowhere"), "link"),
        (lambda p: p.mkdir(), "folder"),
        (os.mkfifo, "special"),
        (lambda p: p.write_bytes(b"12345"), "large"),
    ],
)
def test_what_is_no_plain_file_is_refused_unread(make: object, rule: str, tmp_path: Path) -> None:
    make(tmp_path / "x")  # type: ignore[operator]
    with pytest.raises(FormatError) as refusal:
        read_plain(tmp_path / "x", 4)
    assert refusal.value.rule == rule


@pytest.mark.parametrize("name", ["x\0y", "x" * 5000])
def test_a_name_that_no_file_can_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be opened"):
        read_plain(Path(f"{tmp_path}/{name}"), 4)


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"12345")
    monkeypatch.setattr("kinetrace.store.safe_io.plain_file._check_kind", lambda info, limit: None)
    with pytest.raises(FormatError, match="grew while it was read"):
        read_plain(path, 4)


def test_a_file_that_fails_while_it_is_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be opened"):
        read_plain(Path("/proc/self/mem"), 4)


def test_no_handle_is_left_open(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for limit in (4, 9):
        try:
            with open_plain(tmp_path / "x", limit) as stream:
                stream.read(1)
        except FormatError:
            pass
    assert len(list(Path("/proc/self/fd").iterdir())) == before
