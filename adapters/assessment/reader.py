"""A clinical assessment, `assessment.json`: what a person scored, measured and marked; may stand alone."""

from __future__ import annotations

from pathlib import Path

from adapters.formats.json_text import read_model
from schemas.capture import Assessment
from schemas.errors import CaptureError


def read_assessment(path: Path) -> Assessment:
    """Read an assessment.

    Raises:
        CaptureError: Unreadable, a field that does not fit, a score above its maximum or an interval that ends before it
            starts.
    """
    found = read_model(path, Assessment)
    for item in found.scores:
        if item.maximum is not None and item.score > item.maximum:
            raise CaptureError(
                where=str(path), field=f"scores.{item.name}", expected=f"at most {item.maximum:g}",
                found=f"{item.score:g}", fix="Correct the score or its maximum.",
            )  # fmt: skip
    for interval in found.intervals:
        if interval.end_s <= interval.start_s:
            raise CaptureError(
                where=str(path), field=f"intervals.{interval.label}", expected=f"an end after {interval.start_s:g} s",
                found=f"{interval.end_s:g} s", fix="Swap start_s and end_s, or correct them.",
            )  # fmt: skip
    return found
