"""The picture that `validate --picture` draws of a recording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.ingest import Declared


def draw(path: Path, declared: Declared, target: Path) -> None:
    """Read a recording and draw it as it is understood.

    Args:
        path: The recording, as `ingest` takes it.
        declared: What the user says of it.
        target: Where the SVG goes.

    Raises:
        CaptureError: The recording cannot be used, or has no floor.
        UsageError: A target that does not end in .svg, or lies nowhere.
        StorageError: The disk refused.
    """
    from adapters.ingest import read
    from kinetrace.store.publish import disk_errors
    from schemas.errors import UsageError
    from stages.motion_picture import motion_picture

    if target.suffix.lower() != ".svg" or not target.parent.is_dir():
        raise UsageError(
            where="validate", field="--picture", expected="a file that ends in .svg, in a folder that is there",
            found=str(target), fix=f"Give for example {target.stem or 'walk'}.svg.",
        )  # fmt: skip
    text = motion_picture(*read(path, declared))
    with disk_errors(target):
        target.write_text(text, encoding="utf-8")
