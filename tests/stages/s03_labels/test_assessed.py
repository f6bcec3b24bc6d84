"""Labels from what a person marked."""

from __future__ import annotations

import pytest

from schemas.capture import Assessment, AssessmentInterval
from schemas.errors import CaptureError
from stages.s03_labels.assessed import assessed_labels


def marked(start: float, end: float) -> Assessment:
    interval = AssessmentInterval(label="trunk_sway", kind="failure", start_s=start, end_s=end)
    return Assessment(assessment_type="gait", intervals=(interval,))


def test_an_interval_beyond_the_end_is_cut_and_says_so() -> None:
    inside, beyond = (assessed_labels(marked(1.0, end), 120, 60.0)[0] for end in (2.0, 20.0))
    assert (inside.end_frame, beyond.end_frame) == (120, 120)
    assert beyond.reason.endswith("; marked to 20 s, cut at the recording's end")
    assert "cut" not in inside.reason


def test_an_interval_wholly_after_the_recording_is_refused() -> None:
    with pytest.raises(CaptureError, match=r"within the recording's 2\.00 s"):
        assessed_labels(marked(3.0, 4.0), 120, 60.0)
