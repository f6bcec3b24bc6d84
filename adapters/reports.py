"""What `ingest` and `validate` tell: which files were taken, how they were understood, what was assumed and left out."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from adapters.film_report import FilmUnderstanding
from schemas.adapter import AdapterResult
from schemas.base import Strict


class Understanding(Strict):
    """How a motion was understood."""

    layout: str
    format: str
    units: str
    up: str
    frames: int
    fps: float
    seconds: float
    tracked_fraction: float
    joints_measured: int
    joints_inferred: int
    joints_absent: tuple[str, ...]
    quality: dict[str, int]

    def lines(self) -> list[str]:
        """Give the same as lines for a person."""
        worse = ", ".join(f"{name} in {frames}" for name, frames in self.quality.items() if name != "OK")
        return [
            f"recognised:  {self.layout} ({self.format}, {self.units}, {self.up} up)",
            f"length:      {self.frames} frames at {self.fps:g} Hz, {self.seconds:.2f} s",
            f"joints:      {self.joints_measured} measured, {self.joints_inferred} inferred, {len(self.joints_absent)} absent"
            + (f" ({', '.join(self.joints_absent)})" if self.joints_absent else ""),
            f"quality:     body in {self.tracked_fraction:.0%} of the frames; " + (worse or "no flagged frame"),
        ]


class ValidationReport(Strict):
    """A recording that can be used; one that cannot is an error, not a report."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)
    kind: Literal["kinetrace.check/1"] = Field(default="kinetrace.check/1", alias="schema")
    ok: Literal[True] = True
    findings: tuple[str, ...] = ()
    path: str
    files: tuple[str, ...]
    motion: Understanding | None
    film: FilmUnderstanding | None = None
    assessment: str | None
    assumed: tuple[str, ...]
    left_out: tuple[str, ...]
    summary: str

    def text(self) -> str:
        """Give the report for a person."""
        lines = [
            f"{self.path}: {self.summary}",
            *_body(self.motion, self.film, self.assessment, self.assumed, self.left_out),
        ]
        return "\n".join(lines)


class IngestReport(Strict):
    """What was brought in, and as what."""

    capture: str
    folder: str
    already_there: bool
    taken: tuple[str, ...]
    motion: Understanding | None
    film: FilmUnderstanding | None = None
    assessment: str | None
    assumed: tuple[str, ...]
    left_out: tuple[str, ...]

    def text(self) -> str:
        """Give the report for a person."""
        first = f"{self.folder}: " + ("was there already, the same byte for byte" if self.already_there else "made")
        lines = [first, *_labelled("taken:", self.taken)]
        return "\n".join(lines + _body(self.motion, self.film, self.assessment, self.assumed, self.left_out))


def understanding(result: AdapterResult) -> Understanding:
    """Sum up an adapter's result."""
    info = result.source_info
    absent = tuple(j.joint for j in info.joints if j.measured_fraction + j.inferred_fraction == 0.0)
    measured = sum(j.measured_fraction > j.inferred_fraction for j in info.joints)
    return Understanding(
        layout=info.layout,
        format=info.format,
        units=info.units_found,
        up=info.up_found,
        frames=info.frames,
        fps=info.fps,
        seconds=info.frames / info.fps,
        tracked_fraction=result.tracked_fraction,
        joints_measured=measured,
        joints_inferred=len(info.joints) - measured - len(absent),
        joints_absent=absent,
        quality={count.reason: count.frames for count in result.quality},
    )


def _body(
    motion: Understanding | None,
    film: FilmUnderstanding | None,
    assessment: str | None,
    assumed: tuple[str, ...],
    left_out: tuple[str, ...],
) -> list[str]:
    lines = [*([] if motion is None else motion.lines()), *([] if film is None else film.lines())]
    if assessment is not None:
        lines.append(f"assessment:  {assessment}")
    if film is not None:
        assumed, left_out = (*assumed, *film.assumed), (*left_out, *film.left_out)
    return lines + _labelled("assumed:", assumed) + _labelled("left out:", left_out)


def _labelled(label: str, texts: tuple[str, ...]) -> list[str]:
    return [f"{label if i == 0 else '':<13}{text}" for i, text in enumerate(texts)]
