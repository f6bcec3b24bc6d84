"""What is declared comes first, then what the file says, and both are told."""

from __future__ import annotations

from adapters.formats.file_subject import FileSubject
from adapters.robotics.subject import completed
from schemas.capture import SubjectInfo


def test_the_file_fills_what_was_not_declared_and_says_so() -> None:
    subject, remarks = completed(SubjectInfo(id="s", height_m=1.7), FileSubject(mass_kg=60.0, sex="f"))
    assert subject == SubjectInfo(id="s", height_m=1.7, mass_kg=60.0, sex="f")
    assert remarks == ("mass 60 kg as the file says", "sex f as the file says")


def test_a_declaration_that_the_file_contradicts_stands_and_that_is_said() -> None:
    declared = SubjectInfo(id="s", mass_kg=62.0, sex="m")
    subject, remarks = completed(declared, FileSubject(mass_kg=60.0, height_m=1.68, sex="m"))
    assert subject.mass_kg == 62.0 and subject.height_m == 1.68
    assert remarks == ("the file says mass 60 kg; 62.0 was declared and used", "stature 1.68 m as the file says")


def test_a_file_that_says_nothing_changes_nothing() -> None:
    declared = SubjectInfo(id="s")
    assert completed(declared, FileSubject()) == (declared, ())
