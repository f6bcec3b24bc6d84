"""What runs in the limited process: limits first, then the parser. Started by `limited_process`, never imported."""

from __future__ import annotations

import json
import math
import os
import resource
import runpy
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

START_SECONDS = 15
"""Computing time for Python and the parser's library to load [s]."""
SAY_NOTHING = 0xFFFFFFFF
"""In place of a record's length: what follows is how it ended."""


def bound(kind: int, limit: int) -> None:
    """Lower a limit, never above the one that holds already."""
    hard = resource.getrlimit(kind)[1]
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(kind, (limit, limit))


def ended(work: Callable[[], bytes]) -> bytes:
    """Do the work and give how it ended."""
    try:
        return b"done\n" + work()
    except MemoryError:
        return b"refused\nmore memory than its size explains"
    except Exception as error:  # what a native parser throws has no type of its own
        return b"refused\n" + (str(error) or type(error).__name__)[:300].encode(errors="replace")


def allow(seconds: float) -> None:
    """Give the computing that comes next its time; nobody handles the signal: it ends the process."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def records(worker: str, handle: int, seconds: float, stream: BinaryIO) -> bytes:
    """Send what the worker yields, each with its length before it, each in its own time."""
    with os.fdopen(handle) as text:
        job: dict[str, Any] = json.load(text)
    made: Iterator[bytes] = runpy.run_path(worker)["records"]("/dev/fd/0", job)
    allow(seconds)
    for record in made:
        stream.write(len(record).to_bytes(4, "little") + record)
        stream.flush()
        allow(seconds)
    return b""


def main(worker: str, memory_bytes: str, seconds: str, job_handle: str = "") -> None:
    """Set the limits, run the worker on standard input and send its answer.

    Args:
        worker: With `parse(path) -> bytes`; where there is a job `records(path, job) -> Iterator[bytes]`.
        memory_bytes: Address space.
        seconds: Computing time: of the whole answer, of streamed records for each.
        job_handle: Where to read the job, JSON.
    """
    allowed = float(seconds)
    bound(resource.RLIMIT_AS, int(memory_bytes))
    if not job_handle:
        bound(resource.RLIMIT_CPU, math.ceil(allowed) + START_SECONDS)
    bound(resource.RLIMIT_FSIZE, 0)
    bound(resource.RLIMIT_CORE, 0)
    bound(resource.RLIMIT_NOFILE, 64)
    answer = os.dup(1)
    os.dup2(2, 1)  # a native library that prints must not print into the answer

    def parse() -> bytes:
        parser = runpy.run_path(worker)["parse"]
        allow(allowed)
        parsed: bytes = parser("/dev/fd/0")
        return parsed

    with os.fdopen(answer, "wb") as stream:
        if job_handle:
            allow(START_SECONDS)
            said = ended(lambda: records(worker, int(job_handle), allowed, stream))
            stream.write(SAY_NOTHING.to_bytes(4, "little") + said)
        else:
            stream.write(ended(parse))
    os._exit(0)  # a parser that was fed nonsense may not survive its own tidying up


if __name__ == "__main__":
    main(*sys.argv[1:])
