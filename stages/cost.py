"""What a stage cost, noted in the git-ignored `runs/<capture>/stages.jsonl`: time and memory never enter a manifest."""

from __future__ import annotations

import json
import resource

from kinetrace.store.publish import disk_errors
from kinetrace.store.workspace import Workspace


def note_cost(workspace: Workspace, capture: str, stage: str, seconds: float) -> None:
    """Add a line with a stage's duration [s] and this process's peak memory [MiB].

    Raises:
        StorageError: The disk refuses.
    """
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = {"stage": stage, "seconds": round(seconds, 3), "peak_mib": round(peak, 1)}
    runs = workspace.runs(capture)
    with disk_errors(runs):
        runs.mkdir(parents=True, exist_ok=True)
        with (runs / "stages.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")
