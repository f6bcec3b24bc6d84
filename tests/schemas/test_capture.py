from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.capture import AssessmentInterval, CaptureFile, Device, Plane, SubjectInfo


def capture(**changes: Any) -> CaptureFile:
    fields: dict[str, Any] = {
        "device": Device(model="iPad14,3"), "subject": SubjectInfo(id="s1"), "files": {"body.jsonl": "body"}, "units": "m",
    }  # fmt: skip
    return CaptureFile(**{**fields, **changes})


@given(height=st.floats(0.4, 2.6) | st.none(), mass=st.floats(5.0, 400.0) | st.none())
def test_a_table_of_contents_survives_json(height: float | None, mass: float | None) -> None:
    one = capture(subject=SubjectInfo(id="s1", height_m=height, mass_kg=mass))
    assert CaptureFile.model_validate_json(one.model_dump_json(), strict=True) == one


def test_nothing_is_guessed_of_the_person() -> None:
    subject = SubjectInfo(id="s1")
    assert (subject.height_m, subject.mass_kg, subject.sex, subject.age_y) == (None, None, "unknown", None)
    assert capture().movement is None
    assert capture().simulated is False


@pytest.mark.parametrize(
    "name", ["", "../body.jsonl", "/etc/passwd", "a/b.jsonl", ".hidden", "a b", "-rf", "a" * 122, "é"]
)
def test_a_file_name_that_could_leave_the_bundle_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="pattern"):
        capture(files={name: "body"})


@pytest.mark.parametrize(
    ("field", "value"),
    [("height_m", 175.0), ("height_m", 0.0), ("mass_kg", 0.0), ("mass_kg", 70_000.0), ("age_y", -1.0), ("sex", "x")],
)
def test_a_person_outside_of_human_range_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=field):
        SubjectInfo(id="s1", **{field: value})


@pytest.mark.parametrize(("field", "value"), [("units", "mm"), ("matrix_order", "row"), ("schema_version", 2)])
def test_a_bundle_of_another_convention_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=field):
        capture(**{field: value})


def test_a_role_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValidationError, match="'body', 'motion'"):
        capture(files={"a.bin": "virus"})


def test_a_plane_has_a_whole_pose() -> None:
    with pytest.raises(ValidationError, match="16 items"):
        Plane.model_validate(
            {"identifier": "p", "transform": (0.0,) * 15, "alignment": "horizontal", "center": (0.0, 0.0, 0.0),
             "extent": {"width": 1.0, "height": 1.0}}
        )  # fmt: skip


def test_an_interval_begins_at_or_after_the_start() -> None:
    assert AssessmentInterval(label="a", kind="phase", start_s=0.0, end_s=1.0).confidence == 1.0
    with pytest.raises(ValidationError, match="start_s"):
        AssessmentInterval(label="a", kind="phase", start_s=-0.1, end_s=1.0)
