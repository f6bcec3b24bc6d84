from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from adapters import kept_files
from schemas.errors import CaptureError


def test_copying_holds_no_more_than_a_piece(tmp_path: Path) -> None:
    film = tmp_path / "film.bin"
    film.write_bytes(bytes(24 << 20))
    tracemalloc.start()
    kept_files.write_kept(tmp_path / "a", {"film.bin": film, "note": b"x"})
    assert kept_files.first_difference(tmp_path / "a", {"film.bin": film, "note": b"x"}) is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20
    with film.open("r+b") as stream:
        stream.seek(-1, 2)
        stream.write(b"\x01")
    assert kept_files.first_difference(tmp_path / "a", {"film.bin": film, "note": b"x"}) == "film.bin"
    assert kept_files.first_difference(tmp_path / "a", {"film.bin": film}) == "film.bin"


def test_a_capture_that_is_too_large_or_empty_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    monkeypatch.setattr(kept_files, "CAPTURE_BYTES", 6)
    kept_files.refuse_large({"a": tmp_path / "a", "b": b"1"}, "x")
    with pytest.raises(CaptureError, match=r"at most 6 bytes in 250000 files, found 7 bytes in 2 files"):
        kept_files.refuse_large({"a": tmp_path / "a", "b": b"12"}, "x")
    monkeypatch.setattr(kept_files, "CAPTURE_FILES", 1)
    with pytest.raises(CaptureError, match=r"in 1 files"):
        kept_files.refuse_large({"a": tmp_path / "a", "b": b"1"}, "x")
    with pytest.raises(CaptureError, match=r"x: b: file: expected a file with content"):
        kept_files.refuse_large({"b": b""}, "x")


def test_a_file_that_is_gone_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match=r"nothing at this path"):
        kept_files.write_kept(tmp_path / "a", {"x": b"1", "y": tmp_path / "gone"})
    assert list(tmp_path.iterdir()) == []
