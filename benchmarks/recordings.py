"""The real recordings that benchmarks measure on, and where they are."""

from __future__ import annotations

import os
from pathlib import Path

from kinetrace.store.execute import SOURCE
from schemas.errors import UncheckableError


def data_folder() -> Path:
    """Find the recordings: `KINETRACE_DATA`, else `../shared/data` beside the project.

    Raises:
        UncheckableError: They are not there.
    """
    folder = Path(os.environ.get("KINETRACE_DATA", SOURCE.parent / "shared" / "data"))
    if not (folder / "MANIFEST.md").is_file():
        raise UncheckableError(
            where=str(folder), field="KINETRACE_DATA", expected="the folder of recordings with its MANIFEST.md",
            found="none", fix="Set KINETRACE_DATA to the folder of recordings.",
        )  # fmt: skip
    return folder
