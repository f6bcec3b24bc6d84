"""What `kinetrace doctor` says: what it found, what it did, and what is left for a person."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import Strict


class Ailment(Strict):
    """One thing that was not as it should be."""

    code: str
    where: str
    expected: str
    found: str
    state: Literal["mended", "noted", "needs a person"]
    done: str = Field(default="", description="what the doctor did")
    fix: str = Field(default="", description="what a person has to do, or what happens by itself")


class DoctorReport(Strict):
    """All of it."""

    schema_: Literal["kinetrace.check/1"] = Field(default="kinetrace.check/1", alias="schema")
    ok: bool = Field(description="nothing is left for a person")
    findings: tuple[Ailment, ...]
    summary: str

    @property
    def exit_code(self) -> int:
        """0: all is well or was mended; 1: something needs a person."""
        return 0 if self.ok else 1

    def text(self) -> str:
        """Lay it out for people."""
        lines: list[str] = []
        for ailment in self.findings:
            lines.append(f"{ailment.where}: {ailment.state} ({ailment.code})")
            parts = {"expected": ailment.expected, "found": ailment.found, "done": ailment.done, "next": ailment.fix}
            lines += [f"  {label + ':':<10}{text}" for label, text in parts.items() if text]
        return "\n".join((*lines, self.summary))
