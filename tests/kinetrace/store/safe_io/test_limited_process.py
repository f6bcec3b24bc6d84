"""A parser in a limited process: its answer comes back, and whatever else it does becomes a refusal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.limited_process import Limits, run_limited, stream_limited

ENOUGH = Limits(320 << 20, 1.0, 1 << 20)


def _run(tmp_path: Path, body: str, data: bytes = b"abc", limits: Limits = ENOUGH) -> bytes:
    worker, file = tmp_path / "worker.py", tmp_path / "file"
    worker.write_text(f"import os, ctypes, sys\ndef parse(path):\n    {body}\n", encoding="utf-8")
    file.write_bytes(data)
    with file.open("rb") as stream:
        stream.read(1)  # wherever the handle stood, the file is read from its start
        return run_limited(worker, stream, limits)


@pytest.mark.parametrize("data", [b"x", bytes(range(256)) * 1000])
def test_what_the_worker_makes_of_the_file_comes_back_unchanged(tmp_path: Path, data: bytes) -> None:
    assert _run(tmp_path, "return open(path, 'rb').read()", data) == data


def test_what_a_native_library_prints_does_not_get_into_the_answer(tmp_path: Path) -> None:
    assert _run(tmp_path, "os.write(1, b'noise'); print('noise', flush=True); return b'clean'") == b"clean"


def test_the_worker_sees_none_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "of ours")
    seen = _run(tmp_path, "return repr(sorted(os.environ)).encode()").decode()
    assert "A_SECRET" in os.environ and "A_SECRET" not in seen and "OMP_NUM_THREADS" in seen


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("os.abort()", "crashed .SIGABRT"),
        ("ctypes.string_at(0)", "crashed .SIGSEGV"),
        ("os._exit(3)", "crashed .exit 3"),
        ("raise ValueError('bad magic')", "bad magic"),
        ("return bytes(2 << 30)", "more memory than its size explains"),
        ("return bytes(2 << 20)", "more"),
    ],
)
def test_everything_else_is_a_refusal(tmp_path: Path, body: str, found: str) -> None:
    with pytest.raises(FormatError, match=found) as caught:
        _run(tmp_path, body)
    assert caught.value.rule == "parser" and "Export" in caught.value.fix


def test_a_parser_that_does_not_end_is_ended(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="on which the parser does not end"):
        _run(tmp_path, "[None for _ in iter(int, 1)]", limits=Limits(320 << 20, 0.1, 1 << 20))


def test_not_a_byte_can_be_written_to_a_file(tmp_path: Path) -> None:
    target = tmp_path / "written"
    with pytest.raises(FormatError, match="File too large"):
        _run(tmp_path, f"open({str(target)!r}, 'wb', buffering=0).write(b'x')")
    assert target.read_bytes() == b""


def test_an_answer_that_is_no_bytes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="concat"):
        _run(tmp_path, "return 'text'")


def _stream(tmp_path: Path, body: str, limits: Limits = ENOUGH) -> Iterator[bytes]:
    worker, file = tmp_path / "worker.py", tmp_path / "file"
    worker.write_text(f"import os, time\ndef records(path, job):\n    {body}\n", encoding="utf-8")
    file.write_bytes(b"abc")
    with file.open("rb") as stream:
        yield from stream_limited(worker, stream, {"times": 3, "word": "é"}, limits)


def test_records_come_one_by_one_and_the_job_goes_in(tmp_path: Path) -> None:
    body = "yield from (job['word'].encode() + open(path, 'rb').read() for _ in range(job['times'])); yield b''"
    assert list(_stream(tmp_path, body)) == ["éabc".encode()] * 3 + [b""]


def test_a_record_comes_before_the_next_one_is_made(tmp_path: Path) -> None:
    records = _stream(tmp_path, "yield b'first'; time.sleep(60); yield b'second'")
    assert next(records) == b"first"
    records.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("yield b'x'; os.abort()", "crashed .SIGABRT"),
        ("yield b'x'; raise ValueError('bad frame')", "bad frame"),
        ("yield b'x'; yield bytes(2 << 20)", "more"),
        ("yield b'x'; os._exit(0)", "crashed .exit 0"),
        ("yield b'x'; yield bytes(2 << 30)", "more memory than its size explains"),
    ],
)
def test_what_comes_after_good_records_is_still_refused(tmp_path: Path, body: str, found: str) -> None:
    seen = []
    with pytest.raises(FormatError, match=found):
        seen.extend(_stream(tmp_path, body))


def test_each_record_has_time_of_its_own_and_one_that_stands_still_is_ended(tmp_path: Path) -> None:
    limits = Limits(320 << 20, 0.4, 1 << 20)
    work = "t = time.process_time()\n    while time.process_time() < t + 0.15: pass"
    steady = f"yield b'x'\n    {work}\n    yield b'x'\n    {work}\n    yield b'x'\n    {work}\n    yield b'x'"
    assert len(list(_stream(tmp_path, steady, limits))) == 4
    with pytest.raises(FormatError, match="on which the parser does not end"):
        list(_stream(tmp_path, "yield b'x'\n    while True: pass", limits))
