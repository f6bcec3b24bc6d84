"""What `kinetrace bench NAME --json` prints."""

from __future__ import annotations

from pydantic import Field

from schemas.base import Strict


class Figure(Strict):
    """One measured figure beside its goal and its peer."""

    value: float | None = Field(description="None: could not be measured here; the note says why")
    units: str
    goal: str | None = Field(default=None, description="the bound as asked, never loosened to fit; None: reported only")
    holds: bool | None = None
    peer: str | None = None
    note: str = ""


class Benchmark(Strict):
    """A table of figures."""

    name: str
    machine: str
    command: str
    figures: dict[str, Figure]
