"""What a crash can do to a project: kills while publishing, kills of whole runs, full disks."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.crashes.full_disk import full_disks
from benchmarks.crashes.publishing import boundary_kills, random_kills
from benchmarks.crashes.reproduction import killed_runs
from kinetrace.store.workspace import Workspace
from schemas.benchmark import Figure


def measure(
    workspace: Workspace, kills: int = 300, stride: int = 1, runs: int = 50, disks: int = 200
) -> dict[str, Figure]:
    """Crash on purpose, and count after how many crashes everything was whole.

    Args:
        workspace: This project; only its code is read, the crashes happen in scratch folders.
        kills: Kills at random moments of publishing.
        stride: 1 kills at every system call boundary, n at every nth.
        runs: Kills of `dvc repro`.
        disks: Sizes of a full disk.
    """
    return {
        "publish.kills": _in_scratch(lambda folder: _random(folder, kills)),
        "publish.syscalls": _in_scratch(lambda folder: _boundaries(folder, stride)),
        "repro.kills": _in_scratch(lambda folder: _runs(folder, runs)),
        "enospc": _in_scratch(lambda folder: _disks(folder, disks)),
    }


def _in_scratch(figure: Callable[[Path], Figure]) -> Figure:
    with tempfile.TemporaryDirectory(prefix="kinetrace-crash-") as folder:
        return figure(Path(folder) / "work")


def _random(folder: Path, kills: int) -> Figure:
    problems, seen = random_kills(folder, kills)
    note = f"{seen['old']} times what was there before, {seen['new']} times the new artifact, complete by its manifest"
    return _figure(kills, problems, note)


def _boundaries(folder: Path, stride: int) -> Figure:
    outcome = boundary_kills(folder, stride)
    if outcome is None:
        return Figure(value=None, units="", goal="every one", note="one process may not trace another here")
    tried, problems = outcome
    return _figure(tried, problems, "each entry to and exit from a system call, over an old artifact and over none")


def _runs(folder: Path, runs: int) -> Figure:
    problems, found = killed_runs(folder, runs)
    seen = ", ".join(f"{code} {count}" for code, count in sorted(found.items())) or "nothing"
    return _figure(runs, problems, f"root equal to an undisturbed run's; the doctor met: {seen}")


def _disks(folder: Path, disks: int) -> Figure:
    outcome = full_disks(folder, disks)
    if outcome is None:
        return Figure(value=None, units="", goal=f"{disks} of {disks}", note="mounting a small file system needs root")
    refused, problems = outcome
    return _figure(disks, problems, f"full on {refused} of them: our error, no debris, old artifact untouched")


def _figure(tried: int, problems: list[str], note: str) -> Figure:
    # One crash may be wrong in two ways; it counts once at most.
    whole = max(tried - len(problems), 0)
    text = f"{note}; first problem: {problems[0]}" if problems else note
    return Figure(
        value=float(whole), units=f"of {tried}", goal=f"{tried} of {tried}", holds=not problems and tried > 0, note=text
    )
