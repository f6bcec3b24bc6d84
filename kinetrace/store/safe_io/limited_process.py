"""A native parser in a process of its own: bounded memory, time and output, no shell, and nothing back but bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from kinetrace.store.safe_io.format_error import FormatError

CHILD: Final = Path(__file__).with_name("limited_child.py")
DONE: Final = b"done\n"
REFUSED: Final = b"refused\n"
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
        seconds: Computing time, from when the parser is loaded and given the file.
        output_bytes: What may come back.
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
    stream.seek(0)
    command = [sys.executable, "-I", "-B", str(CHILD), str(worker), str(limits.memory_bytes), str(limits.seconds)]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, stdin=stream, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd="/"
    ) as process:
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
