"""The person's measures from the places where laboratories write them."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.formats.c3d_subject import subject_of
from adapters.formats.file_subject import FileSubject


def test_vicons_model_input_is_in_kilograms_and_millimetres() -> None:
    group: dict[str, list[Any]] = {
        "Bodymass": [60.0], "Height": [1680.0], "LKneeWidth": [99.0], "RAnkleWidth": [65.0], "Marker Diameter": [14.0],
        "LThighRotation": [0.1],
    }  # fmt: skip
    found, remarks = subject_of({"PROCESSING": group})
    assert found == FileSubject(
        mass_kg=60.0, height_m=1.68, l_knee_width_m=pytest.approx(0.099), r_ankle_width_m=pytest.approx(0.065),
        marker_diameter_m=pytest.approx(0.014),
    )  # fmt: skip
    assert remarks == ()


def test_a_table_says_its_units() -> None:
    table: dict[str, list[Any]] = {
        "LABELS": ["gender", "weight", "height", "age"], "VALUES": [0.0, 67.0, 165.5, 30.0],
        "UNITS": ["adimensioned (0: woman, 1: man)", "kg", "cm", "years"],
    }  # fmt: skip
    assert subject_of({"SUBJECT": table})[0] == FileSubject(sex="f", mass_kg=67.0, height_m=pytest.approx(1.655))


def test_without_a_unit_a_number_means_nothing() -> None:
    assert subject_of({"SUBJECT": {"LABELS": ["weight", "gender"], "VALUES": [67.0, 1.0]}})[0] == FileSubject()


def test_what_nobody_measured_is_silent_and_what_no_person_has_is_said() -> None:
    found, remarks = subject_of({"PROCESSING": {"Bodymass": [0.0], "Height": [168.0], "LKneeWidth": ["?"]}})
    assert found == FileSubject() and remarks == ("PROCESSING:Height of 0.168 was not taken: no person's",)
