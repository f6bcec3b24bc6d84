"""What runs in the limited process: limits first, then the parser. Started by `limited_process`, never imported."""

from __future__ import annotations

import math
import os
import resource
import runpy
import signal
import sys

START_SECONDS = 15
"""Computing time for Python and the parser's library to load [s]."""


def bound(kind: int, limit: int) -> None:
    """Lower a limit, never above the one that holds already."""
    hard = resource.getrlimit(kind)[1]
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(kind, (limit, limit))


def main(worker: str, memory_bytes: str, seconds: str) -> None:
    """Set the limits, run the worker's `parse` on standard input and print its answer."""
    bound(resource.RLIMIT_AS, int(memory_bytes))
    bound(resource.RLIMIT_CPU, math.ceil(float(seconds)) + START_SECONDS)
    bound(resource.RLIMIT_FSIZE, 0)
    bound(resource.RLIMIT_CORE, 0)
    bound(resource.RLIMIT_NOFILE, 64)
    answer = os.dup(1)
    os.dup2(2, 1)  # a native library that prints must not print into the answer
    try:
        parse = runpy.run_path(worker)["parse"]
        signal.setitimer(signal.ITIMER_PROF, float(seconds))  # nobody handles it: it ends the process
        said = b"done\n" + parse("/dev/fd/0")
    except MemoryError:
        said = b"refused\nmore memory than its size explains"
    except Exception as error:  # what a native parser throws has no type of its own
        said = b"refused\n" + (str(error) or type(error).__name__)[:300].encode(errors="replace")
    with os.fdopen(answer, "wb") as stream:
        stream.write(said)
    os._exit(0)  # a parser that was fed nonsense may not survive its own tidying up


if __name__ == "__main__":
    main(*sys.argv[1:])
