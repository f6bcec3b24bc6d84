"""What the body is read from, where a bundle holds more than one thing."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from adapters.formats.bundle import Bundle
from adapters.robotics.adapter import with_source
from schemas.adapter import AdapterParams
from schemas.capture import CaptureFile, Device, FileRole, SubjectInfo
from schemas.errors import CaptureError


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
        (("rgb",), "video", "video"),
        (("body",), "body", "body"),
        (("motion",), "auto", "body"),
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
    assert with_source(_of(*roles), asked).source == taken


@pytest.mark.parametrize(
    ("roles", "asked", "message"),
    [
        (("body",), "video", r"adapter.source: expected a film, .*only a body or motion file.*auto or body"),
        (("motion",), "video", r"adapter.source: expected a film"),
        (("rgb", "depth"), "body", r"adapter.source: expected a body or motion file, .*only a film.*auto or video"),
    ],
)
def test_what_is_asked_for_and_not_there_is_refused(
    roles: tuple[FileRole, ...], asked: Literal["auto", "body", "video"], message: str
) -> None:
    with pytest.raises(CaptureError, match=message):
        with_source(_of(*roles), asked)


def test_a_source_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="source"):
        AdapterParams(source="film")  # type: ignore[arg-type]
