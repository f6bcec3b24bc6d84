"""Labels that a person gave."""

from __future__ import annotations

from schemas.capture import Assessment, AssessmentInterval
from schemas.errors import CaptureError
from schemas.labels import Label
from stages.s03_labels.vocabulary import canonical

# A failure that was seen but not timed holds for some of the recording at most; no more is known.
UNTIMED_CONFIDENCE = 0.5


def assessed_labels(assessment: Assessment | None, frames: int, fps: float) -> tuple[Label, ...]:
    """Give the assessor's intervals and untimed failures as labels; times count from the start of the recording.

    Args:
        assessment: As recorded; None gives no labels.
        frames: Length of the recording.
        fps: Frame rate [Hz].

    Raises:
        CaptureError: An interval ends before it starts, or lies wholly after the recording.
    """
    if assessment is None:
        return ()
    timed = [_timed(k, interval, frames, fps) for k, interval in enumerate(assessment.intervals)]
    return (*timed, *(_untimed(name, frames, fps) for name in assessment.failures))


def _reason(text: str, known: bool) -> str:
    return f"called '{text}'" if known else f"called '{text}', which is not in the vocabulary: kept as it is"


def _timed(k: int, interval: AssessmentInterval, frames: int, fps: float) -> Label:
    start, end = round(interval.start_s * fps), min(round(interval.end_s * fps), frames)
    if interval.end_s <= interval.start_s or start >= frames:
        raise CaptureError(
            where="assessment.json",
            field=f"intervals[{k}]",
            expected=f"a start before the end, within the recording's {frames / fps:.2f} s",
            found=f"{interval.start_s:g} to {interval.end_s:g} s",
            fix="Give start_s and end_s in seconds from the start of this recording.",
        )
    name, known = canonical(interval.label)
    cut = f"; marked to {interval.end_s:g} s, cut at the recording's end" if interval.end_s * fps > frames + 1 else ""
    return Label(
        label=name, kind=interval.kind, side=interval.side, start_s=start / fps, end_s=max(end, start + 1) / fps,
        start_frame=start, end_frame=max(end, start + 1), source="assessment", confidence=interval.confidence,
        reason=_reason(interval.label, known) + cut,
    )  # fmt: skip


def _untimed(text: str, frames: int, fps: float) -> Label:
    name, known = canonical(text)
    return Label(
        label=name, kind="failure", side="none", start_s=0.0, end_s=frames / fps, start_frame=0, end_frame=frames,
        source="assessment", confidence=UNTIMED_CONFIDENCE,
        reason=f"{_reason(text, known)}; seen somewhere in the recording, no time given",
    )  # fmt: skip
