"""What the store needs to know of a stage; the table itself lives in `stages/registry.py` and is handed in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StagePlan:
    """One stage: what it reads, what it writes, and which code decides its result.

    Attributes:
        name: Artifact folder and DVC stage, e.g. ``s02_physical_state``.
        section: Section of ``params.yaml`` and name on the command line, e.g. ``physical_state``.
        parents: Stages whose artifacts are read; empty for stage 0, which reads the raw capture.
        outputs: Files written besides ``manifest.json``.
        code: Source files and folders that the stage's imports reach, relative to the project root.
    """

    name: str
    section: str
    parents: tuple[str, ...]
    outputs: tuple[str, ...]
    code: tuple[str, ...]


Plans = tuple[StagePlan, ...]
