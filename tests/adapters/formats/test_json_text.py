from __future__ import annotations

from pathlib import Path

import pytest

from adapters.formats.json_text import parse_json, read_model
from schemas.capture import CaptureFile
from schemas.errors import CaptureError

GOOD = '{"device": {"model": "x"}, "subject": {"id": "s"}, "units": "m", "files": {"motion.trc": "motion"}}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 2}', "a: expected each key once"),
        ("[" * 40 + "]" * 40, "at most 32 levels"),
        ('{"a": NaN}', "finite numbers, found NaN"),
        ('{"a": ', "valid JSON text, found Expecting value at line 1"),
        ("1" * 5000, "ordinary numbers"),
    ],
)
def test_untrusted_text_is_refused(text: str, message: str) -> None:
    with pytest.raises(CaptureError, match=message):
        parse_json(text, "x")


def test_brackets_inside_a_string_are_no_nesting() -> None:
    text = '{"a": "' + "[{" * 50 + '\\""}'
    assert parse_json(text, "x") == {"a": "[{" * 50 + '"'}


def test_a_document_is_read_as_its_model(tmp_path: Path) -> None:
    path = tmp_path / "capture.json"
    path.write_text(GOOD)
    assert read_model(path, CaptureFile).files == {"motion.trc": "motion"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"motion"}', '"film"}', "files.motion.trc: expected Input should be"),
        ('"id": "s"', '"id": "s", "height_m": 30', "subject.height_m: expected .*2.6, found 30"),
        ('"motion.trc"', '"../x"', "files"),
        ('"device": {"model": "x"}, ', "", "device: expected Field required"),
    ],
)
def test_a_misfit_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "capture.json"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(CaptureError, match=message):
        read_model(path, CaptureFile)


def test_a_large_document_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "capture.json"
    path.write_text(GOOD)
    with pytest.raises(CaptureError, match=r"at most 10 bytes"):
        read_model(path, CaptureFile, max_bytes=10)
