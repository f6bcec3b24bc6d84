from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.labels import Label, Labels, LabelsParams


@given(start=st.integers(0, 1000), length=st.integers(1, 1000), confidence=st.floats(0.0, 1.0))
def test_labels_survive_json(start: int, length: int, confidence: float) -> None:
    label = Label(
        label="swing", kind="phase", side="left", start_s=start / 100, end_s=(start + length) / 100, start_frame=start,
        end_frame=start + length, source="state", confidence=confidence,
    )  # fmt: skip
    labels = Labels(movement="gait", assessment_type=None, scores={}, labels=(label,))
    assert Labels.model_validate_json(labels.model_dump_json(), strict=True) == labels


def test_thresholds_by_hand() -> None:
    params = LabelsParams()
    assert (params.squat_min_depth_deg, params.trunk_lean_max_deg, params.asymmetry_max) == (60.0, 60.0, 0.2)


@pytest.mark.parametrize(
    ("field", "value"), [("kind", "mood"), ("confidence", 1.5), ("source", "hearsay"), ("side", "up")]
)
def test_a_label_that_is_not_one_is_refused(field: str, value: object) -> None:
    good = {"label": "a", "kind": "phase", "side": "none", "start_s": 0.0, "end_s": 1.0, "start_frame": 0, "end_frame": 9,
            "source": "state", "confidence": 1.0}  # fmt: skip
    Label.model_validate(good)
    with pytest.raises(ValidationError, match=field):
        Label.model_validate({**good, field: value})
