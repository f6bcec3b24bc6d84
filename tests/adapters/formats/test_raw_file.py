from __future__ import annotations

import os
from pathlib import Path

import pytest

from adapters.formats.raw_file import decode_text, read_raw
from schemas.errors import CaptureError


def test_bytes_come_back_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x01\xff")
    assert read_raw(tmp_path / "a") == b"\x01\xff"


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p")
    with pytest.raises(CaptureError, match=r"a pipe, socket or device"):
        read_raw(tmp_path / "p")


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "big").open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(CaptureError, match=r"at most 536870912 bytes, found 1099511627776"):
        read_raw(tmp_path / "big")


def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "a").chmod(0)
    if os.access(tmp_path / "a", os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(CaptureError, match=r"cannot be opened"):
        read_raw(tmp_path / "a")


def test_text_is_utf8_else_latin1_and_never_binary(tmp_path: Path) -> None:
    assert decode_text(tmp_path, "\ufeffä".encode()) == "ä"
    assert decode_text(tmp_path, b"\xe4") == "ä"
    with pytest.raises(CaptureError, match=r"a zero byte"):
        decode_text(tmp_path, b"a\x00b")
