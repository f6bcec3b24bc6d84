from __future__ import annotations

import os
import shlex
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.store.findings import finding, kind_of, open_to_all, printable, remove


@given(text=st.text(max_size=30))
def test_whatever_a_file_is_called_can_be_printed_and_encoded(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    shown.encode()


def test_escapes_by_hand() -> None:
    assert printable("walk_01 é…") == "walk_01 é…"
    assert printable("a\x1b[2Jb\n") == "a\\x1b[2Jb\\n"
    assert printable("\udcff") == "\\udcff"


@given(name=st.text(max_size=20).filter(str.isprintable))
def test_the_removal_command_is_one_word_to_the_shell(name: str) -> None:
    assert shlex.split(remove(f"artifacts/{name}").removeprefix("Remove it: ")) == ["rm", "-r", f"artifacts/{name}"]


def test_no_command_is_given_for_a_name_that_a_terminal_would_obey() -> None:
    assert "rm -r" not in remove("a\x1b[2J")


def test_a_finding_breaks_the_promise_that_the_table_says() -> None:
    assert finding("link.parent.changed", "a", "b", "c", "d").promise == "LINKED"


def test_a_code_that_the_table_does_not_know_is_refused() -> None:
    with pytest.raises(KeyError, match=r"luck\.changed"):
        finding("luck.changed", "a", "b", "c", "d")


def test_kinds_by_hand(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "socket"))
        kinds = [kind_of(tmp_path / name) for name in ("file", "link", "fifo", "socket", "gone", "file/below")]
    assert kinds == ["a file", "a link", "a fifo", "a socket", "none", "none"]
    assert (kind_of(tmp_path), kind_of(Path("/dev/null"))) == ("a folder", "a device")


@pytest.mark.parametrize(("mode", "found"), [(0o644, 0), (0o444, 0), (0o664, 0), (0o666, 1), (0o777, 1), (0o602, 1)])
def test_what_all_may_write_to_is_found_and_nothing_else(tmp_path: Path, mode: int, found: int) -> None:
    path = tmp_path / "a file"
    path.touch()
    path.chmod(mode)
    findings = open_to_all(path, "a file")
    assert [(f.code, f.found, f.fix) for f in findings] == [
        ("file.world.writable", f"mode {mode:04o}", "chmod o-w 'a file'")
    ] * found


def test_a_folder_where_only_owners_remove_is_not_open(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    assert open_to_all(tmp_path, "x") == []
    tmp_path.chmod(0o777)
    assert len(open_to_all(tmp_path, "x")) == 1
