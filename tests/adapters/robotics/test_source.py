"""What the body is read from, where a bundle holds more than one thing."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from adapters.formats.bundle import Bundle
from adapters.robotics.adapter import _source
from schemas.adapter import AdapterParams
from schemas.capture import CaptureFile, Device, FileRole, SubjectInfo


def _of(*roles: FileRole) -> Bundle:
    capture = CaptureFile(
        device=Device(model="made"),
        subject=SubjectInfo(id="made"),
        units="m",
        files={f"{role}.file": role for role in roles},
    )
    return Bundle(Path("made"), capture, {role: Path(role) for role in roles}, (), None, None, ())


@pytest.mark.parametrize(
    ("roles", "asked", "taken"),
    [
        (("body",), "auto", "body"),
        (("rgb",), "auto", "video"),
        (("rgb",), "body", "video"),
        (("body",), "video", "body"),
        (("rgb", "body"), "auto", "body"),
        (("rgb", "body", "depth"), "auto", "video"),
        (("rgb", "body", "depth"), "body", "body"),
        (("rgb", "body"), "video", "video"),
        (("rgb", "motion", "depth"), "auto", "body"),
    ],
)
def test_what_is_asked_is_taken_where_there_is_a_choice(
    roles: tuple[FileRole, ...], asked: Literal["auto", "body", "video"], taken: str
) -> None:
    assert _source(_of(*roles), asked) == taken


def test_a_source_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="source"):
        AdapterParams(source="film")  # type: ignore[arg-type]
