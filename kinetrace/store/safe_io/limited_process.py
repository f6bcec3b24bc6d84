"""A native parser in a process of its own: bounded memory, time and output, no shell, and nothing back but bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from kinetrace.store.safe_io.format_error import FormatError

CHILD: Final = Path(__file__).with_name("limited_child.py")
DONE: Final = b"done\n"
REFUSED: Final = b"refused\n"
_ENDED: Final = 0xFFFFFFFF
"""In place of a record's length: what follows is how it ended."""
_LAST_BYTES: Final = 4096
_KEPT: Final = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""What the child gets of our environment: what it takes to start, and no secrets."""
_START_SECONDS: Final = 20.0
"""What it may take on the clock to start on a busy machine, and ten times `seconds` besides."""
_FIX: Final = "Export the recording again; if it still fails, export it in another format."


@dataclass(frozen=True)
class Limits:
    """What one file may cost.

    Attributes:
        memory_bytes: Address space of the process, Python and its libraries included.
        seconds: Computing time, from when the parser is loaded and given the file; of streamed records, for each.
        output_bytes: What may come back in all.
    """

    memory_bytes: int
    seconds: float
    output_bytes: int


def run_limited(worker: Path, stream: BinaryIO, limits: Limits) -> bytes:
    """Hand an open file to a parser in a limited process and give what it prints.

    The process starts without our environment, sets its own limits before it imports anything that could parse, and can
    write no byte to a file. Whatever it prints is still data of a stranger: the caller reads it as such.

    Args:
        worker: A Python file with `parse(path: str) -> bytes`; it imports nothing of ours.
        stream: The file, open for reading, as a regular file.
        limits: What it may cost.

    Raises:
        FormatError: `parser`: it refused the file, crashed, or took more than it may.
    """
    with _start(worker, stream, limits) as process:
        late = threading.Timer(_START_SECONDS + 10.0 * limits.seconds, process.kill)
        late.start()
        try:
            assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
            said = process.stdout.read(limits.output_bytes + 1)
            if len(said) > limits.output_bytes:
                process.kill()
            code = process.wait()
        finally:
            late.cancel()
            process.kill()
    return _answer(said, code, limits)


def stream_limited(worker: Path, stream: BinaryIO, job: Mapping[str, Any], limits: Limits) -> Iterator[bytes]:
    """Hand an open file to a parser in a limited process and give its records as they come.

    As `run_limited`, but neither side holds more than one record, and the time allowed is that of one record: a long
    recording takes long, one that stands still is ended. To stop reading early is fine.

    Args:
        worker: A Python file with `records(path: str, job: dict) -> Iterator[bytes]`; it imports nothing of ours.
        stream: The file, open for reading, as a regular file.
        job: What it is to do, as JSON.
        limits: What it may cost.

    Raises:
        FormatError: As `run_limited`.
    """
    with tempfile.TemporaryFile() as told:
        told.write(json.dumps(job, allow_nan=False).encode())
        told.seek(0)
        process = _start(worker, stream, limits, told.fileno())
    with process:
        late = _Watch(process, _START_SECONDS + 10.0 * limits.seconds)
        try:
            yield from _records(process, limits, late)
        finally:
            late.stop()
            process.kill()


class _Watch:
    """Ends a process that has said nothing for too long on the clock, whatever its computing time."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process, self._seconds = process, seconds
        self.again()

    def again(self) -> None:
        self._timer = threading.Timer(self._seconds, self._process.kill)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        self._timer.cancel()


def _records(process: subprocess.Popen[bytes], limits: Limits, late: _Watch) -> Iterator[bytes]:
    assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
    left, length = limits.output_bytes, 0
    while len(head := process.stdout.read(4)) == 4 and (length := int.from_bytes(head, "little")) != _ENDED:
        left -= length + 4
        if left < 0:
            process.kill()
            raise _refusal(f"at most {limits.output_bytes} bytes of content", "more")
        record = process.stdout.read(length)
        if len(record) < length:
            break
        late.stop()  # how long our own side takes with a record is not the parser's time
        yield record
        late.again()
    said = process.stdout.read(_LAST_BYTES) if length == _ENDED else b""
    code = process.wait()
    if _answer(said, code, limits):
        raise _refusal("records and then nothing", "more")


def _start(worker: Path, stream: BinaryIO, limits: Limits, job: int | None = None) -> subprocess.Popen[bytes]:
    stream.seek(0)
    command = [sys.executable, "-I", "-B", str(CHILD), str(worker), str(limits.memory_bytes), str(limits.seconds)]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    handles = () if job is None else (job,)
    return subprocess.Popen(
        [*command, *map(str, handles)], stdin=stream, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
        cwd="/", pass_fds=handles,
    )  # fmt: skip


def _answer(said: bytes, code: int, limits: Limits) -> bytes:
    if len(said) > limits.output_bytes:
        raise _refusal(f"at most {limits.output_bytes} bytes of content", "more")
    if code == 0 and said.startswith(DONE):
        return said[len(DONE) :]
    if code == 0 and said.startswith(REFUSED):
        raise _refusal("a file that its parser can read", said[len(REFUSED) :][:300].decode(errors="replace"))
    if code in (-signal.SIGPROF, -signal.SIGXCPU, -signal.SIGKILL):
        raise _refusal(f"a file that is parsed in {limits.seconds:.1f} s", "bytes on which the parser does not end")
    reason = signal.Signals(-code).name if code < 0 else f"exit {code}"
    raise _refusal("a file that its parser can read", f"bytes on which the parser crashed ({reason})")


def _refusal(expected: str, found: str) -> FormatError:
    return FormatError("parser", "file", expected, found, _FIX)
